"""What happens when time is up? Warning, miss and climb, untriaged, or closing: everything that is due by now, in one step."""

from services.escalation.domain.case import Attention, Case
from services.escalation.domain.clocks import CaseClock, Level, missed, restart, warned
from services.escalation.domain.closing import close_when_due
from services.escalation.domain.escalating import climbed
from services.escalation.domain.ladder import higher, next_tier
from services.escalation.domain.step import Circumstances, Step, about
from shared.contracts.events import DeadlineApproaching, DeadlineMissed
from shared.contracts.vocabulary import CaseState, ClockKind, EscalationReason


def ring(case: Case, given: Circumstances) -> Step | None:
    """Do what is due by now; None where nothing is."""
    if case.state is not CaseState.OPEN:
        return close_when_due(case, given)
    untriaged = flag_untriaged(case, given)
    rung = ring_clocks(untriaged.case if untriaged else case, given)
    return untriaged.then(rung) if untriaged else rung


def flag_untriaged(case: Case, given: Circumstances) -> Step | None:
    """Triage has said nothing for too long: the default tier looks at the case."""
    if case.untriaged_at is None or given.now < case.untriaged_at:
        return None
    step = Step(case.but(untriaged_at=None, policy=given.policy_hash).flagged(Attention.UNTRIAGED), why="untriaged")
    tier = higher(case.tier, given.policy.untriaged.tier, given.policy)
    return step if tier == case.tier else step.then(climbed(step.case, tier, EscalationReason.OTHER, given))


def ring_clocks(case: Case, given: Circumstances) -> Step | None:
    """Warn of clocks that run out soon, and announce those that ran out; a miss moves the case up one tier, once."""
    late = [clock for clock in case.clocks if clock.runs and clock.due_at <= given.now]
    soon = [clock for clock in case.clocks if clock.level is Level.RUNNING and clock.warn_at <= given.now < clock.due_at]
    if not late and not soon:
        return None
    step = Step(case)
    for clock in soon:
        step = step.then(_warning(step.case, clock, given))
    for clock in late:
        step = step.then(miss(step.case, clock, given))
    return step.then(_climb(step.case, late, given)) if late else step


def miss(case: Case, clock: CaseClock, given: Circumstances) -> Step:
    """A clock ran out before its promise was kept."""
    kept = case.with_clock(missed(clock)).but(policy=given.policy_hash)
    event = DeadlineMissed(**about(case, given), clock=clock.kind, due_at=clock.due_at, owner=case.owner)
    return Step(kept, (event,), why=f"{clock.kind.value} missed")


def _warning(case: Case, clock: CaseClock, given: Circumstances) -> Step:
    kept = case.with_clock(warned(clock)).but(policy=given.policy_hash)
    event = DeadlineApproaching(**about(case, given), clock=clock.kind, due_at=clock.due_at, owner=case.owner)
    return Step(kept, (event,), why=f"{clock.kind.value} soon")


def _climb(case: Case, late: list[CaseClock], given: Circumstances) -> Step | None:
    tier = next_tier(case.tier, given.policy)
    if tier is None:
        return None
    kinds = [clock.kind for clock in late]
    kind = ClockKind.RESOLVE if ClockKind.RESOLVE in kinds else kinds[0]
    again = _another_go(case, tier, given) if kind is ClockKind.RESOLVE else case
    return climbed(again, tier, EscalationReason.DEADLINE_MISSED, given, clock=kind)


def _another_go(case: Case, tier: str, given: Circumstances) -> Case:
    """The next tier gets a time of its own to answer in, in a new round; else the second miss would look like the first."""
    rule = given.policy.clocks_for(case.priority).resolve
    clock = case.clock(ClockKind.RESOLVE)
    if clock is None or rule.after_miss is None:
        return case
    fresh = restart(clock, given.now, rule, given.policy.calendar_of(tier), given.policy_hash)
    return case.with_clock(fresh).but(round=case.round + 1)
