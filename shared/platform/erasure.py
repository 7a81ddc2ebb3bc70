"""Forgetting a customer: a stub that stays, documents that are blanked, and an honest list of what remains until when."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence, Set
from typing import Any, ClassVar

from pydantic_core import from_json, to_json

from shared.contracts.errors import TryAgain
from shared.contracts.events import BY_TYPE
from shared.contracts.kept import Kept
from shared.platform.clock import machine_ms
from shared.platform.document import Between, Document, Sought
from shared.platform.processor.item import customer_of
from shared.platform.store import Store, StoreDown

PAGE = 200
HOUR_MS = 3_600_000
TRIES = 20
"""How often a page is begun again because something else wrote to it meanwhile."""


class Erasure(Kept):
    """The stub of an erased customer, under the customer's id: all that must never be forgotten."""

    collection: ClassVar[str] = "erasures"
    indexed: ClassVar[tuple[str, ...]] = ("at", "kept_at")

    at: int
    """When the customer was first erased, business time, ms."""
    kept_at: int = 0
    """When this service heard of it, machine time, ms."""


async def forget_customer(store: Store, keeps: Sequence[type[Kept]], customer_id: str, at: int, machine_now: int) -> int:
    """Write the stub first, then blank every document of the customer; returns how many changed, 0 on a repetition.

    The stub comes first, so that whatever is decided meanwhile sees it. Raises `StoreDown`, or `TryAgain` when other
    writers kept winning; either way it is safe to say it again.
    """
    changed = await _forget_documents(store, keeps, customer_id, at, machine_now)
    await _forget_beside(store, {customer_id}, changed)
    return changed


async def forget_announced(store: Store, customers: Set[str]) -> int:
    """Blank what was said of these customers where the embedded broker's memory still holds it; returns how many records.

    The events stay: after a restart they are announced again, under the same ids and without words.
    """
    names = [customer.encode() for customer in customers]

    def blanked(record: bytes) -> bytes:
        if not any(name in record for name in names):  # reading every record as JSON would hold the store up
            return record
        entry = from_json(record)
        blank = forgotten_entry(entry, customers)
        return record if blank is entry else to_json(blank)

    return await store.amend_announced(blanked)


async def reapply_erasures(
    store: Store,
    keeps: Sequence[type[Kept]],
    machine_now: int,
    since: int = 0,
    also: Callable[[str], Awaitable[object]] | None = None,
) -> int:
    """Forget again those of whose erasure this service heard since a machine instant; returns how many documents had come back.

    Heals a crash in the middle, a restored backup, and a decision that was under way while its customer was erased.
    `also` is asked for each of them first: intake's vault destroys the key there.
    """
    changed = skip = 0
    while True:
        page = await store.find(Erasure, Sought({"kept_at": Between(low=since)}, sort="kept_at", limit=PAGE, skip=skip))
        before = changed
        for stub in page:
            if also:
                await also(stub.id)
            changed += await _forget_documents(store, keeps, stub.id, _erasure(stub).at, machine_now)
        if page:
            await _forget_beside(store, {stub.id for stub in page}, changed - before)
        if len(page) < PAGE:
            return changed
        skip += PAGE


class ErasingAgain:
    """Erases again who was erased lately: a decision that was under way meanwhile may have kept something."""

    def __init__(self, store: Store, kinds: Sequence[type[Kept]]) -> None:
        """`kinds`: all that the service stores."""
        self.store = store
        self.kinds = kinds
        self.beat = machine_ms()

    async def run(self) -> None:
        """Everybody at first, then whoever was erased within the hour, each minute; faults only postpone."""
        since = 0
        while True:
            with contextlib.suppress(StoreDown, TryAgain):
                await reapply_erasures(self.store, self.kinds, machine_ms(), since=since)
                since = machine_ms() - HOUR_MS
            for _ in range(60):
                self.beat = machine_ms()
                await asyncio.sleep(1)


async def erased_among(store: Store, ids: Iterable[str]) -> set[str]:
    """Those of the customers who were erased."""
    return set(await store.load_many(Erasure, ids))


async def erased_at(store: Store, ids: Iterable[str]) -> int | None:
    """When the first of these customers was erased, business time, ms; None where none was."""
    stubs = await store.load_many(Erasure, {name for name in ids if name})
    return min((_erasure(stub).at for stub in stubs.values()), default=None)


async def _forget_documents(store: Store, keeps: Sequence[type[Kept]], customer_id: str, at: int, machine_now: int) -> int:
    await store.insert_many([Document(customer_id, Erasure(at=at, kept_at=machine_now), upd=machine_now)])
    changed = 0
    for kept in keeps:
        if "customer_id" in kept.indexed:
            changed += await _forget_in(store, kept, customer_id, machine_now)
    return changed


async def _forget_beside(store: Store, customers: Set[str], changed: int) -> None:
    """What lies beside the documents: the embedded broker's memory, and the store's own log of what they were before."""
    if await forget_announced(store, customers) or changed:
        await store.scrub()


async def _forget_in(store: Store, kept: type[Kept], customer_id: str, machine_now: int) -> int:
    changed = skip = 0
    while True:
        page = await store.find(kept, Sought({"customer_id": customer_id}, limit=PAGE, skip=skip))
        changed += await _forget_page(store, kept, page, machine_now)
        if len(page) < PAGE:
            return changed
        skip += PAGE


async def _forget_page(store: Store, kept: type[Kept], page: Sequence[Document], machine_now: int) -> int:
    changed = 0
    waiting = page
    for _ in range(TRIES):
        blanked = [document for document in waiting if _blank(document, machine_now)]
        lost = await store.save(blanked) if blanked else set()
        if not lost:
            return changed + len(blanked)
        if not store.transactional:  # elsewhere one loser means that nothing was written
            changed += len(blanked) - len(lost)
        waiting = list((await store.load_many(kept, [document.id for document in blanked])).values())
    raise TryAgain(f"documents of {kept.collection} kept changing while a customer was being erased")


def _blank(document: Document, machine_now: int) -> bool:
    """Take everything personal out of a document and out of what it still has to say; False if there was nothing."""
    state = document.state.forgotten()
    out = [forgotten_entry(entry) for entry in document.out]
    if state == document.state and out == document.out:
        return False
    document.state, document.out, document.upd = state, out, machine_now
    return True


def forgotten_entry(entry: dict[str, Any], customers: Set[str] | None = None) -> dict[str, Any]:
    """An outbox entry without anything personal: the same event under the same id, with its words blanked.

    `customers`: only what concerns them; None: whomever it concerns.
    """
    event = BY_TYPE.get(str(entry.get("type"))) if entry.get("k") == "e" else None
    if event is None or not hasattr(event, "forgotten"):
        return entry
    said = event.heard(entry["body"])
    if customers is not None and customer_of(said) not in customers:
        return entry
    blank = said.forgotten()
    return entry if blank == said else {**entry, "body": blank.model_dump_json()}


def _erasure(document: Document) -> Erasure:
    assert isinstance(document.state, Erasure)  # noqa: S101 - find was asked for this class
    return document.state
