"""The JSON that verbs about erasures print."""

from pydantic import Field

from deploy.cli.shapes import Shape


class RemainsRow(Shape):
    """One place where something of an erased customer remains."""

    where: str
    what: str
    readable: bool
    until: int | None
    note_en: str
    note_ru: str


class Erased(Shape):
    """`redress erase`."""

    customer_id: str
    erased_at: int
    already: bool = Field(description="Whether the customer had been erased before.")
    remains: list[RemainsRow]


class ErasedMany(Shape):
    """`redress erase-closed`."""

    days: int
    customers: list[str] = Field(description="Whose last case closed more than so many days ago, and who were not erased yet.")
    erased: int = Field(description="How many of them are erased now; 0 with --dry-run.")
