"""How is a case answered? With a remedy within the tier's authority and words for the customer; both clocks end here."""

from services.escalation.domain.authority import may_spend
from services.escalation.domain.case import Attention, Case
from services.escalation.domain.clocks import met
from services.escalation.domain.commands import ResolveCase
from services.escalation.domain.ownership import assigned
from services.escalation.domain.standing import UNKNOWN, unless_open
from services.escalation.domain.step import Circumstances, Refusal, Step, about
from services.escalation.domain.timing import miss
from shared.contracts.events import CaseResolved
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import CaseState, ClockKind


def resolve(command: ResolveCase, case: Case | None, given: Circumstances) -> Step | Refusal:
    """Answer the case; whoever answers is its owner."""
    if case is None:
        return UNKNOWN
    refusal = unless_open(case)
    if refusal:
        return refusal
    if command.amount is not None and not may_spend(command.amount, case.tier, given.policy):
        return Refusal("above_authority", f"Tier {case.tier} may not spend that much; escalate the case.")
    step = Step(case) if case.owner == given.by else assigned(case, given.by, given)
    step = step.then(_clocks_ended(step.case, given))
    return step.then(_answered(command, step.case, given))


def _clocks_ended(case: Case, given: Circumstances) -> Step:
    """Every clock that runs is met now: an answer is more than an acknowledgement. One that ran out unnoticed is announced."""
    step = Step(case)
    for clock in case.clocks:
        if clock.runs and clock.due_at < given.now:
            step = step.then(miss(step.case, clock, given))
        now = step.case.clock(clock.kind)
        if now is not None and (now.runs or clock.kind is ClockKind.RESOLVE):
            step = Step(step.case.with_clock(met(now, given.now)), step.events, step.seal, step.why)
    return step


def _answered(command: ResolveCase, case: Case, given: Circumstances) -> Step:
    answer = None if case.erased or given.erased else Sealed(case.customer_id, plain=command.answer)
    kept = case.but(
        state=CaseState.RESOLVED,
        remedy=command.remedy,
        amount=command.amount,
        answer=answer,
        resolved_at=given.now,
        resolved_by=given.by,
        untriaged_at=None,
        close_at=given.policy.calendar_of(case.tier).after(given.now, given.policy.auto_close),
        policy=given.policy_hash,
    ).unflagged(Attention.UNTRIAGED, Attention.REOPENING_LIMIT)
    return Step(kept, (_told(kept, given),), (answer,) if answer else (), why=f"remedy {command.remedy.value}")


def _told(case: Case, given: Circumstances) -> CaseResolved:
    clock = case.clock(ClockKind.RESOLVE)
    return CaseResolved(
        **about(case, given),
        owner=case.owner,
        remedy=case.remedy,
        answer=case.answer,
        priority=case.priority,
        severity=case.severity,
        category=case.category,
        received_at=case.received_at or given.now,
        kept=clock is None or clock.misses == 0,
        addressee=case.addressee,
    )
