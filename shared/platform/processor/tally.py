"""How far each partition was read, and how each of its records was settled: the count that must add up."""

from typing import ClassVar

from shared.contracts.kept import Kept

OUTCOMES = ("registered", "rejected", "double", "parked")


class Tally(Kept):
    """One partition of a topic in one epoch of its broker; written with (or right after) the save, before the commit."""

    collection: ClassVar[str] = "tally"
    indexed: ClassVar[tuple[str, ...]] = ("topic", "epoch")

    topic: str
    partition: int
    epoch: str
    first_offset: int
    next_offset: int
    """Everything below it is settled: a record below it is a redelivery and not counted again."""
    skipped: int = 0
    """Offsets without a record: control records, compaction."""
    gap: int = 0
    """Records that the log lost before we read them: an alarm."""
    registered: int = 0
    rejected: int = 0
    double: int = 0
    parked: int = 0


def tally_id(epoch: str, topic: str, partition: int) -> str:
    """The document's id."""
    return f"{epoch}/{topic}/{partition}"


def advance(tally: Tally | None, topic: str, partition: int, epoch: str, offset: int, outcome: str, log_start: int) -> Tally:
    """The tally after one more record; `outcome` counts only if it is one of the four.

    `log_start` is the partition's first retained offset: a jump that begins below it is loss, any other is bookkeeping
    of the broker.
    """
    if tally is None:
        tally = Tally(topic=topic, partition=partition, epoch=epoch, first_offset=offset, next_offset=offset)
    if offset < tally.next_offset:
        return tally
    jump = offset - tally.next_offset
    lost = min(jump, max(0, log_start - tally.next_offset))
    change: dict[str, int] = {"next_offset": offset + 1}
    if jump:
        change |= {"skipped": tally.skipped + jump - lost, "gap": tally.gap + lost}
    if outcome in OUTCOMES:
        change[outcome] = int(getattr(tally, outcome)) + 1
    return tally.model_copy(update=change)
