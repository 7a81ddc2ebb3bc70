"""Where a day ends for the customer."""

from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from shared.text.instants import local


def end_of_day(instant: int, days: int, zone: str) -> int:
    """The last minute of the day so many days later, UTC ms: a letter may then say *until that day inclusive*."""
    day = local(instant, zone).date() + timedelta(days=days)
    return _last_minute(day.toordinal(), zone)


@lru_cache(maxsize=1024)
def _last_minute(ordinal: int, zone: str) -> int:
    last = datetime.combine(datetime.fromordinal(ordinal), time(23, 59), tzinfo=ZoneInfo(zone))
    return int(last.timestamp()) * 1000
