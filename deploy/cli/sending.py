"""How a file is sent, whichever way: what was counted, and what was refused."""

from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.cli.shapes import Fault

SHOWN = 20
"""How many problems are told at most."""
Step = Callable[[], None]
"""Called once for each record that is settled, for the progress bar."""


@dataclass
class Tally:
    """What became of the records that were sent."""

    sent: int = 0
    failed: int = 0
    registered: int = 0
    rejected: int = 0
    doubles: int = 0
    problems: list[Fault] = field(default_factory=list)

    def fail(self, *faults: Fault) -> None:
        """Count a record that was not taken, and why."""
        self.failed += 1
        self.problems += faults[: max(0, SHOWN - len(self.problems))]
