"""The append-only history of every aggregate, chained by hash."""

from typing import ClassVar

from shared.contracts.kept import Kept


class HistoryEntry(Kept):
    """What happened to one aggregate once: ids, numbers and policy terms only; its id sorts by its instant."""

    collection: ClassVar[str] = "history"
    indexed: ClassVar[tuple[str, ...]] = ("agg",)

    agg: str
    what: str
    said: tuple[str, ...] = ()
    why: str = ""
    by: str
    at: int
    policy: str = ""
    cause: str
    prev: str = ""
    hash: str
