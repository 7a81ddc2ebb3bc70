"""Records that a log lost before a service read them: where, how many, and that somebody has answered for them."""

from dataclasses import dataclass
from typing import Literal, cast

from shared.platform.clock import machine_ms
from shared.platform.document import Document, Sought
from shared.platform.logging import get_logger
from shared.platform.processor.tally import Tally
from shared.platform.store import Store

log = get_logger(__name__)
Because = Literal["resent", "gone", "restored", "other"]
"""Why a loss is no task any more: their senders sent them again; nobody has them; a backup is older than they are."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What was lost in one partition, in one life of its broker."""

    loss: str
    """Its id."""
    topic: str
    partition: int
    records: int
    """All that were lost there."""
    open: int
    """Of those: nobody has answered for them yet."""
    written_off_by: str
    written_off_at: int | None
    """Machine instant, ms."""
    written_off_for: str


async def losses_of(store: Store) -> list[Loss]:
    """Every loss that a service knows of, those that are open first."""
    found = [_loss(document.id, _tally(document)) for document in await store.find(Tally, Sought({}, limit=100_000))]
    return sorted((loss for loss in found if loss.records), key=lambda loss: (-loss.open, loss.loss))


async def write_off(store: Store, loss: str, records: int, because: Because, by: str) -> Loss:
    """Somebody answers for the `records` that are open in a partition: the count goes without them from now on.

    Raises `KeyError` (no such loss) and `ValueError` (another number of them is open: more were lost meanwhile).
    """
    while True:
        found = await store.load_many(Tally, [loss])
        if loss not in found or not _tally(found[loss]).gap:
            raise KeyError(loss)
        document = found[loss]
        tally = _tally(document)
        if tally.lost != records or not records:
            raise ValueError(f"{tally.lost} records are open there, not {records}")
        document.state = tally.model_copy(
            update={
                "written_off": tally.gap,
                "written_off_by": by,
                "written_off_at": machine_ms(),
                "written_off_for": because,
            }
        )
        if not await store.save([document]):
            log.warning("lost records were written off", topic=tally.topic, partition=tally.partition, count=records, actor=by)
            return _loss(loss, _tally(document))


def _loss(name: str, tally: Tally) -> Loss:
    return Loss(
        loss=name,
        topic=tally.topic,
        partition=tally.partition,
        records=tally.gap,
        open=tally.lost,
        written_off_by=tally.written_off_by,
        written_off_at=tally.written_off_at,
        written_off_for=tally.written_off_for,
    )


def _tally(document: Document) -> Tally:
    return cast("Tally", document.state)
