"""Rows 15 and 16 on a real Kafka: whatever lies in the topic, intake reads to its end, parks what is wrong and counts right."""

import asyncio
import io
import random
from collections import Counter
from collections.abc import AsyncIterator

import confluent_kafka
import pytest
import pytest_asyncio
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from shared.contracts import topics
from shared.contracts.topics import INPUT_BYTES, SUBMITTED
from shared.platform.bus.connection import Connection
from shared.platform.bus.topics_admin import MESSAGE_BYTES, ensure_topics
from tests.component.strangers import OTHERS, a_complaint, grown, log, sent, world
from tests.component.test_bad_input import HEADERS, REFUSED
from tests.flow.people import World, foreign_producer, running, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]
__all__ = ["log", "world"]
GROUP = f"intake.{SUBMITTED.name}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(log: io.StringIO, cluster: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    await ensure_topics(Connection(cluster, "test"), topics.ALL, {}, 1, False)
    async with running(tmp_path_factory.mktemp("home"), deaf=OTHERS, kafka=cluster, kafka_batch_timeout_ms=20) as made:
        yield made


def left_to_read(servers: str) -> int:
    """The lag of intake's group as any monitor computes it, over all partitions."""
    admin = AdminClient({"bootstrap.servers": servers})
    told = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(GROUP)])[GROUP].result(10)
    committed = {place.partition: place.offset for place in told.topic_partitions if place.topic == SUBMITTED.name}
    client = confluent_kafka.Consumer({"bootstrap.servers": servers, "group.id": "monitor"})
    try:
        ends = {p: client.get_watermark_offsets(TopicPartition(SUBMITTED.name, p), timeout=10)[1] for p in range(12)}
    finally:
        client.close()
    return sum(end - committed.get(partition, 0) for partition, end in ends.items())


async def read_to_the_end(world: World) -> None:
    async def nothing_left() -> bool:
        return await asyncio.to_thread(left_to_read, world.broker.servers) == 0

    await until(nothing_left, "the lag does not go back to 0")


async def test_of_everything_that_is_wrong_each_is_parked_with_its_reason_and_every_neighbour_passes(world: World) -> None:
    before = await world.arrivals()
    mixed = [part for wrong in REFUSED for part in (sent(a_complaint()), (wrong.body(), wrong.headers))]
    await world.publish(*mixed, sent(a_complaint()), None, sent(a_complaint()))
    await world.settled()
    parked, passed = len(REFUSED) + 1, len(REFUSED) + 2
    assert await grown(world, before) == {"submitted": parked + passed, "registered": passed, "parked": parked}
    listed = (await world.get("intake", "/internal/v1/parked", limit=500))["parked"]
    assert Counter(record["reason"] for record in listed) == Counter([*(wrong.reason for wrong in REFUSED), "empty_body"])
    await read_to_the_end(world)
    assert not (await world.get("intake", "/internal/v1/counts"))["stopped"]


async def test_headers_that_break_parsers_cost_nothing(world: World) -> None:
    before = await world.arrivals()
    odd = [(sent(a_complaint()), headers) for _, headers in HEADERS]
    await world.publish(*odd, codec="zstd")
    await world.settled()
    assert await grown(world, before) == {"submitted": len(odd), "registered": len(odd)}


def noise(size: int) -> bytes:
    """Letters that no codec makes much smaller."""
    return f"{random.Random(size).randbytes(size // 2).hex()}".encode().ljust(size, b"x")


@pytest.mark.parametrize("size", [INPUT_BYTES + 1, MESSAGE_BYTES - 10_000])
async def test_a_record_over_a_million_bytes_is_parked_and_its_neighbours_pass(world: World, size: int) -> None:
    before = await world.arrivals()
    for body in (sent(a_complaint()), noise(size), sent(a_complaint())):
        await world.publish(body)
    await world.settled()
    assert await grown(world, before) == {"submitted": 3, "registered": 2, "parked": 1}
    (record,) = (await world.get("intake", "/internal/v1/parked", limit=1))["parked"]
    assert (record["reason"], record["size"]) == ("too_large", size + len(b"upstream"))
    await read_to_the_end(world)
    await world.quiet(["intake"])  # so the copy for the dead letters was taken too


async def test_what_is_larger_than_the_topic_takes_is_refused_to_its_sender(world: World) -> None:
    before = await world.arrivals()
    refused: list[confluent_kafka.KafkaError] = []

    def send_one() -> None:
        producer = foreign_producer(world.broker.servers)
        producer.produce(SUBMITTED.name, noise(MESSAGE_BYTES + 1), on_delivery=lambda error, _: refused.append(error))
        producer.flush(10)

    await asyncio.to_thread(send_one)
    assert [error.code() for error in refused] == [confluent_kafka.KafkaError.MSG_SIZE_TOO_LARGE]
    assert await grown(world, before) == {}


async def test_what_a_transaction_took_back_is_no_arrival_and_its_marks_do_not_stay_in_flight(world: World) -> None:
    before = await world.arrivals()

    def send_all() -> None:
        producer = confluent_kafka.Producer({"bootstrap.servers": world.broker.servers, "transactional.id": "upstream"})
        producer.init_transactions(10)
        for aborted in (False, True, False, True):
            producer.begin_transaction()
            for partition in (0, 3, 7):
                producer.produce(SUBMITTED.name, sent(a_complaint()), b"key", partition)
            producer.flush(10)
            producer.abort_transaction(10) if aborted else producer.commit_transaction(10)

    await asyncio.to_thread(send_all)
    await world.settled()
    assert await grown(world, before) == {"submitted": 6, "registered": 6, "skipped": 18}
    await read_to_the_end(world)
