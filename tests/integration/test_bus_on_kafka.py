"""The bus on a real Kafka: what the embedded broker cannot show of codecs, transactions, gaps, compaction and sizes."""

import asyncio
import base64
import random
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import confluent_kafka
import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType

from shared.contracts.topics import Topic
from shared.platform.bus.asker import Asker
from shared.platform.bus.connection import Connection
from shared.platform.bus.listening import Listening
from shared.platform.bus.producer import NOWHERE, Producer
from shared.platform.epochs import Epochs
from tests.component.test_bus import Hearer, an_entry, numbers
from tests.flow.people import foreign_producer, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
_numbers = count(1)
NOBODY = "nobody.made.me.v1"


@pytest.fixture
def connection(cluster: str) -> Connection:
    return Connection(cluster, "test", fetch_max_wait_ms=50, batch_timeout_ms=20, session_timeout_ms=6_000)


@pytest.fixture
def topic(cluster: str) -> Topic:
    """A topic of one partition that only this test uses."""
    return a_topic(cluster)


def a_topic(servers: str, **config: str) -> Topic:
    made = Topic(f"heard-{next(_numbers)}.v1", "anything", partitions=1)
    admin = AdminClient({"bootstrap.servers": servers})
    admin.create_topics([NewTopic(made.name, 1, 1, config=config)])[made.name].result(10)
    return made


def said(servers: str, topic: Topic, *values: bytes, codec: str = "none", keys: tuple[bytes, ...] = ()) -> None:
    producer = foreign_producer(servers, codec)
    for place, value in enumerate(values):
        producer.produce(topic.name, value, keys[place] if keys else b"key", 0)
    assert producer.flush(10) == 0


def transaction(servers: str, topic: Topic, *values: bytes, aborted: bool = False) -> None:
    """One transaction of a producer of its own, to its end."""
    settings = {"bootstrap.servers": servers, "transactional.id": f"{topic.name}-{next(_numbers)}", "log_level": 0}
    producer = confluent_kafka.Producer(settings)
    producer.init_transactions(10)
    producer.begin_transaction()
    for value in values:
        producer.produce(topic.name, value, b"key", 0)
    producer.flush(10)
    producer.abort_transaction(10) if aborted else producer.commit_transaction(10)


def left_to_read(servers: str, topic: Topic) -> int:
    """The lag of our group as any monitor computes it: the end less what was committed."""
    asked = ConsumerGroupTopicPartitions(f"test.{topic.name}", [TopicPartition(topic.name, 0)])
    admin = AdminClient({"bootstrap.servers": servers})
    committed = admin.list_consumer_group_offsets([asked])[asked.group_id].result(10).topic_partitions[0].offset
    client = confluent_kafka.Consumer({"bootstrap.servers": servers, "group.id": "monitor"})
    try:
        return int(client.get_watermark_offsets(TopicPartition(topic.name, 0), timeout=10)[1] - max(0, committed))
    finally:
        client.close()


def nothing_left(servers: str, topic: Topic) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return await asyncio.to_thread(left_to_read, servers, topic) == 0

    return look


# -- what is heard


@pytest.mark.parametrize("codec", ["none", "gzip", "lz4", "snappy", "zstd"])
async def test_every_codec_of_a_foreign_producer_is_read(connection: Connection, topic: Topic, codec: str) -> None:
    texts = [f"Чайник течёт {place}. ".encode() * 200 for place in range(20)]
    hearer = Hearer(connection, topic=topic)
    async with hearer.hearing():
        await asyncio.to_thread(said, connection.servers, topic, *texts, codec=codec)
        await hearer.until_heard(20)
        await until(nothing_left(connection.servers, topic), "what was read is not committed")
    assert hearer.values == texts


