"""Two kinds of time: business time is given to decisions and may be simulated, machine time never is."""

import time
from typing import Protocol


def machine_ms() -> int:
    """The machine's wall clock, UTC ms: leases, back-off, ages, metrics."""
    return time.time_ns() // 1_000_000


class Clock(Protocol):
    """Gives business time."""

    simulated: bool

    def now(self) -> int:
        """The business instant, UTC ms."""


class SystemClock:
    """Business time is the machine's time."""

    simulated = False

    def now(self) -> int:
        """The business instant, UTC ms."""
        return machine_ms()


class SimulatedClock:
    """Business time stands still until somebody moves it; for demos and tests."""

    simulated = True

    def __init__(self, start: int) -> None:
        """`start`: UTC ms."""
        self._now = start

    def now(self) -> int:
        """The business instant, UTC ms."""
        return self._now

    def move_to(self, instant: int) -> None:
        """Move forward; time never runs backwards."""
        self._now = max(self._now, instant)
