"""How factors add up to a score."""

from collections.abc import Iterable
from typing import NamedTuple

from services.triage.domain.evidence import Evidence
from services.triage.domain.weights import Points
from shared.contracts.fields import Factor

HIGHEST = 100


class Scored(NamedTuple):
    """A score, 0 to 100, and the factors whose points are its sum."""

    score: int
    factors: tuple[Factor, ...]


def scored(weighed: Iterable[tuple[Evidence, Points | None]]) -> Scored:
    """The sum of what each piece of evidence adds; a factor `cap` or `floor` carries what lies outside 0 to 100."""
    factors = []
    total = 0
    for evidence, points in weighed:
        if points is not None and (added := points.of(evidence.signs)):
            factors.append(Factor(name=evidence.name, points=added, words=evidence.words))
            total += added
    score = min(max(total, 0), HIGHEST)
    if score != total:
        factors.append(Factor(name="cap" if total > HIGHEST else "floor", points=score - total))
    return Scored(score, tuple(factors))
