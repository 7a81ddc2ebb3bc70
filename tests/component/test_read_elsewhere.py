"""A service does not read on from where somebody else, or a store that is lost, has read to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest

from shared.platform import read_elsewhere
from shared.platform.bus.connection import Connection
from shared.platform.document import Document
from shared.platform.epochs import Epochs
from shared.platform.processor.tally import Tally, tally_id
from shared.platform.read_elsewhere import OurGroups, ReadElsewhere
from shared.platform.stores.sqlite import SqliteStore

TOPIC = "complaints.registered.v1"


@dataclass
class Broker:
    """What Kafka would say of one partition of one group."""

    group: str = f"triage.{TOPIC}"
    committed: int | None = None
    start: int = 0
    records: set[int] = field(default_factory=set)

    async def offsets(self, _: Connection, group: str, topic: str, partitions: Iterable[int]) -> dict[int, int]:
        assert (group, topic, list(partitions)) == (self.group, TOPIC, [3])
        return {} if self.committed is None else {3: self.committed}

    async def ends(self, _: str) -> dict[int, tuple[int, int]]:
        return {3: (self.start, 1_000)}

    async def first_record(self, _: str, __: int, since: int) -> int | None:
        return min((offset for offset in self.records if offset >= since), default=None)


@pytest.fixture
def broker() -> Iterator[Broker]:
    made = Broker(records=set(range(1_000)))
    with patch.object(read_elsewhere, "committed", made.offsets):
        yield made


async def checked(broker: Broker, place: Path, settled: int | None = None, embedded: bool = False) -> None:
    store = SqliteStore(place / "triage.sqlite", [Tally])
    await store.open()
    try:
        if settled is not None:
            tally = Tally(topic=TOPIC, partition=3, epoch="1", first_offset=0, next_offset=settled)
            assert not await store.save([Document(tally_id("1", TOPIC, 3), tally, upd=1)])
        connection = Connection("nowhere:1", "test", embedded=embedded)
        await OurGroups("triage", store, Epochs(store), connection, broker).check([TOPIC])  # type: ignore[arg-type]
    finally:
        await store.close()


async def test_a_group_that_has_read_what_an_empty_store_never_saw_is_not_joined(broker: Broker, tmp_path: Path) -> None:
    broker.committed = 120
    with pytest.raises(ReadElsewhere, match=f"group triage.{TOPIC} has read partition 3 up to 120, this store only up to 0"):
        await checked(broker, tmp_path)


async def test_a_group_that_is_ahead_of_a_restored_store_is_not_joined(broker: Broker, tmp_path: Path) -> None:
    broker.committed = 120
    with pytest.raises(ReadElsewhere, match="up to 120, this store only up to 119"):
        await checked(broker, tmp_path, settled=119)


@pytest.mark.parametrize(("committed", "settled"), [(None, None), (0, None), (120, 120), (60, 120), (None, 120)])
async def test_a_group_that_the_store_has_followed_or_that_was_set_back_is_joined(
    broker: Broker, tmp_path: Path, committed: int | None, settled: int | None
) -> None:
    broker.committed = committed
    await checked(broker, tmp_path, settled)


async def test_what_kafka_no_longer_keeps_is_nothing_that_could_be_read_again(broker: Broker, tmp_path: Path) -> None:
    broker.committed, broker.start = 120, 120
    await checked(broker, tmp_path)


async def test_a_mark_that_ends_a_transaction_is_no_record_that_was_passed_by(broker: Broker, tmp_path: Path) -> None:
    broker.committed = 120
    broker.records.remove(119)
    await checked(broker, tmp_path, settled=119)


async def test_an_embedded_broker_is_not_asked(broker: Broker, tmp_path: Path) -> None:
    broker.committed = 120
    await checked(broker, tmp_path, embedded=True)
