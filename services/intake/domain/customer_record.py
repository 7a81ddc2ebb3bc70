"""What stays of a customer who asked to be forgotten."""

from typing import ClassVar

from shared.contracts.kept import Kept


class Customer(Kept):
    """An erased customer under a pseudonym; everybody else lives in complaints, contacts and keys only."""

    collection: ClassVar[str] = "customers"
    indexed: ClassVar[tuple[str, ...]] = ("erased_at",)

    customer_id: str
    erased_at: int | None = None
    """Erased, UTC ms; the stub stays, so that no replay and no restored backup brings the person back."""
    erased_by: str | None = None


def is_before_erasure(received_at: int, erased_at: int | None) -> bool:
    """Whether a complaint belongs to the life that was erased; a later one is the first of someone new."""
    return erased_at is not None and received_at <= erased_at
