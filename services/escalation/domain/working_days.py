"""When is somebody there? The opening hours of a date: week, public holidays, and the policy's own exceptions."""

from dataclasses import dataclass, field
from datetime import date

from holidays import HolidayBase

Intervals = tuple[tuple[int, int], ...]
"""Opening intervals of one day, minutes of local wall time [open, close), in order; 1440 is midnight at its end."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which hours are worked on which date."""

    week: tuple[Intervals, ...]
    """Seven days, Monday first."""
    public: HolidayBase | None = None
    """Public holidays and transferred working days of a country, or none."""
    closed: frozenset[date] = frozenset()
    opened: dict[date, Intervals] = field(default_factory=dict)
    """The policy's own hours of a date; they win over everything else."""

    def hours_on(self, day: date) -> Intervals:
        """The opening intervals of a date; empty when nobody works."""
        if day in self.opened:
            return self.opened[day]
        if day in self.closed:
            return ()
        if self.public is not None:
            if day in self.public:
                return ()
            if day in self.public.weekend_workdays:
                return self.week[day.weekday()] or self._ordinary
        return self.week[day.weekday()]

    @property
    def _ordinary(self) -> Intervals:
        """The hours of an ordinary day, which a transferred working Saturday has too."""
        return next(hours for hours in self.week if hours)
