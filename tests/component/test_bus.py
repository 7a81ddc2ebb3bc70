"""The bus on the embedded broker, with a foreign producer on the other side: what is read, what is retried, what waits."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.contracts.errors import TryAgain
from shared.contracts.topics import Topic
from shared.platform.bus import producer as producing
from shared.platform.bus.asker import Asker
from shared.platform.bus.connection import Connection
from shared.platform.bus.consumer import Subscription
from shared.platform.bus.embedded import EmbeddedBroker
from shared.platform.bus.listening import broker_of
from shared.platform.bus.producer import Producer
from shared.platform.bus.room import LIMIT_BYTES, Room
from shared.platform.processor.decode import Record
from shared.platform.store import StoreDown
from tests.flow.people import foreign_producer, until

HEARD = Topic("heard.v1", "anything")
ELSEWHERE = Topic("elsewhere.v1", "anything")
Settle = Callable[[Sequence[Record]], Awaitable[None]]


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    made = EmbeddedBroker((HEARD, ELSEWHERE), partitions=1)
    yield made
    made.close()


@pytest.fixture
def connection(broker: EmbeddedBroker) -> Connection:
    return Connection(
        broker.servers,
        "test",
        fetch_max_wait_ms=10,
        batch_timeout_ms=20,
        session_timeout_ms=1_000,
        request_timeout_ms=2_000,
        embedded=True,
    )


@dataclass
class Hearer:
    """A subscription and all that it was handed; `trouble` is raised, one a batch, before anything is heard."""

    connection: Connection
    heard: list[Record] = field(default_factory=list)
    trouble: list[BaseException] = field(default_factory=list)
    batches: int = 0
    topic: Topic = HEARD

    async def settle(self, records: Sequence[Record]) -> None:
        self.batches += 1
        if self.trouble:
            raise self.trouble.pop(0)
        self.heard += records

    @property
    def values(self) -> list[bytes | None]:
        return [record.value for record in self.heard]

    @contextlib.asynccontextmanager
    async def hearing(self) -> AsyncIterator[Subscription]:
        broker = broker_of(self.connection)
        subscription = Subscription(broker, self.connection, "test", self.topic, self.settle)
        await broker.start()
        subscription.watch()
        try:
            yield subscription
        finally:
            await broker.stop()

    async def until_heard(self, count: int) -> None:
        async def enough() -> bool:
            return len(self.heard) >= count

        await until(enough, f"heard {len(self.heard)} of {count}")


async def publish(broker: EmbeddedBroker, *values: bytes | None, codec: str = "none", headers: Any = ()) -> None:
    """By confluent-kafka, in one batch."""

    def send() -> None:
        producer = foreign_producer(broker.servers, codec)
        for value in values:
            producer.produce(HEARD.name, value, b"key", 0, headers=list(headers))
        assert producer.flush(10) == 0

    await asyncio.to_thread(send)


@pytest.mark.parametrize("codec", ["none", "gzip", "lz4", "snappy", "zstd"])
async def test_every_codec_of_a_foreign_producer_is_read(broker: EmbeddedBroker, connection: Connection, codec: str) -> None:
    texts = [f"Чайник течёт {place}. ".encode() * 200 for place in range(20)]
    hearer = Hearer(connection)
    async with hearer.hearing():
        await publish(broker, *texts, codec=codec)
        await hearer.until_heard(20)
    assert hearer.values == texts


async def test_null_and_non_utf8_headers_arrive_as_they_were_sent(broker: EmbeddedBroker, connection: Connection) -> None:
    headers = [("nothing", None), ("bytes", b"\xff\xfe"), ("twice", b"1"), ("twice", b"2"), ("имя", "тест".encode("cp1251"))]
    hearer = Hearer(connection)
    async with hearer.hearing():
        await publish(broker, b"1", headers=headers)
        await publish(broker, b"2")
        await hearer.until_heard(2)
    assert list(hearer.heard[0].headers) == headers
    assert hearer.values == [b"1", b"2"]


async def test_a_record_without_a_value_is_handed_on_as_one(broker: EmbeddedBroker, connection: Connection) -> None:
    hearer = Hearer(connection)
    async with hearer.hearing():
        await publish(broker, None, b"", b"3")
        await hearer.until_heard(3)
    assert [value or b"" for value in hearer.values] == [b"", b"", b"3"]


async def test_nobody_can_order_an_answer_by_naming_a_topic(broker: EmbeddedBroker, connection: Connection) -> None:
    headers = [("reply_to", ELSEWHERE.name.encode()), ("correlation_id", b"1"), ("content-type", b"text/plain")]
    hearer, asker = Hearer(connection), Asker(connection)
    async with hearer.hearing():
        await publish(broker, b"1", headers=headers)
        await publish(broker, b"2")
        await hearer.until_heard(2)
    assert await asker.ends(ELSEWHERE.name) == {0: (0, 0)}
    assert await asker.ends(HEARD.name) == {0: (0, 2)}
    await asker.close()


@pytest.mark.parametrize("trouble", [TryAgain, StoreDown, KeyError, RuntimeError], ids=lambda error: error.__name__)
async def test_a_batch_that_failed_comes_again_and_nothing_is_skipped(
    broker: EmbeddedBroker, connection: Connection, trouble: type[Exception]
) -> None:
    hearer = Hearer(connection, trouble=[trouble("not now"), trouble("not yet")])
    async with hearer.hearing():
        await publish(broker, b"1", b"2", b"3")
        await hearer.until_heard(3)
        await publish(broker, b"4")
        await hearer.until_heard(4)
    assert hearer.values == [b"1", b"2", b"3", b"4"]
    assert hearer.trouble == []


async def test_a_cancellation_from_inside_does_not_end_the_consumption(broker: EmbeddedBroker, connection: Connection) -> None:
    hearer = Hearer(connection, trouble=[asyncio.CancelledError()])
    async with hearer.hearing() as subscription:
        await publish(broker, b"1")
        await hearer.until_heard(1)
        await publish(broker, b"2")
        await hearer.until_heard(2)
        assert subscription.trouble() == ""
    assert hearer.values == [b"1", b"2"]


async def test_what_was_settled_is_committed_and_not_heard_by_the_next_in_the_group(
    broker: EmbeddedBroker, connection: Connection
) -> None:
    first, second = Hearer(connection), Hearer(connection)
    async with first.hearing():
        await publish(broker, b"1", b"2")
        await first.until_heard(2)
    async with second.hearing():
        await publish(broker, b"3")
        await second.until_heard(1)
    assert second.values == [b"3"]


@pytest.mark.slow
async def test_what_was_never_settled_is_heard_again_by_the_next_in_the_group(
    broker: EmbeddedBroker, connection: Connection
) -> None:
    first, second = Hearer(connection, trouble=[RuntimeError("never")] * 10_000), Hearer(connection)

    async def tried() -> bool:
        return first.batches > 0

    async with first.hearing():
        await publish(broker, b"1", b"2")
        await until(tried)
    async with second.hearing():
        await second.until_heard(2)
    assert second.values == [b"1", b"2"]


async def test_a_consumer_goes_on_after_the_broker_was_away(broker: EmbeddedBroker, connection: Connection) -> None:
    hearer = Hearer(connection)
    async with hearer.hearing():
        await publish(broker, b"1")
        await hearer.until_heard(1)
        broker.down()
        await asyncio.sleep(0.3)
        broker.up()
        await publish(broker, b"2")
        await hearer.until_heard(2)
    assert hearer.values == [b"1", b"2"]


# -- our producer


def an_entry(number: int, size: int = 10, key: str = "key") -> dict[str, Any]:
    """An outbox entry."""
    about = {
        "id": f"e{number}",
        "type": "redress.Toy.v1",
        "source": "/redress/test",
        "time": "",
        "corr": "",
        "cause": "",
        "trace": "",
    }
    return {"topic": HEARD.name, "key": key, "body": f"{number}".ljust(size, "."), **about}


def numbers(values: Sequence[bytes | None]) -> list[int]:
    """What `an_entry` numbered."""
    return [int((value or b"").rstrip(b".")) for value in values]


@pytest.fixture
async def producer(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Producer]:
    monkeypatch.setattr(producing, "CONFIRM_SECONDS", 0.5)
    monkeypatch.setattr(Producer.stop, "__defaults__", (0.5,))
    made = Producer(connection, "test")
    yield made
    await made.stop(1)


async def test_every_entry_is_confirmed_with_its_place_in_order(connection: Connection, producer: Producer) -> None:
    hearer = Hearer(connection)
    async with hearer.hearing():
        assert await producer.publish([an_entry(n) for n in range(5)]) == [(0, n) for n in range(5)]
        await hearer.until_heard(5)
    assert numbers(hearer.values) == [0, 1, 2, 3, 4]
    assert dict(hearer.heard[0].headers)["ce_id"] == b"e0"


async def test_more_than_one_batch_of_a_partition_is_sent_in_order(connection: Connection, producer: Producer) -> None:
    places = await producer.publish([an_entry(n, size=200_000) for n in range(6)])
    assert places == [(0, n) for n in range(6)]


async def test_an_entry_for_a_topic_that_is_not_there_is_not_confirmed_and_its_neighbours_are(producer: Producer) -> None:
    lost = an_entry(1) | {"topic": "nowhere.v1"}
    places = await producer.publish([an_entry(0), lost, an_entry(2)])
    assert (places[0], places[2]) == ((0, 0), (0, 1))


async def test_the_producer_confirms_nothing_while_the_broker_is_away_and_goes_on_when_it_is_back(
    broker: EmbeddedBroker, connection: Connection, producer: Producer
) -> None:
    hearer = Hearer(connection)
    assert await producer.publish([an_entry(0)]) == [(0, 0)]
    broker.down()
    assert await producer.publish([an_entry(1), an_entry(2)]) == [None, None]
    assert producer.alive
    broker.up()

    async def confirmed() -> bool:
        return None not in await producer.publish([an_entry(1), an_entry(2)])

    await until(confirmed, "the producer did not recover")
    async with hearer.hearing():
        await hearer.until_heard(3)
        heard = numbers(hearer.values)
    assert set(heard) == {0, 1, 2}
    assert [n for place, n in enumerate(heard) if n not in heard[:place]] == [0, 1, 2]


async def test_after_three_failures_the_producer_is_built_anew(broker: EmbeddedBroker, producer: Producer) -> None:
    await producer.publish([an_entry(0)])
    first = producer._client
    broker.down()
    for _ in range(producing.REBUILD_AFTER):
        assert await producer.publish([an_entry(1)]) == [None]
    broker.up()

    async def confirmed() -> bool:
        return None not in await producer.publish([an_entry(1)])

    await until(confirmed, "the producer did not recover")
    assert producer._client is not first


# -- room


async def test_above_three_megabytes_entries_wait_until_older_ones_are_read_by_all_and_forgotten(connection: Connection) -> None:
    room = Room({HEARD.name: {"one", "two"}})
    producer = Producer(connection, "test", room)
    entries = [an_entry(n, size=500_000) for n in range(10)]
    places = await producer.publish(entries)
    out = len(places) - places.count(None)
    assert 0 < out * 500_000 <= LIMIT_BYTES
    assert places == [(0, n) for n in range(out)] + [None] * (10 - out)
    for reader in ("one", "two"):
        assert await producer.publish(entries[out:]) == [None] * (10 - out)
        room.passed(reader, HEARD.name, 0, out)
        room.forgotten(HEARD.name, 0, room.behind(HEARD.name, 0))
    assert await producer.publish(entries[out:]) == [(0, n) for n in range(out, 10)]
    await producer.stop()


async def test_what_nobody_reads_needs_no_room(connection: Connection) -> None:
    producer = Producer(connection, "test", Room({}))
    assert None not in await producer.publish([an_entry(n, size=500_000) for n in range(10)])
    await producer.stop()


async def test_what_is_forgotten_in_part_makes_room_in_part(connection: Connection) -> None:
    room = Room({HEARD.name: {"one"}})
    producer = Producer(connection, "test", room)
    for n in range(3):
        assert await producer.publish([an_entry(n, size=900_000)]) == [(0, n)]
    assert await producer.publish([an_entry(3, size=900_000)]) == [None]
    room.passed("one", HEARD.name, 0, 1)
    assert await producer.publish([an_entry(3, size=900_000)]) == [None]
    room.forgotten(HEARD.name, 0, 1)
    assert await producer.publish([an_entry(3, size=900_000), an_entry(4, size=900_000)]) == [(0, 3), None]
    await producer.stop()
