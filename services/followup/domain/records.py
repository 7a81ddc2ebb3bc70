"""What is remembered of each letter, each survey and each offer of one complaint."""

from pydantic import BaseModel, ConfigDict

from shared.contracts.fields import Money
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import NoticeFailure, NoticeKind, Word


class NoticeState(Word):
    """How far a letter got."""

    PLANNED = "planned"
    SENT = "sent"
    FAILED = "failed"
    OTHER = "other"


class SurveyState(Word):
    """How far a survey got; `closed` means that its round ended before it was answered."""

    WAITING = "waiting"
    ASKED = "asked"
    ANSWERED = "answered"
    EXPIRED = "expired"
    CLOSED = "closed"
    OTHER = "other"


class OfferState(Word):
    """How far an offer got; `withdrawn` means that it was not wanted any more when the budget answered."""

    WANTED = "wanted"
    MADE = "made"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    OTHER = "other"


class Record(BaseModel):
    """A part of the kept state: frozen; fields of a newer version are carried along."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Notice(Record):
    """One letter, by what it is for."""

    notice_id: str
    kind: NoticeKind
    round: int
    state: NoticeState
    reason: NoticeFailure | None = None
    at: int


class Survey(Record):
    """The one survey of a round; instants in UTC ms."""

    round: int
    state: SurveyState
    send_at: int
    expires_at: int | None = None
    score: int | None = None
    solved: bool | None = None
    words: Sealed | None = None
    answered_at: int | None = None

    @property
    def due(self) -> int | None:
        """When it is to be sent, or to be given up."""
        return {SurveyState.WAITING: self.send_at, SurveyState.ASKED: self.expires_at}.get(self.state)

    def closed(self) -> "Survey":
        """The same survey, no longer open to an answer."""
        is_open = self.state in (SurveyState.WAITING, SurveyState.ASKED)
        return self.model_copy(update={"state": SurveyState.CLOSED}) if is_open else self


class Offer(Record):
    """The one offer of a round; what the policy promised when it was wanted stays promised."""

    round: int
    rule: str
    amount: Money
    valid_days: int
    budget_id: str
    state: OfferState
    expires_at: int | None = None

    @property
    def due(self) -> int | None:
        """When it expires unless it is redeemed."""
        return self.expires_at if self.state is OfferState.MADE else None

    def withdrawn(self) -> "Offer":
        """The same offer, no longer wanted unless the customer has it already."""
        return self.model_copy(update={"state": OfferState.WITHDRAWN}) if self.state is OfferState.WANTED else self
