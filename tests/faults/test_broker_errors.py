"""Row 5: a broker that answers with errors, one kind after the other; what was sent meanwhile is taken and announced once."""

import asyncio
import ctypes
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition

from shared.contracts import topics
from shared.platform.bus.embedded import EmbeddedBroker
from tests.component.test_liveness import Watched, watched

PRODUCE, FETCH, METADATA, COMMIT, FIND, JOIN, HEARTBEAT, SYNC = 0, 1, 3, 8, 10, 11, 12, 14
ERRORS = {
    "produce: no leader, time-out, too few replicas": (PRODUCE, (6, 7, 19, 20)),
    "produce: sequence out of order": (PRODUCE, (45,)),
    "produce: unknown producer": (PRODUCE, (59,)),
    "produce: not allowed": (PRODUCE, (29,)),
    "fetch: no leader, unknown topic": (FETCH, (6, 3, 5)),
    "fetch: offset out of range": (FETCH, (1,)),
    "commit: rebalance, not the coordinator": (COMMIT, (27, 16, 14)),
    "commit: unknown member, old generation": (COMMIT, (25, 22)),
    "heartbeat: rebalance, unknown member": (HEARTBEAT, (27, 25, 16)),
    "join and sync: coordinator is loading or gone": (JOIN, (14, 16, 15)),
    "sync: rebalance": (SYNC, (27, 16)),
    "no coordinator": (FIND, (15, 14)),
    "metadata: no leader": (METADATA, (5, 6)),
}
"""What is asked, and the answers that it gets in turn: https://kafka.apache.org/protocol#protocol_error_codes."""


def answer_with(broker: EmbeddedBroker, request: int, codes: tuple[int, ...]) -> None:
    """The next answers to this kind of request."""
    push = broker._lib.rd_kafka_mock_push_request_errors_array
    push.argtypes = [ctypes.c_void_p, ctypes.c_int16, ctypes.c_size_t, ctypes.POINTER(ctypes.c_int)]
    push(broker._cluster, request, len(codes), (ctypes.c_int * len(codes))(*codes))


def announced(broker: EmbeddedBroker) -> set[str]:
    """Names of the complaints that the topic of registered ones tells of."""
    consumer = Consumer({"bootstrap.servers": broker.servers, "group.id": "ledger", "enable.auto.commit": False, "log_level": 0})
    place = TopicPartition(topics.REGISTERED.name, 0, 0)
    try:
        consumer.assign([place])
        end, told = consumer.get_watermark_offsets(place, timeout=10)[1], set()
        reached = 0
        while reached < end:
            message = consumer.poll(10)
            assert message is not None and not message.error()
            told.add(message.key().decode())
            reached = message.offset() + 1
        return told
    finally:
        consumer.close()


async def settled(house: Watched, expected: int) -> None:
    """Until intake has taken so many complaints, and has nothing left to say."""
    async with asyncio.timeout(90):
        while not await rests(house, expected):
            await asyncio.sleep(0.1)


async def rests(house: Watched, expected: int) -> bool:
    """Whether it has come so far."""
    arrivals = (await house.client.get(f"{house.url}/internal/v1/arrivals")).json()
    waiting = (await house.client.get(f"{house.url}/internal/v1/counts")).json()
    under_way = arrivals["unaccounted"] or arrivals["in_flight"] or waiting["outboxes"] or waiting["announcing"]
    return arrivals["registered"] == expected and not under_way


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("kind", ERRORS)
async def test_row_5_whatever_error_a_broker_answers_with_nothing_is_lost_or_counted_twice(tmp_path: Path, kind: str) -> None:
    request, codes = ERRORS[kind]
    async with watched(tmp_path, request_timeout_ms=10_000) as house:
        for turn in range(2):
            await house.publish(*range(turn * 20, turn * 20 + 10))  # by then the next to produce is the house
            answer_with(house.broker, request, codes)
            for number in range(turn * 20 + 10, turn * 20 + 20):
                assert (await house.complain(number)).status_code == 202
        await settled(house, 40)
        assert len(await asyncio.to_thread(announced, house.broker)) == 40
        arrivals = (await house.client.get(f"{house.url}/internal/v1/arrivals")).json()
    print(f"\nrow 5: {kind}: {arrivals['registered']} registered, {arrivals['double']} doubles, gap {arrivals['gap']}")
    assert (arrivals["double"], arrivals["gap"], arrivals["parked"]) == (0, 0, 0)
