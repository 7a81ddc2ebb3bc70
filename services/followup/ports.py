"""What followup's doors ask of its store."""

from typing import Protocol

from services.followup.domain.budget import Budget
from services.followup.domain.care import Care


class Cares(Protocol):
    """Looks at care and budgets; changing them is the rules' business."""

    async def one(self, complaint_id: str) -> Care | None:
        """How one customer is looked after, or None."""

    async def with_offer_handle(self, handle: str) -> list[Care]:
        """Those whose offer codes start with these symbols."""

    async def standing(self) -> dict[str, dict[str, int]]:
        """How many there are by state of survey and offer, and by score."""

    async def unsolved(self) -> int:
        """How many survey answers said that it was not solved."""

    async def budgets(self) -> list[Budget]:
        """Every budget bucket."""
