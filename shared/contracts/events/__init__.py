"""Every event, in the order a complaint meets them."""

from shared.contracts.events.base import Event
from shared.contracts.events.cases import (
    CaseAssigned,
    CaseClosed,
    CaseEscalated,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    DeadlineApproaching,
    DeadlineMissed,
)
from shared.contracts.events.followups import (
    MoneyReturned,
    NoticeFailed,
    NoticeRequested,
    NoticeSent,
    OfferDenied,
    OfferExpired,
    OfferGranted,
    OfferMade,
    OfferRedeemed,
    OfferWanted,
    SurveyAnswered,
    SurveySent,
)
from shared.contracts.events.registered import ComplaintRegistered, CustomerErased, CustomerSeen, SubmissionRejected
from shared.contracts.events.submitted import SUBMITTED_TYPE, ComplaintSubmitted, Submission
from shared.contracts.events.triaged import AlertRaised, ComplaintTriaged

SAID: tuple[type[Event], ...] = (
    ComplaintRegistered,
    SubmissionRejected,
    CustomerSeen,
    CustomerErased,
    ComplaintTriaged,
    AlertRaised,
    CaseOpened,
    CaseAssigned,
    CaseEscalated,
    DeadlineApproaching,
    DeadlineMissed,
    CaseResolved,
    CaseReopened,
    CaseClosed,
    NoticeRequested,
    NoticeSent,
    NoticeFailed,
    SurveySent,
    SurveyAnswered,
    OfferMade,
    OfferRedeemed,
    OfferExpired,
    OfferWanted,
    OfferGranted,
    OfferDenied,
    MoneyReturned,
)
"""All that the four services say; `ComplaintSubmitted` is said by upstream systems only."""

BY_TYPE: dict[str, type[Event]] = {event.type_name(): event for event in SAID}

__all__ = [
    "BY_TYPE",
    "SAID",
    "SUBMITTED_TYPE",
    "AlertRaised",
    "CaseAssigned",
    "CaseClosed",
    "CaseEscalated",
    "CaseOpened",
    "CaseReopened",
    "CaseResolved",
    "ComplaintRegistered",
    "ComplaintSubmitted",
    "ComplaintTriaged",
    "CustomerErased",
    "CustomerSeen",
    "DeadlineApproaching",
    "DeadlineMissed",
    "Event",
    "MoneyReturned",
    "NoticeFailed",
    "NoticeRequested",
    "NoticeSent",
    "OfferDenied",
    "OfferExpired",
    "OfferGranted",
    "OfferMade",
    "OfferRedeemed",
    "OfferWanted",
    "Submission",
    "SubmissionRejected",
    "SurveyAnswered",
    "SurveySent",
]
