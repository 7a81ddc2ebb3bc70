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
        self._records: deque[tuple[int, int, int]] = deque()
        self.stopped = False

    def note(self, records: int, failed: int) -> None:
        """Take in a settled batch; `stopped` turns true above 20 failures a minute or 5 % of at least 200 records."""
        now = machine_ms()
        self._failures.extend([now] * failed)
        self._records.append((now, records, failed))
        while self._failures and self._failures[0] < now - 60_000:
            self._failures.popleft()
        while self._records[0][0] < now - 60_000:
            self._records.popleft()
        total = sum(count for _, count, _ in self._records)
        share = total >= AT_LEAST and len(self._failures) > SHARE * total
        self.stopped = self.stopped or len(self._failures) > PER_MINUTE or share
