"""How long is a promise? Reads "4 business hours" or "10 calendar days", and nothing that could mean both."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

Unit = Literal["minute", "hour", "day"]
UNIT_MS: dict[str, int] = {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
LONGEST_MS = 3_653 * 86_400_000
PATTERN = r"^(\d{1,5}) (business|calendar) (minute|hour|day|week)s?$"
REMEDY = 'write a number, "business" or "calendar", and a unit: "30 calendar minutes", "4 business hours", "10 calendar days"'


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as a policy states it."""

    amount: int
    unit: Unit
    business: bool
    """True: only opening hours and working days count; False: every hour and day does."""

    @property
    def ms(self) -> int:
        """The length in ms; for days a nominal one of 24 h, since a real day depends on the calendar."""
        return self.amount * UNIT_MS[self.unit]

    @property
    def counts_days(self) -> bool:
        """True where whole days are counted, so that it ends with a day."""
        return self.unit == "day"

    def __str__(self) -> str:
        """As the policy writes it."""
        return f"{self.amount} {'business' if self.business else 'calendar'} {self.unit}{'' if self.amount == 1 else 's'}"


def duration_of(text: object) -> Duration:
    """The duration that a policy means; raises `ValueError` with what is wrong and what to write instead."""
    if isinstance(text, Duration):
        return text
    found = re.match(PATTERN, " ".join(text.lower().split())) if isinstance(text, str) else None
    if not found:
        raise ValueError(f"{text!r} is not a duration: {REMEDY}")
    amount, kind, unit = int(found[1]), found[2], found[3]
    if amount == 0:
        raise ValueError(f"{text!r} is no time at all: a duration is at least 1 {kind} {unit}")
    if amount * UNIT_MS.get(unit, 7 * UNIT_MS["day"]) > LONGEST_MS:
        raise ValueError(f"{text!r} is longer than ten years: no promise lasts that long")
    if unit != "week":
        return Duration(amount, unit, kind == "business")  # type: ignore[arg-type]  # the pattern knows only these units
    if kind == "business":
        raise ValueError(f'{text!r} has no fixed length: write it in business days, e.g. "{amount * 5} business days"')
    return Duration(amount * 7, "day", business=False)


DurationText = Annotated[
    Duration,
    BeforeValidator(duration_of),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["4 business hours", "10 calendar days"]}),
]
"""A duration in a policy file: text outside, `Duration` inside."""
