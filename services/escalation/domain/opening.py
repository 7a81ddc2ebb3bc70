"""How does a case begin? On registration, with its clocks running from receipt, before triage has said a word."""

from typing import Any

from services.escalation.domain.acknowledging import acknowledged, unacknowledged
from services.escalation.domain.case import Case
from services.escalation.domain.clocks import CaseClock, start
from services.escalation.domain.ladder import entry_tier
from services.escalation.domain.ownership import queue_of
from services.escalation.domain.step import Circumstances, Step, about
from services.escalation.domain.stub import stub
from shared.contracts.events import CaseOpened, ComplaintRegistered
from shared.contracts.vocabulary import ClockKind, Priority

SUMMARY_CHARS = 200
GRADES = tuple(priority for priority in Priority if priority is not Priority.OTHER)


def open_case(complaint: ComplaintRegistered, case: Case | None, given: Circumstances) -> Step | None:
    """Open the case of a complaint; None if it is open already. What a stub has heard before is applied at once."""
    if case is not None and case.registered:
        return None
    known = case or stub(complaint.complaint_id, complaint.addressee.customer_id)
    erased = known.erased or given.erased
    complaint = complaint.forgotten() if erased else complaint
    policy = given.policy
    triaged = known.triaged_at is not None
    priority = known.priority if triaged else Priority(policy.untriaged.provisional_priority)
    tier = entry_tier(priority, known.alerts, policy)
    opened = known.but(
        **_facts(complaint, given),
        erased=erased,
        tier=tier,
        owner=queue_of(tier),
        priority=priority,
        clocks=first_clocks(complaint.received_at, priority, tier, given),
        untriaged_at=None if triaged else policy.calendar_of(tier).after(given.now, policy.untriaged.after),
    )
    step = Step(opened, (_told(opened, given),), why=f"{priority.value}{'' if triaged else ' provisional'} -> {tier}")
    return step.then(_heard_before(opened, given))


def first_clocks(received_at: int, priority: Priority, tier: str, given: Circumstances) -> tuple[CaseClock, ...]:
    """The clocks of round 1, from receipt."""
    rules, calendar = given.policy.clocks_for(priority), given.policy.calendar_of(tier)
    return (
        start(ClockKind.ACKNOWLEDGE, received_at, rules.acknowledge, calendar, given.policy_hash),
        start(ClockKind.RESOLVE, received_at, rules.resolve, calendar, given.policy_hash),
    )


def _heard_before(case: Case, given: Circumstances) -> Step | None:
    """The acknowledgement may have gone out, or failed, before the case was heard of."""
    if case.acknowledged_at is not None:
        return acknowledged(case, case.acknowledged_at, given)
    if case.acknowledgement_failed_at is not None:
        return Step(unacknowledged(case, case.acknowledgement_failed_at))
    return None


def _facts(complaint: ComplaintRegistered, given: Circumstances) -> dict[str, Any]:
    words = complaint.masked_subject or complaint.masked_text[: 2 * SUMMARY_CHARS]
    return {
        "registered": True,
        "addressee": complaint.addressee,
        "summary": " ".join(words.split())[:SUMMARY_CHARS],
        "country": complaint.country,
        "product": complaint.product,
        "is_public": complaint.is_public,
        "in_reply_to": complaint.in_reply_to,
        "received_at": complaint.received_at,
        "opened_at": given.now,
        "policy": given.policy_hash,
    }


def _told(case: Case, given: Circumstances) -> CaseOpened:
    return CaseOpened(
        **about(case, given),
        priority=case.priority,
        owner=case.owner,
        clocks=tuple(clock.said for clock in case.clocks),
        received_at=case.received_at or given.now,
        answer_by=_answer_by(case, given),
        addressee=case.addressee,
    )


def _answer_by(case: Case, given: Circumstances) -> int | None:
    """What can be promised now: while triage is silent, the time of the slowest priority that it might give."""
    own = max((clock.due_at for clock in case.clocks if clock.kind is ClockKind.RESOLVE), default=None)
    if own is None or case.triaged_at is not None or case.received_at is None:
        return own
    others = (entry_tier(priority, case.alerts, given.policy) for priority in GRADES)
    clocks = [first_clocks(case.received_at, grade, tier, given) for grade, tier in zip(GRADES, others, strict=True)]
    return max(own, *(clock.due_at for pair in clocks for clock in pair if clock.kind is ClockKind.RESOLVE))
