"""What followup says: which word went to the customer, what came back, and what was offered."""

from typing import ClassVar

from pydantic import Field

from shared.contracts import topics
from shared.contracts.events.base import Event
from shared.contracts.fields import ComplaintId, CustomerId, Instant, Money, PolicyHash, Round
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import ContactKind, Language, NoticeFailure, NoticeKind


class NoticeEvent(Event):
    """What every fact about a letter says."""

    topic: ClassVar = topics.NOTICES

    complaint_id: ComplaintId
    customer_id: CustomerId
    notice_id: str = Field(description="What the letter is for, once: complaint, kind, round and cause.", max_length=200)
    notice: NoticeKind
    round: Round
    at: Instant


class NoticeRequested(NoticeEvent):
    """The customer is owed a word."""

    language: Language
    policy: PolicyHash


class NoticeSent(NoticeEvent):
    """A letter was handed over to the customer's mail server or channel."""

    via: ContactKind


class NoticeFailed(NoticeEvent):
    """A letter did not reach the customer; somebody must look."""

    reason: NoticeFailure


class SurveySent(Event):
    """The customer was asked how the answer was."""

    topic: ClassVar = topics.FOLLOWUPS

    complaint_id: ComplaintId
    customer_id: CustomerId
    round: Round
    at: Instant
    expires_at: Instant


class SurveyAnswered(Event):
    """The customer answered the survey of a round; each survey takes one answer."""

    topic: ClassVar = topics.FOLLOWUPS

    complaint_id: ComplaintId
    customer_id: CustomerId
    round: Round
    score: int = Field(description="CSAT, 1 (very dissatisfied) to 5 (very satisfied).", ge=1, le=5)
    solved: bool = Field(description="False reopens the case.")
    words: Sealed | None = Field(None, description="What the customer added, sealed.")
    at: Instant


class OfferEvent(Event):
    """What every fact about a goodwill offer says."""

    topic: ClassVar = topics.FOLLOWUPS

    complaint_id: ComplaintId
    customer_id: CustomerId
    round: Round
    amount: Money
    at: Instant


class OfferMade(OfferEvent):
    """A goodwill offer was granted by the budget and goes to the customer."""

    rule: str = Field(description="The rule of the policy that granted it.", max_length=60)
    expires_at: Instant
    policy: PolicyHash


class OfferRedeemed(OfferEvent):
    """The customer used the offer; an offer is redeemed once."""


class OfferExpired(OfferEvent):
    """The offer was not used in time; its money went back to the budget of its month."""


class BudgetStep(Event):
    """What a case and a month's budget tell each other about money for one round."""

    topic: ClassVar = topics.FOLLOWUP_STEPS

    budget_id: str = Field(description="Budget: currency, month and bucket.", max_length=80)
    complaint_id: ComplaintId
    round: Round
    amount: Money
    at: Instant


class OfferWanted(BudgetStep):
    """A case asks a month's budget for money."""

    key_field: ClassVar[str] = "budget_id"


class OfferGranted(BudgetStep):
    """A budget set money aside for a case."""


class OfferDenied(BudgetStep):
    """A budget had not enough left."""


class MoneyReturned(BudgetStep):
    """A case gives money back to the budget that granted it: the offer expired, or was not asked for any more."""

    key_field: ClassVar[str] = "budget_id"
