"""How a letter fared."""

from typing import Any

from services.followup.domain.care import Care
from services.followup.domain.records import Notice, NoticeState
from services.followup.domain.step import Step
from shared.contracts.events import NoticeFailed, NoticeSent
from shared.contracts.vocabulary import ContactKind, NoticeFailure


def failure_of(care: Care, notice: Notice, reason: NoticeFailure, now: int) -> NoticeFailed:
    """The fact that a letter did not reach its customer."""
    return NoticeFailed(**_about(care, notice, now), reason=reason)


def settled(care: Care, notice_id: str, state: str, reason: str, now: int) -> Step | None:
    """How the courier fared with a letter; what was sent stays sent, the same failure is told once."""
    notice = care.notice(notice_id)
    if notice is None or notice.state is NoticeState.SENT:
        return None
    if state == "sent":
        sent = notice.model_copy(update={"state": NoticeState.SENT, "reason": None, "at": now})
        return Step(care.with_notice(sent), (NoticeSent(**_about(care, notice, now), via=ContactKind.EMAIL),))
    why = _why(state, reason)
    if notice.state is NoticeState.FAILED and notice.reason is why:
        return None
    failed = notice.model_copy(update={"state": NoticeState.FAILED, "reason": why, "at": now})
    return Step(care.with_notice(failed), (failure_of(care, notice, why, now),))


def _about(care: Care, notice: Notice, now: int) -> dict[str, Any]:
    return {
        "complaint_id": care.complaint_id,
        "customer_id": care.customer_id,
        "notice_id": notice.notice_id,
        "notice": notice.kind,
        "round": notice.round,
        "at": now,
    }


def _why(state: str, reason: str) -> NoticeFailure:
    """A cut after the hand-over began is unknown whatever the courier thinks; a reason we do not know was a refusal."""
    if state == "unknown":
        return NoticeFailure.UNKNOWN
    known = NoticeFailure(reason)
    return NoticeFailure.REFUSED if known is NoticeFailure.OTHER else known
