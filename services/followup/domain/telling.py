"""Whether an owed letter can go, and how it ended."""

from services.followup.domain.care import Care
from services.followup.domain.moment import Moment
from services.followup.domain.notice import Owed
from services.followup.domain.order import LetterOrder
from services.followup.domain.records import Notice, NoticeState
from services.followup.domain.route import route_of
from services.followup.domain.step import Step
from shared.contracts.events import NoticeFailed, NoticeRequested, NoticeSent
from shared.contracts.fields import SealedContact
from shared.contracts.vocabulary import ContactKind, NoticeFailure


def tell(step: Step, owed: Owed | None, moment: Moment) -> Step:
    """Order an owed letter once; where it cannot go, say so at once."""
    if owed is None or step.care.notice(owed.notice_id):
        return step
    contact = route_of(step.care.addressee)
    if step.care.erased or contact is None:
        return _cannot(step, owed, NoticeFailure.ERASED if step.care.erased else NoticeFailure.NO_ROUTE, moment)
    notice = Notice(notice_id=owed.notice_id, kind=owed.kind, round=owed.round, state=NoticeState.PLANNED, at=moment.now)
    care = step.care.with_notice(notice)
    requested = NoticeRequested(
        complaint_id=care.complaint_id,
        customer_id=care.customer_id,
        notice_id=owed.notice_id,
        notice=owed.kind,
        round=owed.round,
        at=moment.now,
        language=care.language,
        policy=moment.policy_hash,
    )
    return step.then(care, requested, letter=_order(care, contact, owed, moment))


def _cannot(step: Step, owed: Owed, reason: NoticeFailure, moment: Moment) -> Step:
    notice = Notice(
        notice_id=owed.notice_id, kind=owed.kind, round=owed.round, state=NoticeState.FAILED, reason=reason, at=moment.now
    )
    return step.then(step.care.with_notice(notice), _failed(step.care, notice, reason, moment.now))


def _order(care: Care, contact: SealedContact, owed: Owed, moment: Moment) -> LetterOrder:
    who = care.addressee
    return LetterOrder(
        notice_id=owed.notice_id,
        notice=owed.kind,
        complaint_id=care.complaint_id,
        customer_id=care.customer_id,
        round=owed.round,
        language=care.language,
        at=moment.now,
        to=str(contact.address.token),
        name=who.name.token if who and who.name else None,
        brand=who.brand if who else None,
        channel=who.channel if who else None,
        **owed.slots,
    )


def _failed(care: Care, notice: Notice, reason: NoticeFailure, now: int) -> NoticeFailed:
    return NoticeFailed(
        complaint_id=care.complaint_id,
        customer_id=care.customer_id,
        notice_id=notice.notice_id,
        notice=notice.kind,
        round=notice.round,
        at=now,
        reason=reason,
    )


def settled(care: Care, notice_id: str, state: str, reason: str, now: int) -> Step | None:
    """How the courier fared with a letter; what was sent stays sent, the same failure is told once."""
    notice = care.notice(notice_id)
    if notice is None or notice.state is NoticeState.SENT:
        return None
    if state == "sent":
        sent = notice.model_copy(update={"state": NoticeState.SENT, "reason": None, "at": now})
        return Step(care.with_notice(sent), (_sent(care, notice, now),))
    why = _why(state, reason)
    if notice.state is NoticeState.FAILED and notice.reason is why:
        return None
    failed = notice.model_copy(update={"state": NoticeState.FAILED, "reason": why, "at": now})
    return Step(care.with_notice(failed), (_failed(care, notice, why, now),))


def _sent(care: Care, notice: Notice, now: int) -> NoticeSent:
    return NoticeSent(
        complaint_id=care.complaint_id,
        customer_id=care.customer_id,
        notice_id=notice.notice_id,
        notice=notice.kind,
        round=notice.round,
        at=now,
        via=ContactKind.EMAIL,
    )


def _why(state: str, reason: str) -> NoticeFailure:
    """A cut after the hand-over began is unknown whatever the courier thinks; a reason we do not know was a refusal."""
    if state == "unknown":
        return NoticeFailure.UNKNOWN
    known = NoticeFailure(reason)
    return NoticeFailure.REFUSED if known is NoticeFailure.OTHER else known