async def test_what_a_transaction_took_back_is_never_heard_and_what_it_confirmed_is(connection: Connection, topic: Topic) -> None:
    hearer = Hearer(connection, topic=topic)
    async with hearer.hearing():
        for aborted, value in ((True, b"taken back"), (False, b"1"), (True, b"taken back too"), (False, b"2")):
            await asyncio.to_thread(transaction, connection.servers, topic, value, aborted=aborted)
        await hearer.until_heard(2)
        await asyncio.to_thread(said, connection.servers, topic, b"3")
        await hearer.until_heard(3)
    assert hearer.values == [b"1", b"2", b"3"]
    assert [record.offset for record in hearer.heard] == [2, 6, 8]


async def test_a_topic_that_ends_in_the_mark_of_a_transaction_is_read_to_its_end(connection: Connection, topic: Topic) -> None:
    hearer = Hearer(connection, topic=topic)
    async with hearer.hearing():
        for aborted in (False, True):
            await asyncio.to_thread(transaction, connection.servers, topic, b"1", aborted=aborted)
            await until(nothing_left(connection.servers, topic), "a mark at the end looks like a record that is not read")
    assert hearer.values == [b"1"]


async def test_what_a_transaction_has_not_confirmed_yet_is_waited_for_in_its_order(connection: Connection, topic: Topic) -> None:
    hearer = Hearer(connection, topic=topic)
    settings = {"bootstrap.servers": connection.servers, "transactional.id": f"slow-{topic.name}", "log_level": 0}
    slow = confluent_kafka.Producer(settings)
    async with hearer.hearing():
        await asyncio.to_thread(slow.init_transactions, 10)
        slow.begin_transaction()
        slow.produce(topic.name, b"1", b"key", 0)
        await asyncio.to_thread(slow.flush, 10)
        await asyncio.to_thread(said, connection.servers, topic, b"2")
        await asyncio.sleep(0.5)
        assert hearer.values == []
        await asyncio.to_thread(slow.commit_transaction, 10)
        await hearer.until_heard(2)
    assert hearer.values == [b"1", b"2"]


async def test_holes_that_compaction_leaves_do_not_stop_the_reading(connection: Connection) -> None:
    servers = connection.servers
    eager = {
        "cleanup.policy": "compact",
        "segment.ms": "100",
        "min.cleanable.dirty.ratio": "0.01",
        "max.compaction.lag.ms": "100",
    }
    topic = await asyncio.to_thread(a_topic, servers, **eager)
    keys = (b"first", *(b"abc"[place % 3 : place % 3 + 1] for place in range(1, 60)))
    await asyncio.to_thread(said, servers, topic, *(str(n).encode() for n in range(60)), keys=keys)

    async def holes() -> bool:
        await asyncio.to_thread(said, servers, topic, b"last", keys=(b"last",))  # a new segment, so that older ones are cleaned
        await asyncio.sleep(0.5)
        return len(await asyncio.to_thread(offsets_of, servers, topic)) < 60

    await until(holes, "the topic was not compacted")
    hearer = Hearer(connection, topic=topic)
    async with hearer.hearing():
        await until(nothing_left(servers, topic), "the group did not reach the end")
    offsets = [record.offset for record in hearer.heard]
    assert offsets == sorted(set(offsets))
    assert (offsets[0], offsets[1] > 1) == (0, True)
    latest = {record.key: record.value for record in hearer.heard}
    assert latest == {b"first": b"0", b"a": b"57", b"b": b"58", b"c": b"59", b"last": b"last"}


def offsets_of(servers: str, topic: Topic) -> list[int]:
    """The offsets that a stranger finds in a topic now."""
    reader = confluent_kafka.Consumer({"bootstrap.servers": servers, "group.id": "stranger", "log_level": 0})
    try:
        reader.assign([TopicPartition(topic.name, 0, 0)])
        end = reader.get_watermark_offsets(TopicPartition(topic.name, 0), timeout=10)[1]
        found: list[int] = []
        while not found or found[-1] < end - 1:
            message = reader.poll(10)
            assert message and not message.error()
            found.append(message.offset())
        return found
    finally:
        reader.close()


# -- our producer


