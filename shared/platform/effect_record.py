"""An effect on the outside world as it lies in the store: planned, sending, then sent, failed or unknown."""

from typing import Any, ClassVar

from shared.contracts.kept import Kept


class EffectRecord(Kept):
    """One thing to be done once; its id is what it is for."""

    collection: ClassVar[str] = "effects"
    indexed: ClassVar[tuple[str, ...]] = ("state", "kind", "agg", "told", "at")

    kind: str
    keeps: str
    """Collection of the aggregate that asked."""
    agg: str
    """Id of the aggregate that asked."""
    body: dict[str, Any] = {}
    state: str = "planned"
    at: int = 0
    """Machine instant of the last change, ms."""
    attempts: int = 0
    retry_at: int | None = None
    """Machine instant of the next try while planned, or of the lease's end while sending."""
    told: int = 0
    """1 once the aggregate has heard how it ended; 2 while its rule fails on hearing it."""
    reason: str = ""
    details: dict[str, Any] = {}
    corr: str = ""

    @property
    def due(self) -> int | None:
        """Only what is planned or sending is to be looked at again."""
        return self.retry_at if self.state in ("planned", "sending") else None
