"""One database of any kind, and a state to keep there: for tests of what every store promises."""

import uuid
from pathlib import Path
from typing import Any, ClassVar, Literal

from shared.contracts.kept import Kept
from shared.platform.document import Document, Sought
from shared.platform.store import Store
from shared.platform.stores.mongo import MongoStore
from shared.platform.stores.sqlite import SqliteStore

STORES = ("sqlite", "motor", "pymongo")


class Ticket(Kept):
    """A state with everything that a store looks at."""

    collection: ClassVar[str] = "tickets"
    indexed: ClassVar[tuple[str, ...]] = ("tier", "owner", "opened")

    text: str = ""
    tier: str | None = None
    owner: str | None = None
    opened: int | None = None
    ring_at: int | None = None
    count: int = 0
    more: dict[str, Any] = {}

    @property
    def due(self) -> int | None:
        return self.ring_at


class Note(Kept):
    """A second collection, without timers and without anything to search by."""

    collection: ClassVar[str] = "notes"
    text: str = ""


class TicketWithMood(Ticket):
    """The same collection in a later minor version: one more field, and an index on it."""

    indexed: ClassVar[tuple[str, ...]] = ("tier", "owner", "opened", "mood")
    mood: str = "calm"


class TicketV2(Ticket):
    """The same collection in the next major version."""

    schema_version: ClassVar[int] = 2


class TicketWithDeadline(Ticket):
    """The same collection for somebody who insists on a field that nobody wrote."""

    deadline: int


class Home:
    """One database; opens any number of stores (replicas, older and newer versions) on it."""

    def __init__(self, kind: str, path: Path, uri: str) -> None:
        self.kind = kind
        self.path = path
        self.uri = uri
        self.database = f"redress_{uuid.uuid4().hex[:12]}"
        self.opened: list[Store] = []

    def make(self, *kinds: type[Kept]) -> Store:
        keeps = kinds or (Ticket, Note)
        if self.kind == "sqlite":
            return SqliteStore(self.path / "store.sqlite", keeps)
        driver: Literal["motor", "pymongo"] = "motor" if self.kind == "motor" else "pymongo"
        return MongoStore(self.uri, self.database, keeps, driver)

    async def open(self, *kinds: type[Kept]) -> Store:
        store = self.make(*kinds)
        await store.open()
        self.opened.append(store)
        await store.prepare_schema()
        return store

    async def close(self) -> None:
        for store in self.opened:
            await store.close()


def ticket(row_id: str, ver: int = 0, **fields: Any) -> Document:
    return Document(row_id, Ticket(**fields), ver=ver, upd=1)


async def one(store: Store, row_id: str, keeps: type[Kept] = Ticket) -> Document:
    return (await store.load_many(keeps, [row_id]))[row_id]


async def ids(store: Store, **where: Any) -> list[str]:
    return [document.id for document in await store.find(Ticket, Sought(where))]
