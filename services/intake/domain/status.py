"""What a customer may know about a complaint by its tracking link."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from services.intake.domain.complaint import Complaint, ComplaintState
from services.intake.domain.policy_model import IntakePolicy
from shared.contracts.vocabulary import Language
from shared.text.instants import said


class Words(BaseModel):
    """The same in both languages."""

    model_config = ConfigDict(frozen=True)

    ru: str
    en: str


class Status(BaseModel):
    """Where a complaint stands, in words; nothing of what was written."""

    model_config = ConfigDict(frozen=True)

    complaint_id: str = Field(description="The number to name when asking about it.")
    state: ComplaintState
    title: Words
    explanation: Words
    language: Language = Field(description="Language the customer wrote in.")
    received_at: int = Field(description="When the customer wrote, milliseconds since 1970 UTC.")
    registered_at: int = Field(description="When it was settled here, milliseconds since 1970 UTC.")


_REGISTERED: Final = (
    Words(ru="Мы получили вашу жалобу", en="We have received your complaint"),
    Words(
        ru="Она зарегистрирована и передана сотруднику, который за неё отвечает. Мы напишем вам, как только будут новости.",
        en="It is registered and somebody is responsible for it. We will write to you as soon as there is news.",
    ),
)
_REJECTED: Final = (
    Words(ru="Мы получили ваше сообщение", en="We have received your message"),
    Words(
        ru="Мы не увидели в нём жалобы, поэтому не стали открывать по нему дело. Если мы ошиблись, напишите нам ещё раз.",
        en="We did not read it as a complaint, so no case was opened. If that is a mistake, please write to us again.",
    ),
)
_ERASED: Final = (
    Words(ru="Ваши данные удалены", en="Your data has been erased"),
    Words(
        ru="По запросу об удалении мы стёрли всё, что вы нам писали. Осталась только отметка о том, что обращение было.",
        en="On a request for erasure we deleted everything you wrote to us. Only the fact that there was a complaint remains.",
    ),
)


def received_in_words(instant: int, language: Language, policy: IntakePolicy) -> str:
    """When the customer wrote (UTC ms) by the wall clock of the letters, e.g. `14 March 2026, 15:00 Moscow time`."""
    ru = language is Language.RU
    pattern, zone = ("d MMMM y 'года', HH:mm", policy.time_zone_name.ru) if ru else ("d MMMM y, HH:mm", policy.time_zone_name.en)
    return f"{said(instant, policy.time_zone, pattern, language)} {zone}"


def status_of(complaint: Complaint) -> Status:
    """The state of a complaint in words that its customer understands."""
    taken = _REGISTERED if complaint.state is ComplaintState.REGISTERED else _REJECTED
    title, explanation = _ERASED if complaint.erased else taken
    return Status(
        complaint_id=complaint.complaint_id,
        state=complaint.state,
        title=title,
        explanation=explanation,
        language=complaint.language,
        received_at=complaint.received_at,
        registered_at=complaint.registered_at,
    )
