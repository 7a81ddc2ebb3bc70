"""What escalation's doors ask of its store."""

from dataclasses import dataclass
from typing import Protocol

from services.escalation.domain.case import Case


@dataclass(frozen=True, slots=True)
class Stored:
    """A case with the version that `If-Match` compares."""

    case: Case
    version: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of cases: filters by index field, sort and place."""

    where: dict[str, object]
    sort: str = "due_at"
    limit: int = 50
    skip: int = 0


class Cases(Protocol):
    """Looks at cases; changing them is the rules' business."""

    async def one(self, complaint_id: str) -> Stored | None:
        """A case, or None."""

    async def page(self, wanted: Wanted) -> tuple[list[Stored], int]:
        """One page and how many there are in all."""

    async def standing(self) -> dict[str, dict[str, int]]:
        """How many cases there are by state, tier and priority."""
