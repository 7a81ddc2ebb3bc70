"""Customers' keys under the newest master key, page by page, so that an older one can be taken away."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.vault import CustomerKey
from shared.contracts.errors import TryAgain
from shared.platform.clock import machine_ms
from shared.platform.crypto import MasterKey, Unreadable, unwrap, wrap
from shared.platform.document import Document, Sought
from shared.platform.secret_mark import remark
from shared.platform.store import Store

PAGE = 500
TRIES = 20
"""How often a page is begun again because a key in it was destroyed meanwhile."""


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What one page came to."""

    master: str
    """Id of the newest master key."""
    rewrapped: int
    unreadable: int
    """Keys of this page that are damaged: they stay under their old master key."""
    remaining: int
    """Keys, damaged ones too, that still need an older master key; at 0 the older ones can go."""


class Rewrapping:
    """Does a page at a time; stopped anywhere and begun again, it goes on where it was, for what is done is not found again."""

    def __init__(self, store: Store, masters: Sequence[MasterKey]) -> None:
        """`masters`: all that may be needed to read, the last one writes."""
        self._store = store
        self._masters = tuple(masters)
        self._newest = self._masters[-1]

    async def page(self, skip: int = 0, limit: int = PAGE) -> Rewrapped:
        """Wrap the next keys; `skip` is how many damaged ones were met so far.

        Raises `UnknownMaster`, `StoreDown`, `TryAgain`.
        """
        for _ in range(TRIES):
            found = await self._older(skip, limit)
            changed = [document for document in found if self._rewrap(document)]
            lost = await self._store.save(changed) if changed else set()
            if not lost or not self._store.transactional:
                break
        else:
            raise TryAgain("customers' keys kept changing while they were wrapped anew")
        remaining = sum((await self._needing()).values())
        if not remaining:  # from now on the store belongs to the newest key alone
            await remark(self._store, "master", self._newest.secret)
        return Rewrapped(self._newest.id, len(changed) - len(lost), len(found) - len(changed), remaining)

    async def _needing(self) -> dict[str, int]:
        """How many keys lie under each older master key."""
        counts = await self._store.count_by(CustomerKey, "master")
        return {master: count for master, count in counts.items() if master not in ("", self._newest.id)}

    async def _older(self, skip: int, limit: int) -> list[Document]:
        older = tuple(await self._needing())
        return await self._store.find(CustomerKey, Sought({"master": older}, limit=limit, skip=skip)) if older else []

    def _rewrap(self, document: Document) -> bool:
        """Whether the key could be read, and so wrapped anew."""
        key = document.state
        if not isinstance(key, CustomerKey):
            raise TypeError(f"{document.id} is not a customer's key")
        try:
            plain = unwrap(self._masters, document.id, key.wrapped)
        except Unreadable:
            return False
        document.state = key.model_copy(update={"wrapped": wrap(self._newest, document.id, plain)})
        document.upd = machine_ms()
        return True
