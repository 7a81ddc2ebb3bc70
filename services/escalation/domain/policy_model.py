"""What may an escalation policy say? Tiers, entry rules, clocks, calendars and limits; unknown names are refused."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from services.escalation.domain.calendar import Calendar
from services.escalation.domain.calendar_model import CalendarPolicy, Rules
from services.escalation.domain.durations import DurationText
from shared.contracts.vocabulary import EscalationReason, Language, Priority

TierName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
PriorityName = Literal["P1", "P2", "P3", "P4"]
AlertName = Literal["injury", "legal", "press", "fraud"]
PRIORITIES: tuple[PriorityName, ...] = ("P1", "P2", "P3", "P4")


class Title(Rules):
    """What people call a tier."""

    ru: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: Language) -> str:
        """Russian for Russian, English for everything else."""
        return self.ru if language is Language.RU else self.en


class TierPolicy(Rules):
    """One rung of the ladder."""

    name: TierName
    title: Title
    calendar: str
    """The calendar its clocks count in."""
    authority: dict[Currency, Annotated[int, Field(ge=0)]] | Literal["unlimited"] = Field(default_factory=dict)
    """The most it may spend on one case, minor units by currency; a currency that is not named may not be spent."""


class ClockPolicy(Rules):
    """One promise: how long it runs, and when we are warned."""

    within: DurationText
    warn_before: DurationText | None = None
    """How long before the end the owner is warned; not at all if the clock is shorter or none is given."""
    after_miss: DurationText | None = None
    """How long the next tier gets once the promise was broken; without it the clock stays missed."""

    @model_validator(mode="after")
    def _warns_before_the_end(self) -> "ClockPolicy":
        warn, within = self.warn_before, self.within
        if warn and (warn.business, warn.counts_days) == (within.business, within.counts_days) and warn.ms >= within.ms:
            raise ValueError(f"warn_before ({warn}) must be shorter than within ({within})")
        return self


class ClocksPolicy(Rules):
    """The promises of one priority."""

    acknowledge: ClockPolicy
    resolve: ClockPolicy


class EntryPolicy(Rules):
    """Which tier a case starts in: the highest that its priority or one of its alerts asks for."""

    priorities: dict[PriorityName, TierName]
    alerts: dict[AlertName, TierName] = Field(default_factory=dict)


class UntriagedPolicy(Rules):
    """What becomes of a case that triage says nothing about."""

    provisional_priority: PriorityName = "P3"
    """The priority of its clocks until triage speaks."""
    after: DurationText
    """From the opening of the case until it counts as untriaged."""
    tier: TierName
    """Where it is looked at then."""


class TellPolicy(Rules):
    """Which escalations the customer hears of."""

    deadline_missed: bool = True
    requested: bool = True
    triage: bool = False
    reopened: bool = False


class ReopeningPolicy(Rules):
    """What a customer's "not solved" may do."""

    max_by_customer: int = Field(2, ge=0, le=100)
    """How often a customer reopens a case by survey; after that a person is asked to look."""
    climbs: bool = True
    """Whether a case that the customer reopened goes one tier up."""


class EscalationPolicy(Rules):
    """The whole policy of the escalation service."""

    tiers: tuple[TierPolicy, ...] = Field(min_length=1)
    """The ladder, lowest tier first."""
    entry: EntryPolicy
    clocks: dict[PriorityName, ClocksPolicy]
    untriaged: UntriagedPolicy
    auto_close: DurationText
    """From the answer until a case that nobody reopened is closed."""
    reopening: ReopeningPolicy = ReopeningPolicy()
    tell_customer: TellPolicy = TellPolicy()
    calendars: dict[str, CalendarPolicy]

    @model_validator(mode="after")
    def _hangs_together(self) -> "EscalationPolicy":
        names = [tier.name for tier in self.tiers]
        if len(set(names)) != len(names):
            raise ValueError("tiers: each name may occur once")
        for tier in self.tiers:
            if tier.calendar not in self.calendars:
                raise ValueError(
                    f"tiers.{tier.name}.calendar: {tier.calendar!r} is not under calendars ({', '.join(self.calendars)})"
                )
        wanted = {f"entry.priorities.{name}": tier for name, tier in self.entry.priorities.items()}
        wanted |= {f"entry.alerts.{name}": tier for name, tier in self.entry.alerts.items()}
        for path, name in (wanted | {"untriaged.tier": self.untriaged.tier}).items():
            if name not in names:
                raise ValueError(f"{path}: {name!r} is not a tier ({', '.join(names)})")
        for path, said in (("entry.priorities", self.entry.priorities), ("clocks", self.clocks)):
            missing = [priority for priority in PRIORITIES if priority not in said]
            if missing:
                raise ValueError(f"{path}: {', '.join(missing)} missing; every priority needs an entry")
        return self

    @cached_property
    def ranks(self) -> dict[str, int]:
        """The place of each tier on the ladder, 0 lowest."""
        return {tier.name: rank for rank, tier in enumerate(self.tiers)}

    @cached_property
    def _calendars(self) -> dict[str, Calendar]:
        return {tier.name: self.calendars[tier.calendar].calendar for tier in self.tiers}

    def tier(self, name: str) -> TierPolicy | None:
        """A tier by name; None once a newer policy has dropped it."""
        rank = self.ranks.get(name)
        return None if rank is None else self.tiers[rank]

    def calendar_of(self, tier: str) -> Calendar:
        """The calendar a tier works by; the lowest tier's for a tier that the policy has dropped."""
        return self._calendars.get(tier) or self._calendars[self.tiers[0].name]

    def clocks_for(self, priority: Priority) -> ClocksPolicy:
        """The promises of a priority; the provisional one's for a priority that the policy does not know."""
        return self.clocks.get(priority.value) or self.clocks[self.untriaged.provisional_priority]  # type: ignore[call-overload]  # any text may be asked for

    def tells(self, reason: EscalationReason) -> bool:
        """Whether the customer hears of an escalation for this reason."""
        return bool(getattr(self.tell_customer, reason.value, False))
