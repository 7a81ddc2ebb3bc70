"""What may a policy say about a calendar? Zone, opening hours, public holidays, exceptions; errors say what to write instead."""

import re
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from holidays import HolidayBase, country_holidays
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from services.escalation.domain.calendar import Calendar
from services.escalation.domain.working_days import Intervals, WorkingDays

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60


class Rules(BaseModel):
    """A part of the policy: frozen, and strict about names, so that a typo is an error and not a silent default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _minutes(hours: str, minutes: str, text: str) -> int:
    at = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or at > MIDNIGHT:
        raise ValueError(f"{text!r} has a time that no clock shows: use 00:00 to 24:00")
    return at


def interval_of(text: object) -> tuple[int, int]:
    """Minutes of the day from "09:00-13:00"; raises `ValueError` with the remedy."""
    found = re.match(r"^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$", text.strip()) if isinstance(text, str) else None
    if not found:
        raise ValueError(f'{text!r} is not an opening interval: write "09:00-13:00"')
    opens, closes = _minutes(found[1], found[2], str(text)), _minutes(found[3], found[4], str(text))
    if opens >= closes:
        raise ValueError(
            f'{text!r} ends before it starts: split a night at midnight, "22:00-24:00" and "00:00-06:00" of the next day'
        )
    return opens, closes


def _read_intervals(value: object) -> Intervals:
    if not isinstance(value, list | tuple):
        raise ValueError(f'{value!r} is not a list of opening intervals: write ["09:00-13:00", "14:00-18:00"]')
    intervals = tuple(part if isinstance(part, tuple) else interval_of(part) for part in value)
    for (_, closes), (opens, _) in pairwise(intervals):
        if opens < closes:
            raise ValueError("opening intervals of a day must follow one another without overlap")
    return intervals


def _write_intervals(intervals: Intervals) -> list[str]:
    return [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in intervals]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'{name!r} is not an IANA time zone: write e.g. "Europe/Moscow" or "Europe/London"') from None
    return name


Hours = Annotated[Intervals, BeforeValidator(_read_intervals), PlainSerializer(_write_intervals, return_type=list[str])]
Zone = Annotated[str, AfterValidator(_known_zone)]


class PublicHolidays(Rules):
    """Whose public holidays and transferred working days count."""

    country: str
    """ISO 3166-1 alpha-2, e.g. RU, GB."""
    subdivision: str | None = None
    """A part of the country with holidays of its own, e.g. ENG, SCT."""

    @model_validator(mode="after")
    def _is_known(self) -> "PublicHolidays":
        try:
            self.load()
        except NotImplementedError as error:
            raise ValueError(f"{error}: use an ISO 3166 code, or list the days under closed_days") from None
        return self

    def load(self) -> HolidayBase:
        """The days, worked out year by year as they are asked for."""
        return country_holidays(self.country, subdiv=self.subdivision)


class CalendarPolicy(Rules):
    """When business time runs."""

    zone: Zone
    """IANA time zone of the wall clock."""
    hours: dict[Weekday, Hours]
    """Opening intervals by weekday; a weekday that is not named is closed."""
    holidays: PublicHolidays | None = None
    closed_days: frozenset[date] = frozenset()
    """Days off that no public calendar knows."""
    working_days: dict[date, Hours] = Field(default_factory=dict)
    """Dates with hours of their own; they win over weekends and holidays."""

    @model_validator(mode="after")
    def _opens_sometimes(self) -> "CalendarPolicy":
        if not any(self.hours.values()):
            raise ValueError('a calendar needs opening hours on at least one weekday: mon: ["09:00-18:00"]')
        both = sorted(day.isoformat() for day in self.closed_days & self.working_days.keys())
        if both:
            raise ValueError(f"{', '.join(both)}: under closed_days and under working_days; keep one of them")
        return self

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar to count with."""
        week = tuple(self.hours.get(weekday, ()) for weekday in WEEKDAYS)
        public = self.holidays.load() if self.holidays else None
        return Calendar(ZoneInfo(self.zone), WorkingDays(week, public, self.closed_days, dict(self.working_days)))
