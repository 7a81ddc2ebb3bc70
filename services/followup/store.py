"""Followup's care and budgets, looked up in the store."""

from services.followup.domain.budget import Budget
from services.followup.domain.care import Care
from shared.platform.document import Sought
from shared.platform.store import Store


class StoredCares:
    """The `Cares` port on the store."""

    def __init__(self, store: Store) -> None:
        """Any store that knows `Care` and `Budget`."""
        self._store = store

    async def one(self, complaint_id: str) -> Care | None:
        """See the port."""
        found = (await self._store.load_many(Care, [complaint_id])).get(complaint_id)
        return found.state if found and isinstance(found.state, Care) else None

    async def with_offer_handle(self, handle: str) -> list[Care]:
        """See the port."""
        found = await self._store.find(Care, Sought({"offer_handle": handle}, limit=100))
        return [document.state for document in found if isinstance(document.state, Care)]

    async def standing(self) -> dict[str, dict[str, int]]:
        """See the port."""
        return {
            name: await self._store.count_by(Care, name) for name in ("survey_state", "survey_score", "offer_state", "no_route")
        }

    async def unsolved(self) -> int:
        """See the port."""
        return sum(int(n or 0) * count for n, count in (await self._store.count_by(Care, "unsolved")).items())

    async def budgets(self) -> list[Budget]:
        """See the port."""
        found = await self._store.find(Budget, Sought(limit=10_000))
        return [document.state for document in found if isinstance(document.state, Budget)]
