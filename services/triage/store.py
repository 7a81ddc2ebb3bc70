"""Triage's judgements, looked up in the store."""

from services.triage.domain.assessment import Assessment
from shared.platform.store import Store


class StoredAssessments:
    """The `Assessments` port on the store."""

    def __init__(self, store: Store) -> None:
        """Any store that knows `Assessment`."""
        self._store = store

    async def one(self, complaint_id: str) -> Assessment | None:
        """See the port."""
        found = (await self._store.load_many(Assessment, [complaint_id])).get(complaint_id)
        return found.state if found and isinstance(found.state, Assessment) else None

    async def standing(self) -> dict[str, dict[str, int]]:
        """See the port."""
        return {name: await self._store.count_by(Assessment, name) for name in ("priority", "category", "language")}
