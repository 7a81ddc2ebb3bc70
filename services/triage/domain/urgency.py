"""How soon somebody must act."""

from collections.abc import Iterable

from services.triage.domain.evidence import Evidence
from services.triage.domain.scoring import Scored, scored


def urgency_of(evidence: Iterable[Evidence]) -> Scored:
    """What gets worse while the customer waits, 0 to 100."""
    return scored((piece, piece.weighed.urgency) for piece in evidence)
