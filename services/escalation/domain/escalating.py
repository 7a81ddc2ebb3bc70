"""How does a case climb? One tier up, or to the tier that triage asks for, into that tier's queue."""

from services.escalation.domain.case import Case, NoteKind
from services.escalation.domain.commands import EscalateCase
from services.escalation.domain.ladder import next_tier
from services.escalation.domain.noting import noted
from services.escalation.domain.ownership import queue_of
from services.escalation.domain.standing import UNKNOWN, unless_open
from services.escalation.domain.step import Circumstances, Refusal, Step, about
from shared.contracts.events import CaseEscalated
from shared.contracts.vocabulary import ClockKind, EscalationReason


def escalate_on_request(command: EscalateCase, case: Case | None, given: Circumstances) -> Step | Refusal:
    """An agent hands a case to the next tier and says why."""
    if case is None:
        return UNKNOWN
    refusal = unless_open(case)
    if refusal:
        return refusal
    target = next_tier(case.tier, given.policy)
    if target is None:
        return Refusal("top_of_ladder", "The case is in the highest tier already.")
    step = noted(case, NoteKind.ESCALATION, command.reason, given)
    return step.then(climbed(step.case, target, EscalationReason.REQUESTED, given))


def climbed(case: Case, tier: str, reason: EscalationReason, given: Circumstances, clock: ClockKind | None = None) -> Step:
    """The case in a higher tier's queue, and the event that says so."""
    kept = case.but(
        tier=tier,
        owner=queue_of(tier),
        escalated_at=given.now,
        escalations=case.escalations + (reason is not EscalationReason.TRIAGE),
        policy=given.policy_hash,
    )
    event = CaseEscalated(
        **about(kept, given),
        from_tier=case.tier,
        owner=kept.owner,
        reason=reason,
        clock=clock,
        priority=kept.priority,
        answer_by=answer_by(kept),
        tell_customer=given.policy.tells(reason),
        addressee=kept.addressee,
    )
    return Step(kept, (event,), why=f"{reason.value}: {case.tier} -> {tier}")


def answer_by(case: Case) -> int | None:
    """By when the customer hears from us, if that promise still runs."""
    clock = case.clock(ClockKind.RESOLVE)
    return clock.due_at if clock and clock.runs else None
