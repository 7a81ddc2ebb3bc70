"""The vault: one key per customer, every opening written down, and a key that is destroyed once and for all."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from shared.contracts.errors import TryAgain
from shared.contracts.identity import time_ordered_id
from shared.contracts.kept import Kept
from shared.contracts.sealed import Sealed
from shared.platform.clock import machine_ms
from shared.platform.crypto import (
    MasterKey,
    UnknownMaster,
    Unreadable,
    customer_of_token,
    dead_token,
    decrypt,
    encrypt,
    new_key,
    unwrap,
    wrap,
)
from shared.platform.document import Document
from shared.platform.store import Store

CACHED_KEYS = 10_000
FRESH_SECONDS = 30.0
"""For how long another replica may still use a key that was destroyed here."""
DESTROY_TRIES = 20


class CustomerKey(Kept):
    """A customer's data key, wrapped; or, once destroyed, the tombstone that keeps it from being made anew."""

    collection: ClassVar[str] = "keys"
    indexed: ClassVar[tuple[str, ...]] = ("destroyed_at", "master")

    wrapped: str
    """`<master id>.<base64>`; empty once destroyed."""
    created_at: int
    destroyed_at: int | None = None

    @property
    def master(self) -> str:
        """Id of the master key that wraps it; empty once destroyed."""
        return self.wrapped.partition(".")[0]


class Opening(Kept):
    """One look behind the door: who looked, why, and at whose texts; never at what."""

    collection: ClassVar[str] = "openings"
    indexed: ClassVar[tuple[str, ...]] = ("at", "by")

    by: str
    """On whose behalf: an actor or a service."""
    via: str = ""
    """The service that asked over HTTP; empty inside intake."""
    why: str
    asked: int
    """How many tokens were handed in."""
    opened: int
    """How many of them opened; fewer means erased customers, or tokens that are not ours."""
    customers: tuple[str, ...]
    """Customers with a key whose tokens were handed in."""
    at: int


class KeyCache:
    """The keys used last, unwrapped, each for a bounded time; destroyed ones never stay."""

    def __init__(self, size: int, fresh_seconds: float, seconds: Callable[[], float]) -> None:
        """`seconds` is a monotonic clock."""
        self._size = size
        self._fresh = fresh_seconds
        self._seconds = seconds
        self._keys: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._drops = 0

    def mark(self) -> tuple[float, int]:
        """To be taken before keys are read from the store: their age counts from here."""
        return self._seconds(), self._drops

    def get(self, customer_id: str) -> bytes | None:
        """The key, if it was read recently enough."""
        key, read_at = self._keys.get(customer_id, (None, 0.0))
        if key is None or self._seconds() - read_at >= self._fresh:
            return None
        self._keys.move_to_end(customer_id)
        return key

    def put(self, customer_id: str, key: bytes, mark: tuple[float, int]) -> None:
        """Remember a key, unless some key was destroyed since the mark: what was read may be that one."""
        read_at, drops = mark
        if drops != self._drops:
            return
        self._keys[customer_id] = key, read_at
        self._keys.move_to_end(customer_id)
        while len(self._keys) > self._size:
            self._keys.popitem(last=False)

    def drop(self, customer_id: str) -> None:
        """Forget a key now, and whatever is just being read."""
        self._drops += 1
        self._keys.pop(customer_id, None)


