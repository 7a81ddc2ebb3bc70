"""How far each partition was read, and how each of its records was settled: the count that must add up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from shared.contracts.kept import Kept

Walked = Mapping[int, tuple[int, int]]
"""By partition: where everything before was settled, and how far there is no record after it."""
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
    """Records that the log lost before we read them."""
    written_off: int = 0
    """How many of those somebody has answered for: an alarm are only the others."""
    written_off_by: str = ""
    written_off_at: int | None = None
    """Machine instant, ms."""
    written_off_for: str = ""
    registered: int = 0
    rejected: int = 0
    double: int = 0
    parked: int = 0

    @property
    def lost(self) -> int:
        """Records lost that nobody has answered for yet."""
        return self.gap - self.written_off


def tally_id(epoch: str, topic: str, partition: int) -> str:
    """The document's id."""
    return f"{epoch}/{topic}/{partition}"


def advance(
    tally: Tally | None, topic: str, partition: int, epoch: str, offset: int, outcome: str, log_start: int, count: int = 1
) -> Tally:
    """The tally after `count` more records in a row from `offset` (0: none up to it); `outcome` counts only if one of the four.

    `log_start` is the partition's first retained offset: a jump that begins below it is loss, any other is bookkeeping
    of the broker.
    """
    if tally is None:
        tally = Tally(topic=topic, partition=partition, epoch=epoch, first_offset=offset, next_offset=offset)
    if offset + count <= tally.next_offset:
        return tally
    new = count - max(0, tally.next_offset - offset)
    jump = max(0, offset - tally.next_offset)
    lost = min(jump, max(0, log_start - tally.next_offset))
    change: dict[str, int] = {"next_offset": offset + count}
    if jump:
        change |= {"skipped": tally.skipped + jump - lost, "gap": tally.gap + lost}
    if outcome in OUTCOMES:
        change[outcome] = int(getattr(tally, outcome)) + new
    return tally.model_copy(update=change)


@dataclass(slots=True)
class Run:
    """Records of one partition that follow each other and were settled alike."""

    topic: str
    partition: int
    offset: int
    outcome: str
    count: int = 1
    """None: up to `offset` there is no record."""
    since: int = 0
    """Where that was begun to be known."""


def runs_of(settled: Iterable[tuple[str, int, int, str]]) -> list[Run]:
    """Topic, partition, offset and outcome of each record, in order, as runs: one step of the tally each."""
    runs: list[Run] = []
    latest: dict[tuple[str, int], Run] = {}
    for topic, partition, offset, outcome in settled:
        run = latest.get((topic, partition))
        if run and run.outcome == outcome and run.offset + run.count == offset:
            run.count += 1
        else:
            run = latest[topic, partition] = Run(topic, partition, offset, outcome)
            runs.append(run)
    return runs
