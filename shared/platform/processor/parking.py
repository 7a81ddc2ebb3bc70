"""A bug must not empty a topic into the dead letters: too many unexpected failures stop the consumers."""

from collections import deque

from shared.platform.clock import machine_ms

PER_MINUTE = 20
SHARE = 0.05
AT_LEAST = 200


class ParkingLimit:
    """Counts records whose rule failed unexpectedly; malformed input never counts here."""

    def __init__(self) -> None:
        """One per service and process; only a restart opens it again."""
        self._failures: deque[int] = deque()
        self._batches: deque[tuple[int, int]] = deque()
        self._records = 0
        self.stopped = False

    def note(self, records: int, failed: int) -> None:
        """Take in a settled batch; `stopped` turns true above 20 failures a minute or 5 % of at least 200 records."""
        now = machine_ms()
        self._failures.extend([now] * failed)
        self._batches.append((now, records))
        self._records += records
        while self._failures and self._failures[0] < now - 60_000:
            self._failures.popleft()
        while self._batches[0][0] < now - 60_000:
            self._records -= self._batches.popleft()[1]
        share = self._records >= AT_LEAST and len(self._failures) > SHARE * self._records
        self.stopped = self.stopped or len(self._failures) > PER_MINUTE or share
