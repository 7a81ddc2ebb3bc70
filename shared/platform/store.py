"""The narrow port to the store; SQLite and MongoDB implement it and pass one contract suite."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.contracts.kept import Kept
from shared.platform.document import Document, NewRow, Sought

LONGEST_LEASE_MS = 600_000
"""No lease is as long: one that ends later was taken by a clock that has been set back since, and binds nobody."""


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed timer: which aggregate, and the instant (ms) that it had asked for."""

    id: str
    due: int


@dataclass(frozen=True, slots=True)
class Announced:
    """Where an event of a cleared outbox lies in the embedded broker, kept until every subscriber is past it."""

    topic: str
    partition: int
    offset: int
    record: bytes
    """The outbox entry as JSON, to be announced again after a restart."""


class StoreDown(Exception):  # noqa: N818 - named after the state of the world
    """The store cannot be reached or did not answer in time; nothing is known to be written."""


class Store(Protocol):
    """Documents by id, compare-and-set, claims, and searches over declared index fields; nothing else."""

    transactional: bool
    """True where `save` of many documents is one transaction: all or nothing."""
    exclusive: bool
    """True where no other process works on the same documents: what was under way at our start has nobody any more."""

    async def open(self) -> None:
        """Connect; create tables where that is a store's own business (SQLite)."""

    async def close(self) -> None:
        """Finish what runs and disconnect."""

    async def ping(self) -> None:
        """Return if the store answers; raise `StoreDown` if not."""

    async def prepare_schema(self) -> list[str]:
        """Create collections and indexes, idempotent; return what was created."""

    async def load_many(self, keeps: type[Kept], ids: Iterable[str]) -> dict[str, Document]:
        """The documents that exist among the ids; `NewerSchema` stops the service at a newer major."""

    async def insert_many(self, documents: Sequence[Document], hurried: bool = False) -> set[tuple[str, str]]:
        """Insert those that are absent, at version 1; return the keys of those that were there already (untouched).

        `hurried`: they need not outlive a power cut before the next save does, for nobody counts on them until then.
        """

    async def save(self, documents: Sequence[Document], rows: Sequence[NewRow] = ()) -> set[tuple[str, str]]:
        """Write every document at `ver + 1` if the store holds `ver` (0: absent); return the keys that lost.

        The documents' `ver` is raised on those that won. A `transactional` store writes all or, if any lost, none; it alone
        takes `rows`, which are inserted where absent. A document that cannot be encoded raises `Unencodable` with its key
        before anything is written.
        """

    async def delete(self, documents: Sequence[Document]) -> set[tuple[str, str]]:
        """Delete for good every document that is still at its `ver`; return the keys of those that changed, and so stay.

        One that is gone already is no loss. A `transactional` store deletes all or, if any changed, none.
        """

    async def scrub(self) -> None:
        """See to it, soon, that what was overwritten or deleted stays in no file of the store itself.

        A server's own log is not ours to empty: `remains.py` names it.
        """

    async def amend_announced(self, change: Callable[[bytes], bytes]) -> int:
        """Rewrite the records that the embedded broker's memory holds; how many changed, 0 where there is no such memory."""

    async def clear(
        self, documents: Sequence[Document], announced: Sequence[Announced] = (), also: Sequence[Document] = ()
    ) -> None:
        """Empty the outbox of each document that is still at its `ver`; `announced` rows go in the same transaction.

        `also` is inserted where absent before anything is emptied; in the same transaction where there are any.
        """

    async def claim_due(self, keeps: type[Kept], now: int, machine_now: int, lease_ms: int, limit: int) -> list[Due]:
        """Lease up to `limit` documents with `due <= now` whose lease ran out, or lies absurdly far ahead, soonest first."""

    async def due(self, keeps: type[Kept], now: int) -> int:
        """How many documents have `due <= now`."""

    async def claim_pending(self, keeps: type[Kept], before: int, limit: int) -> list[Document]:
        """Documents with a waiting outbox last changed before the machine instant, oldest first."""

    async def find(self, keeps: type[Kept], sought: Sought) -> list[Document]:
        """Documents by index fields."""

    async def count_by(self, keeps: type[Kept], field: str, where: Mapping[str, object] | None = None) -> dict[str, int]:
        """How many documents have each value of an index field (`""` for null); the field `id` counts all under `all`."""

    async def pending(self) -> tuple[int, int]:
        """How many outboxes wait in all collections, and the machine instant of the oldest (0: none)."""


@dataclass
class Unencodable(Exception):  # noqa: N818 - named after the document
    """A document cannot be written as it is: an integer over 64 bit, a lone surrogate."""

    key: tuple[str, str]
