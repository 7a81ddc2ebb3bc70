"""How bad a complaint is."""

from collections.abc import Iterable

from services.triage.domain.evidence import Evidence
from services.triage.domain.scoring import Scored, scored


def severity_of(evidence: Iterable[Evidence]) -> Scored:
    """What was done to the customer, and how much it weighs, 0 to 100."""
    return scored((piece, piece.weighed.severity) for piece in evidence)
