"""What triage's doors ask of its store."""

from typing import Protocol

from services.triage.domain.assessment import Assessment


class Assessments(Protocol):
    """Looks at judgements; making them is the rules' business."""

    async def one(self, complaint_id: str) -> Assessment | None:
        """The judgement of a complaint, or None."""

    async def standing(self) -> dict[str, dict[str, int]]:
        """How many complaints there are by priority, category and language."""
