"""Third parties that say the same thing again and again are heard once a while: an outage must not drown its own causes."""

import logging
import time
from collections.abc import Callable, Sequence

SECONDS = 10.0
MOST = 1_000
"""Sentences that are remembered; somebody may put numbers into theirs."""


class Seldom(logging.Filter):
    """Lets one line of each sentence and logger through every few seconds; the next one says how many were held back."""

    def __init__(self, loggers: Sequence[str], seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        """`loggers`: names whose lines, and those of their children, are counted; all others pass."""
        super().__init__()
        self._loggers = tuple(loggers)
        self._seconds = seconds
        self._clock = clock
        self._heard: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter`; the sentence is the template, so that addresses and numbers in it do not count."""
        if record.name.split(".", maxsplit=1)[0] not in self._loggers:
            return True
        key, now = (record.name, str(record.msg)), self._clock()
        since, held = self._heard.get(key, (float("-inf"), 0))
        if now - since < self._seconds:
            self._heard[key] = since, held + 1
            return False
        if len(self._heard) >= MOST:
            self._heard.clear()
        self._heard[key] = now, 0
        if held:
            record.msg = f"{record.msg} (and {held} more like this)"
        return True
