"""Randomness that does not depend on the order of the questions."""

from dataclasses import dataclass
from random import Random


def seeded(*parts: str | int) -> Random:
    """A generator that always rolls the same for the same parts."""
    return Random(":".join(str(part) for part in parts))  # noqa: S311 - a stage play, no secret hangs on it


@dataclass(frozen=True, slots=True)
class Chance:
    """The luck of one case in one run: the same seed, key, round and purpose roll the same, whenever they are asked."""

    seed: int
    key: str
    """A name of the case that is the same in every run, e.g. its place in the sample."""

    def of(self, round_: int, purpose: str) -> Random:
        """The generator for one purpose in one round of the case."""
        return seeded(self.seed, self.key, round_, purpose)
