"""When is it due? Sums are made in UTC, doors open and close by the local wall clock, so clock changes are safe."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.escalation.domain.durations import Duration
from services.escalation.domain.working_days import Intervals, WorkingDays

HORIZON_DAYS = 36_600
"""How far a sum may reach, days: a hundred years, so that a calendar without opening hours ends in an error."""
Spans = tuple[tuple[int, int], ...]
"""Opening intervals of one local day as instants [open, close), UTC ms, in order and without overlap."""


@dataclass(frozen=True)
class Calendar:
    """A time zone with opening hours; remembers the days it has worked out, since they never change."""

    zone: ZoneInfo
    days: WorkingDays
    _spans: dict[int, Spans] = field(default_factory=dict, repr=False, compare=False)

    def add(self, instant: int, business_ms: int) -> int:
        """The first instant by which that much business time has passed: a closing time rather than the next opening."""
        if business_ms <= 0:
            return instant if business_ms == 0 else self.subtract(instant, -business_ms)
        left = business_ms
        for spans in self._days_from(instant, 1):
            for opens, closes in spans:
                start = opens if opens > instant else instant
                if closes - start >= left:
                    return start + left
                if closes > start:
                    left -= closes - start
        raise ValueError("the calendar has too few opening hours")

    def subtract(self, instant: int, business_ms: int) -> int:
        """The latest instant from which that much business time passes until `instant`."""
        if business_ms == 0:
            return instant
        left = business_ms
        for spans in self._days_from(instant, -1):
            for opens, closes in reversed(spans):
                end = closes if closes < instant else instant
                if end - opens >= left:
                    return end - left
                if end > opens:
                    left -= end - opens
        raise ValueError("the calendar has too few opening hours")

    def business_between(self, first: int, last: int) -> int:
        """The business time from one instant to another, ms; 0 if the second is not later."""
        total = 0
        if last > first:
            for ordinal in range(self._day_of(first), self._day_of(last) + 1):
                total += sum(max(0, min(closes, last) - max(opens, first)) for opens, closes in self._open_on(ordinal))
        return total

    def after(self, instant: int, duration: Duration) -> int:
        """The instant that lies a duration later.

        Days are counted as laws count them: from the day after, to the close of the last one (a calendar day
        closes with its last millisecond).
        """
        return self._shift(instant, duration, 1)

    def before(self, instant: int, duration: Duration) -> int:
        """The instant that lies a duration earlier; days as in `after`."""
        return self._shift(instant, duration, -1)

    def _shift(self, instant: int, duration: Duration, way: int) -> int:
        if not duration.counts_days:
            return self.add(instant, way * duration.ms) if duration.business else instant + way * duration.ms
        if not duration.business:
            return self._midnight(self._day_of(instant) + way * duration.amount + 1) - 1
        left = duration.amount
        days = self._days_from(instant, way)
        next(days)
        for spans in days:
            left -= 1 if spans else 0
            if not left:
                return spans[-1][1]
        raise ValueError("the calendar has too few working days")

    def _days_from(self, instant: int, way: int) -> Iterator[Spans]:
        first = self._day_of(instant)
        return map(self._open_on, range(first, first + way * HORIZON_DAYS, way))

    def _day_of(self, instant: int) -> int:
        return datetime.fromtimestamp(instant / 1000, self.zone).toordinal()

    def _open_on(self, ordinal: int) -> Spans:
        spans = self._spans.get(ordinal)
        if spans is None:
            day = date.fromordinal(ordinal)
            spans = self._spans[ordinal] = self._spans_of(day, self.days.hours_on(day))
        return spans

    def _spans_of(self, day: date, hours: Intervals) -> Spans:
        spans: list[tuple[int, int]] = []
        for opens, closes in hours:
            # On the day of a clock change two wall times can meet or swap: never count an hour twice.
            start = max(self._instant(day, opens), spans[-1][1] if spans else 0)
            end = self._instant(day, closes)
            if end > start:
                spans.append((start, end))
        return tuple(spans)

    def _midnight(self, ordinal: int) -> int:
        return self._instant(date.fromordinal(ordinal), 0)

    def _instant(self, day: date, minutes: int) -> int:
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
        return int(wall.replace(tzinfo=self.zone).astimezone(UTC).timestamp()) * 1000
