"""What an operator may decide about letters, surveys and goodwill, and what is refused as a mistake."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from shared.contracts.vocabulary import Category, Channel, Language, Priority, Remedy, known
from shared.text.instants import is_zone

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Minor = Annotated[int, Field(gt=0, le=10**12)]


class PolicyPart(BaseModel):
    """A part of the policy: frozen, and a key it does not know is a typing error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Remedies = Annotated[tuple[Remedy, ...], known(Remedy)]
Categories = Annotated[tuple[Category, ...], known(Category)]


class BothLanguages(PolicyPart):
    """A phrase as it is said in Russian and in English."""

    ru: str = Field(min_length=1, max_length=600)
    en: str = Field(min_length=1, max_length=600)

    def said_in(self, language: Language) -> str:
        """The phrase in Russian for Russian letters, in English for all others."""
        return self.ru if language is Language.RU else self.en


class NoticeRules(PolicyPart):
    """Which letters a customer is owed at all."""

    acknowledgement: bool = True
    reopening: bool = True
    escalation: bool = True
    resolution: bool = True


class SurveyRules(PolicyPart):
    """Whether, when and for how long the customer is asked how the answer was."""

    enabled: bool = True
    delay_hours: int = Field(0, description="Hours from the answer to the survey; 0 sends it right after.", ge=0, le=24 * 60)
    expires_days: int = Field(14, description="Days the link stays open; it ends with the last of these days.", ge=1, le=365)


class OfferRule(PolicyPart):
    """One kind of case that deserves a gesture; an empty list means any, and the first rule that fits grants."""

    name: str = Field(pattern=r"^[a-z0-9_]+$", max_length=60)
    amount_minor: Minor
    currency: Currency
    valid_days: int = Field(60, ge=1, le=1000)
    severity_at_least: int = Field(0, ge=0, le=100)
    missed_deadline: bool | None = Field(None, description="True: only where we answered too late; false: only in time.")
    priorities: Annotated[tuple[Priority, ...], known(Priority)] = ()
    categories: Categories = ()
    remedies: Remedies = ()
    languages: Annotated[tuple[Language, ...], known(Language)] = ()
    channels: Annotated[tuple[Channel, ...], known(Channel)] = ()
    brands: tuple[str, ...] = ()


class OfferRules(PolicyPart):
    """Which cases get a goodwill offer, and how much a month may cost."""

    once_per_complaint: bool = Field(True, description="A reopened complaint gets no second offer.")
    never_categories: Categories = Field((), description="Where a gift would be an insult, and people decide.")
    redeem: BothLanguages = Field(description="How the customer uses the code.")
    monthly_minor: dict[Currency, Minor] = Field(default_factory=dict, description="Most that a calendar month (UTC) may cost.")
    buckets: int = Field(8, description="Parts a month's budget is kept in, so that they can grant side by side.", ge=1, le=1000)
    rules: tuple[OfferRule, ...] = ()

    def limit_of(self, currency: str) -> int:
        """What one bucket of a month may give away, minor units; 0 where the policy has no such budget."""
        return self.monthly_minor.get(currency, 0) // self.buckets

    @model_validator(mode="after")
    def _can_be_paid(self) -> Self:
        names = [rule.name for rule in self.rules]
        if len(set(names)) < len(names):
            raise ValueError("two offer rules have the same name; a name must tell which rule granted")
        for rule in self.rules:
            if rule.amount_minor > self.limit_of(rule.currency):
                raise ValueError(
                    f"rule {rule.name} offers {rule.amount_minor} {rule.currency}, but one of {self.buckets} buckets of the "
                    f"month holds {self.limit_of(rule.currency)}: raise monthly_minor or take fewer buckets"
                )
        return self


class FollowupPolicy(PolicyPart):
    """All that followup decides by."""

    time_zone: str = Field(description="IANA zone in which letters name days and hours.")
    time_zone_name: BothLanguages
    signature: BothLanguages = Field(description="Who signs the letters.")
    tiers: dict[str, BothLanguages] = Field(default_factory=dict, description="Who sits in a tier, as the customer is told.")
    other_tier: BothLanguages = Field(description="Who sits in a tier that is not named above.")
    apologise_after: Remedies = Field(description="Remedies which admit that it was our fault.")
    notices: NoticeRules = NoticeRules()
    survey: SurveyRules = SurveyRules()
    offers: OfferRules

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if not is_zone(name):
            raise ValueError("is no IANA time zone, e.g. Europe/Moscow")
        return name

    def who_is(self, tier: str, language: Language) -> str:
        """Who looks at a case in this tier, in words for the customer."""
        return self.tiers.get(tier, self.other_tier).said_in(language)
