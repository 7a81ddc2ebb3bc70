"""Escalation's cases, looked up in the store by their index fields."""

from services.escalation.domain.case import Case
from services.escalation.ports import Stored, Wanted
from shared.platform.document import Document, Sought
from shared.platform.store import Store

STANDING = ("state", "tier", "priority", "acknowledge")
"""Index fields by which the cases are counted."""


class StoredCases:
    """The `Cases` port on the store; stubs, which are no cases yet, are never shown."""

    def __init__(self, store: Store) -> None:
        """Any store that knows `Case`."""
        self._store = store

    async def one(self, complaint_id: str) -> Stored | None:
        """See the port."""
        found = await self._store.load_many(Case, [complaint_id])
        return _stored(found[complaint_id]) if complaint_id in found else None

    async def page(self, wanted: Wanted) -> tuple[list[Stored], int]:
        """See the port."""
        where = {"registered": 1} | wanted.where
        documents = await self._store.find(Case, Sought(where, wanted.sort, wanted.limit, wanted.skip))
        total = await self._store.count_by(Case, "id", where)
        return [_stored(document) for document in documents], total.get("all", 0)

    async def standing(self) -> dict[str, dict[str, int]]:
        """See the port."""
        real = {"registered": 1}
        return {name: await self._store.count_by(Case, name, real) for name in STANDING}


def _stored(document: Document) -> Stored:
    if not isinstance(document.state, Case):
        raise TypeError(f"{document.id} is not a case")
    return Stored(document.state, document.ver)
