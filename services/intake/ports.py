"""What intake's doors ask of its store."""

from dataclasses import dataclass
from typing import Protocol

from services.intake.domain.complaint import Complaint


@dataclass(frozen=True, slots=True)
class Knock:
    """How a submission came to a door of ours."""

    door: str
    """`http` or `file`."""


class Complaints(Protocol):
    """Looks at complaints; taking them is the rules' business."""

    async def one(self, complaint_id: str) -> Complaint | None:
        """A complaint, registered or rejected, or None."""

    async def named(self, source: str, source_id: str) -> str | None:
        """The complaint id of a sender's message, or None."""

    async def knows_customer(self, customer_id: str) -> bool:
        """Whether anything came from this customer, or was erased of them."""

    async def erased_at(self, customer_id: str) -> int | None:
        """When a customer was erased, UTC ms; None for everybody else."""

    async def rejected(self, limit: int, skip: int) -> list[Complaint]:
        """What was rejected, newest first."""
