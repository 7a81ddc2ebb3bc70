"""What does triage change? Priority and its clocks, and the tier, which only ever rises."""

from typing import Any

from services.escalation.domain.case import Attention, Case
from services.escalation.domain.clocks import CaseClock, adjusted
from services.escalation.domain.escalating import climbed
from services.escalation.domain.ladder import entry_tier, higher
from services.escalation.domain.step import Circumstances, Step
from services.escalation.domain.stub import stub
from services.escalation.domain.timing import ring_clocks
from shared.contracts.events import ComplaintTriaged
from shared.contracts.vocabulary import CaseState, ClockKind, EscalationReason


def refine(triaged: ComplaintTriaged, case: Case | None, given: Circumstances) -> Step | None:
    """Take over what triage says; None where it is old news. Heard before the complaint, it is only remembered."""
    known = case or stub(triaged.complaint_id, triaged.customer_id)
    if known.triaged_at is not None and triaged.triaged_at < known.triaged_at:
        return None
    judged = known.but(**_judgement(triaged)).unflagged(Attention.UNTRIAGED)
    if judged == case:
        return None
    why = f"triaged {triaged.priority.value}, severity {triaged.severity}"
    if not known.registered or known.state is not CaseState.OPEN:
        return Step(judged, why=why)
    tier = higher(known.tier, entry_tier(judged.priority, judged.alerts, given.policy), given.policy)
    judged = judged.but(clocks=adjusted_clocks(known, judged, tier, given), policy=given.policy_hash)
    step = Step(judged, why=why)
    if tier != known.tier:
        step = step.then(climbed(judged, tier, EscalationReason.TRIAGE, given))
    # A raised priority can put a deadline into the past: that is said now, not by a timer that rang there before.
    return step.then(ring_clocks(step.case, given))


def adjusted_clocks(before: Case, after: Case, tier: str, given: Circumstances) -> tuple[CaseClock, ...]:
    """The running clocks under the new priority, counted from their start; untouched where the priority stayed."""
    if after.priority is before.priority:
        return before.clocks
    rules, calendar = given.policy.clocks_for(after.priority), given.policy.calendar_of(tier)
    raised = after.priority.value < before.priority.value
    by_kind = {ClockKind.ACKNOWLEDGE: rules.acknowledge, ClockKind.RESOLVE: rules.resolve}
    return tuple(
        adjusted(clock, by_kind[clock.kind], calendar, given.policy_hash, raised) if clock.kind in by_kind else clock
        for clock in before.clocks
    )


def _judgement(triaged: ComplaintTriaged) -> dict[str, Any]:
    return {
        "severity": triaged.severity,
        "urgency": triaged.urgency,
        "category": triaged.category,
        "alerts": triaged.alerts,
        "priority": triaged.priority,
        "triaged_at": triaged.triaged_at,
        "untriaged_at": None,
    }
