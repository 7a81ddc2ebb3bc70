"""Whether an owed letter can go."""

from services.followup.domain.care import Care
from services.followup.domain.delivery import failure_of
from services.followup.domain.moment import Moment
from services.followup.domain.notice import Owed
from services.followup.domain.order import LetterOrder
from services.followup.domain.records import Notice, NoticeState
from services.followup.domain.route import route_of
from services.followup.domain.step import Step
from shared.contracts.events import NoticeRequested
from shared.contracts.fields import SealedContact
from shared.contracts.vocabulary import NoticeFailure


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
    return step.then(step.care.with_notice(notice), failure_of(step.care, notice, reason, moment.now))


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