class LocalVault:
    """The vault over intake's own store; the only place where keys are unwrapped."""

    def __init__(
        self,
        store: Store,
        master_keys: Sequence[MasterKey],
        clock_ms: Callable[[], int],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`master_keys`: all that may be needed to read, the last one writes; `clock_ms`: business time, for the records."""
        self._store = store
        self._masters = tuple(master_keys)
        self._clock_ms = clock_ms
        self._cache = KeyCache(CACHED_KEYS, FRESH_SECONDS, seconds)

    async def check(self) -> None:
        """Raise `UnknownMaster` if stored keys need a master key that was not given; for the start and for `doctor`."""
        needed = set(await self._store.count_by(CustomerKey, "master")) - {""}
        unknown = needed - {master.id for master in self._masters}
        if unknown:
            raise UnknownMaster(f"customers' keys need master keys that were not given: {', '.join(sorted(unknown))}")

    async def seal(self, texts: Sequence[Sealed]) -> None:
        """See the port; the plain text is let go of once its token stands. Raises `UnknownMaster`, `Unreadable`, `StoreDown`."""
        keys = await self._keys((text.customer_id for text in texts if text.token is None), make=True)
        for text in texts:
            if text.token is None and text.plain is not None:
                key = keys.get(text.customer_id)
                text.token = encrypt(key, text.customer_id, text.plain) if key else dead_token(text.customer_id)
                text.plain = None

    async def open(self, tokens: Sequence[str], by: str, why: str, via: str = "") -> list[str | None]:
        """See the port; no text is given out before its row is written. Raises `UnknownMaster`, `StoreDown`."""
        if not tokens:
            return []
        owners = [customer_of_token(token) for token in tokens]
        keys = await self._keys((owner for owner in owners if owner), make=False)
        texts = [_opened(keys.get(owner or ""), owner, token) for owner, token in zip(owners, tokens, strict=True)]
        now = self._clock_ms()
        row = Opening(
            by=by,
            via=via,
            why=why,
            asked=len(tokens),
            opened=sum(text is not None for text in texts),
            customers=tuple(dict.fromkeys(owner for owner in owners if owner in keys and owner)),
            at=now,
        )
        await self._store.insert_many([Document(time_ordered_id("open", now, secrets.token_hex(8)), row, upd=machine_ms())])
        return texts

    async def destroy(self, customer_id: str) -> bool:
        """Destroy a customer's key for ever; True if there was one to destroy. Raises `StoreDown`, `TryAgain`."""
        try:
            for _ in range(DESTROY_TRIES):
                done = await self._bury(customer_id)
                if done is not None:
                    return done
        finally:  # also after an answer that got lost: the store may have written it
            self._cache.drop(customer_id)
        raise TryAgain("a customer's key changed while it was being destroyed")

    async def _bury(self, customer_id: str) -> bool | None:
        """Put the tombstone in the key's place: True for a key, False where there was none; None if somebody else wrote."""
        now = self._clock_ms()
        document = (await self._store.load_many(CustomerKey, [customer_id])).get(customer_id)
        if document is None:
            tombstone = CustomerKey(wrapped="", created_at=now, destroyed_at=now)
            return None if await self._store.insert_many([Document(customer_id, tombstone, upd=machine_ms())]) else False
        if not _key_state(document).wrapped:
            return False
        document.state = document.state.model_copy(update={"wrapped": "", "destroyed_at": now})
        document.upd = machine_ms()
        return None if await self._store.save([document]) else True

    async def _keys(self, customers: Iterable[str], make: bool) -> dict[str, bytes]:
        """The living keys of these customers: recent ones from memory, the rest, and all that may be outdated, from the store."""
        wanted = dict.fromkeys(customers)
        keys = {customer: key for customer in wanted if (key := self._cache.get(customer))}
        missing = [customer for customer in wanted if customer not in keys]
        if not missing:
            return keys
        mark = self._cache.mark()
        for customer, state in (await self._stored(missing, make)).items():
            try:
                key = unwrap(self._masters, customer, state.wrapped) if state.wrapped else None
            except Unreadable:
                if make:  # sealing under a new key would hide the damage, and a dead token would lose the text
                    raise
                continue
            if key:
                keys[customer] = key
                self._cache.put(customer, key, mark)
        return keys

    async def _stored(self, customers: Sequence[str], make: bool) -> dict[str, CustomerKey]:
        """What stands in the store; with `make`, a key is inserted for whoever has none, and whoever was first wins."""
        there = await self._store.load_many(CustomerKey, customers)
        new = [self._new(customer) for customer in customers if customer not in there] if make else []
        if new:
            lost = {customer for _, customer in await self._store.insert_many(new)}
            there |= {document.id: document for document in new if document.id not in lost}
            there |= await self._store.load_many(CustomerKey, lost)
        return {customer: _key_state(document) for customer, document in there.items()}

    def _new(self, customer_id: str) -> Document:
        key = CustomerKey(wrapped=wrap(self._masters[-1], customer_id, new_key()), created_at=self._clock_ms())
        return Document(customer_id, key, upd=machine_ms())


def _key_state(document: Document) -> CustomerKey:
    assert isinstance(document.state, CustomerKey)  # noqa: S101 - load_many was asked for this class
    return document.state


def _opened(key: bytes | None, owner: str | None, token: str) -> str | None:
    if key is None or owner is None:
        return None
    try:
        return decrypt(key, owner, token)
    except Unreadable:
        return None
