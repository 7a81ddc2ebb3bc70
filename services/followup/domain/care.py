"""What followup remembers of one complaint: whom to write to, what was said, asked and offered."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from services.followup.domain.code import handle_of
from services.followup.domain.records import Notice, Offer, Record, Survey
from shared.contracts.fields import Addressee
from shared.contracts.kept import Kept
from shared.contracts.vocabulary import Language, NoticeFailure

R = TypeVar("R", bound=Record)


class Care(Kept):
    """How one complaint's customer is looked after; its id is the complaint's."""

    collection: ClassVar[str] = "care"
    indexed: ClassVar[tuple[str, ...]] = (
        "customer_id",
        "language",
        "no_route",
        "survey_state",
        "survey_score",
        "unsolved",
        "offer_state",
        "offer_handle",
        "updated_at",
    )

    complaint_id: str
    customer_id: str = ""
    addressee: Addressee | None = None
    round: int = 1
    received_at: int | None = None
    notices: tuple[Notice, ...] = ()
    surveys: tuple[Survey, ...] = ()
    offers: tuple[Offer, ...] = ()
    erased: bool = False
    updated_at: int = 0

    @property
    def due(self) -> int | None:
        """The soonest of: survey to send, survey to give up, offer to expire."""
        instants = [survey.due for survey in self.surveys] + [offer.due for offer in self.offers]
        return min((instant for instant in instants if instant is not None), default=None)

    @property
    def language(self) -> Language:
        """The language of its letters: Russian, or English for everybody else."""
        known = self.addressee.language if self.addressee else Language.OTHER
        return Language.RU if known is Language.RU else Language.EN

    @property
    def no_route(self) -> int:
        """1 while a letter of this round could not go for want of an address: somebody must look."""
        lost = any(n.round == self.round and n.reason is NoticeFailure.NO_ROUTE for n in self.notices)
        return int(lost and not self.erased)

    @property
    def survey_state(self) -> str | None:
        """Where the latest survey stands."""
        return self.surveys[-1].state if self.surveys else None

    @property
    def survey_score(self) -> int | None:
        """The latest score the customer gave, 1 to 5."""
        return next((survey.score for survey in reversed(self.surveys) if survey.score is not None), None)

    @property
    def unsolved(self) -> int:
        """How many answers said that it was not solved."""
        return sum(survey.solved is False for survey in self.surveys)

    @property
    def offer_state(self) -> str | None:
        """Where the latest offer stands."""
        return self.offers[-1].state if self.offers else None

    @property
    def offer_handle(self) -> str | None:
        """The first symbols of its offer codes, by which a door finds it."""
        return handle_of(self.complaint_id) if self.offers else None

    def notice(self, notice_id: str) -> Notice | None:
        """The letter for this purpose, if it was ever owed."""
        return next((notice for notice in self.notices if notice.notice_id == notice_id), None)

    def survey(self, round_: int) -> Survey | None:
        """The survey of a round."""
        return next((survey for survey in self.surveys if survey.round == round_), None)

    def offer(self, round_: int) -> Offer | None:
        """The offer of a round."""
        return next((offer for offer in self.offers if offer.round == round_), None)

    def with_notice(self, notice: Notice) -> "Care":
        """The same care, knowing this letter."""
        return self.model_copy(update={"notices": _put(self.notices, notice, lambda n: n.notice_id == notice.notice_id)})

    def with_survey(self, survey: Survey) -> "Care":
        """The same care, knowing this survey."""
        return self.model_copy(update={"surveys": _put(self.surveys, survey, lambda s: s.round == survey.round)})

    def with_offer(self, offer: Offer) -> "Care":
        """The same care, knowing this offer."""
        return self.model_copy(update={"offers": _put(self.offers, offer, lambda o: o.round == offer.round)})

    def in_round(self, round_: int) -> "Care":
        """The same care in a later round: open surveys close, offers not made yet are not wanted any more."""
        surveys = tuple(survey.closed() for survey in self.surveys)
        offers = tuple(offer.withdrawn() for offer in self.offers)
        return self.model_copy(update={"round": round_, "surveys": surveys, "offers": offers})

    def forgotten(self) -> "Care":
        """Without contacts, name and the customer's words; nothing more is asked or sent."""
        nobody = self.addressee.model_copy(update={"contacts": (), "name": None}) if self.addressee else None
        surveys = tuple(survey.closed().model_copy(update={"words": None}) for survey in self.surveys)
        return self.model_copy(update={"addressee": nobody, "surveys": surveys, "erased": True})


def _put(records: tuple[R, ...], record: R, is_same: Callable[[R], bool]) -> tuple[R, ...]:
    """The records with one replaced where it stood, or added at the end."""
    if any(is_same(known) for known in records):
        return tuple(record if is_same(known) else known for known in records)
    return (*records, record)
