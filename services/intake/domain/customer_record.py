"""What stays of a customer: that there was one, and whether the person asked to be forgotten."""

from typing import ClassVar

from shared.contracts.kept import Kept


class Customer(Kept):
    """A customer under a pseudonym; names and contacts lie sealed in the complaints."""

    collection: ClassVar[str] = "customers"
    indexed: ClassVar[tuple[str, ...]] = ("erased_at",)

    customer_id: str
    seen_at: int
    """First met, UTC ms."""
    erased_at: int | None = None
    """Erased, UTC ms; the stub stays, so that no replay and no restored backup brings the person back."""
    erased_by: str | None = None


def is_before_erasure(received_at: int, erased_at: int | None) -> bool:
    """Whether a complaint belongs to the life that was erased; a later one is the first of someone new."""
    return erased_at is not None and received_at <= erased_at
