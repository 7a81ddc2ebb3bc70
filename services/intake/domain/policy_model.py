"""What an operator may decide about intake, as data."""

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.intake.domain.words import folded
from shared.text.instants import is_zone


class Part(BaseModel):
    """A part of the policy: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Part):
    """A list of words, word beginnings or phrases in both languages; case and ё do not matter."""

    ru: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    @field_validator("ru", "en")
    @classmethod
    def _fold(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(folded(word) for word in words)

    @property
    def both(self) -> tuple[str, ...]:
        """All of them: people mix languages."""
        return self.ru + self.en


class Advertising(Part):
    """When a text is taken for advertising: several of its phrases, and nothing that sounds like a complaint."""

    phrases: Words = Words()
    hits: int = Field(2, description="How many different phrases it takes.", ge=1)


class Pleasantries(Part):
    """When a text says nothing but thanks or hello: it is short, and every word of it is in the list."""

    words: Words = Words()
    longest: int = Field(200, description="Longer texts are always taken as complaints, characters.", ge=0)


class Phrase(Part):
    """The same in both languages."""

    ru: str = Field(min_length=1, max_length=200)
    en: str = Field(min_length=1, max_length=200)


class IntakePolicy(Part):
    """What intake takes as a complaint, and within which limits."""

    version: str = Field("1", description="Name of this version for people; decisions record the hash.", max_length=40)
    max_backdate_days: int = Field(90, description="How far back a sender may date a complaint, days.", ge=0, le=3660)
    default_region: str = Field("RU", description="ISO 3166-1 country of phone numbers without a prefix.", pattern="^[A-Z]{2}$")
    time_zone: str = Field("UTC", description="IANA zone in which the tracking page names instants: the one of the letters.")
    time_zone_name: Phrase = Field(Phrase(ru="по Гринвичу (UTC)", en="UTC"), description="What customers call that zone.")
    min_letters: int = Field(2, description="Fewer letters than this are no words.", ge=0)
    unhappy_rating: int = Field(2, description="A review with so few stars is a complaint whatever its words.", ge=0, le=5)
    no_reply: tuple[str, ...] = Field((), description="Mailbox names that nobody reads; they are no contact of a customer.")
    automatic_subjects: Words = Field(Words(), description="How subjects of automatic replies begin.")
    advertising: Advertising = Advertising()
    pleasantries: Pleasantries = Pleasantries()
    complaint_words: Words = Field(Words(), description="Word beginnings that make any text a complaint.")
    abusive_words: Words = Field(Words(), description="Word beginnings that flag a text as abusive; it is taken all the same.")

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if not is_zone(name):
            raise ValueError("is no IANA time zone, e.g. Europe/Moscow")
        return name

    @property
    def max_backdate_ms(self) -> int:
        """The same limit, ms."""
        return self.max_backdate_days * 86_400_000
