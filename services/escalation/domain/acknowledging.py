"""Did our word reach the customer? The acknowledge clock is kept or stopped, and a letter that failed is a visible task."""

from services.escalation.domain.case import Attention, Case
from services.escalation.domain.clocks import met, stopped
from services.escalation.domain.step import Circumstances, Step
from services.escalation.domain.stub import stub
from services.escalation.domain.timing import miss
from shared.contracts.events import NoticeFailed, NoticeSent
from shared.contracts.vocabulary import ClockKind, NoticeFailure, NoticeKind

OWED = (NoticeKind.ACKNOWLEDGEMENT, NoticeKind.ESCALATION, NoticeKind.RESOLUTION)
"""The letters that a person must care for when they fail; a survey or an offer that does not arrive is no task."""


def hear_of_sent(sent: NoticeSent, case: Case | None, given: Circumstances) -> Step | None:
    """A letter went out: the customer can be reached, and an acknowledgement keeps its clock."""
    if sent.notice not in OWED:
        return None
    known = (case or stub(sent.complaint_id, sent.customer_id)).unflagged(Attention.NO_ROUTE, Attention.NOTICE_FAILED)
    step = Step(known, why=f"{sent.notice.value} sent")
    if sent.notice is NoticeKind.ACKNOWLEDGEMENT and known.acknowledged_at is None:
        return step.then(acknowledged(known, sent.at, given))
    return None if case is None or known == case else step


def hear_of_failed(failed: NoticeFailed, case: Case | None) -> Step | None:
    """A letter did not arrive: say so on the case; nobody is left to be told where the customer was erased."""
    if failed.notice not in OWED:
        return None
    known = case or stub(failed.complaint_id, failed.customer_id)
    if failed.notice is NoticeKind.ACKNOWLEDGEMENT and known.acknowledged_at is not None:
        return None
    after = known if failed.reason is NoticeFailure.ERASED else known.flagged(_task(failed.reason))
    if failed.notice is NoticeKind.ACKNOWLEDGEMENT:
        after = unacknowledged(after, known.acknowledgement_failed_at or failed.at)
    return None if after == case else Step(after, why=f"{failed.notice.value} failed: {failed.reason.value}")


def acknowledged(case: Case, at: int, given: Circumstances) -> Step:
    """The case whose acknowledgement went out at an instant; a clock that had run out before is announced as missed."""
    step = Step(case.but(acknowledged_at=at))
    clock = case.clock(ClockKind.ACKNOWLEDGE)
    if clock is None:
        return step
    if clock.runs and at > clock.due_at:
        step = step.then(miss(step.case, clock, given))
        clock = step.case.clock(ClockKind.ACKNOWLEDGE) or clock
    return step.then(Step(step.case.with_clock(met(clock, at))))


def unacknowledged(case: Case, at: int) -> Case:
    """The case whose acknowledgement cannot go out: its clock rings no longer, since a person was told."""
    clock = case.clock(ClockKind.ACKNOWLEDGE)
    after = case.with_clock(stopped(clock)) if clock and clock.runs else case
    return after.but(acknowledgement_failed_at=at)


def _task(reason: NoticeFailure) -> Attention:
    return Attention.NO_ROUTE if reason is NoticeFailure.NO_ROUTE else Attention.NOTICE_FAILED