async def test_our_producer_is_read_by_a_stranger_as_it_was_written(connection: Connection, topic: Topic) -> None:
    producer = Producer(connection, "test")
    entries = [an_entry(n, size=200_000) | {"topic": topic.name} for n in range(6)]
    assert await producer.publish(entries) == [(0, n) for n in range(6)]
    hearer = Hearer(connection, topic=topic)
    async with hearer.hearing():
        await hearer.until_heard(6)
    assert numbers(hearer.values) == list(range(6))
    assert await asyncio.to_thread(offsets_of, connection.servers, topic) == list(range(6))
    await producer.stop()


def a_copy(topic: Topic, number: int, size: int) -> dict[str, Any]:
    """The copy of a parked record, which no codec makes smaller."""
    body = base64.b64encode(random.Random(number).randbytes(size)).decode()
    return {"k": "e", "topic": topic.name, "key": f"arrival-{number}", "headers": [], "body": body, "type": "parked"}


async def test_a_copy_that_its_topic_never_takes_is_given_up_and_holds_nobody(connection: Connection) -> None:
    topic = await asyncio.to_thread(a_topic, connection.servers, **{"max.message.bytes": "100000"})
    producer = Producer(connection, "test")
    copies = [a_copy(topic, number, size) for number, size in enumerate((1_000, 150_000, 1_000))]

    async def settled() -> list[Any]:
        places = await producer.publish(copies)
        return [] if None in places else places

    async with asyncio.timeout(5):
        places = await until(settled)
        again = await producer.publish(copies[1:2])
    assert [place == NOWHERE for place in places] == [False, True, False]
    assert again == [NOWHERE]
    await producer.stop()


async def test_an_event_that_its_topic_does_not_take_waits_until_the_topic_is_mended(connection: Connection) -> None:
    topic = await asyncio.to_thread(a_topic, connection.servers, **{"max.message.bytes": "100000"})
    producer = Producer(connection, "test")
    large = an_entry(1) | {"topic": topic.name, "body": random.Random(1).randbytes(150_000).hex()}
    entries = [an_entry(0) | {"topic": topic.name}, large, an_entry(2) | {"topic": topic.name}]
    for _ in range(4):
        assert None in await producer.publish(entries)
    await asyncio.to_thread(take, connection.servers, topic, "1600000")

    async def confirmed() -> bool:
        return None not in await producer.publish(entries)

    await until(confirmed, "the mended topic takes nothing")
    hearer = Hearer(connection, topic=topic)
    async with hearer.hearing():
        await hearer.until_heard(3)
    first = list(dict.fromkeys(dict(record.headers)["ce_id"] for record in hearer.heard))
    assert first == [b"e0", b"e1", b"e2"]
    await producer.stop()


def take(servers: str, topic: Topic, size: str) -> None:
    """What an operator does: raise the size of records that a topic takes."""
    entry = ConfigEntry("max.message.bytes", size, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic.name, incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": servers})
    admin.incremental_alter_configs([resource])[resource].result(10)


async def test_neither_hearing_nor_speaking_makes_a_topic(connection: Connection, topic: Topic) -> None:
    producer, asker = Producer(connection, "test"), Asker(connection)
    entries = [an_entry(1) | {"topic": topic.name}, an_entry(2) | {"topic": NOBODY}]
    assert await producer.publish(entries) == [(0, 0), None]
    assert await asker.ends(NOBODY) == {}
    hearer = Hearer(connection, topic=Topic(NOBODY, "anything"))
    listening = Listening("test", connection, [(hearer.topic, hearer.settle)], lambda: False, Epochs(None, "run"), asker)  # type: ignore[arg-type]
    listening.start()
    await until(lambda: named(listening, NOBODY), "the missing topic was not named")
    await listening.stop()
    await producer.stop()
    await asker.close()
    admin = AdminClient({"bootstrap.servers": connection.servers})
    assert NOBODY not in (await asyncio.to_thread(admin.list_topics, timeout=10)).topics


async def named(listening: Listening, topic: str) -> bool:
    return f"topics are missing: {topic}" in listening.waits_for
