"""Brokers make a topic that a client names, with settings of their own; so no service names one before it is there."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from shared.contracts import topics
from shared.platform.bus.asker import Asker
from shared.platform.bus.connection import Connection
from shared.platform.bus.embedded import EmbeddedBroker
from shared.platform.bus.listening import Listening, MissingTopics
from shared.platform.bus.producer import Producer
from shared.platform.epochs import Epochs

MISSING = topics.CASES


@pytest.fixture
async def connection() -> AsyncIterator[Connection]:
    broker = EmbeddedBroker((topics.NOTICES,), partitions=1)
    yield Connection(broker.servers, "test", embedded=True, fetch_max_wait_ms=10)
    broker.close()


async def topics_of(connection: Connection) -> set[str]:
    client = AIOKafkaConsumer(**connection.for_client())
    await client.start()
    try:
        return set(await client.topics())
    finally:
        await client.stop()


def an_entry(topic: topics.Topic) -> dict[str, Any]:
    names = dict.fromkeys(("id", "type", "source", "time", "corr", "cause", "trace"), "x")
    return {"topic": topic.name, "key": "k", "body": "{}", **names}


async def test_the_broker_of_these_tests_makes_what_a_client_names(connection: Connection) -> None:
    client = AIOKafkaConsumer("made.up", **connection.for_client())
    await client.start()
    await client.stop()
    assert "made.up" in await topics_of(connection)


async def test_asking_for_the_ends_of_a_missing_topic_makes_none(connection: Connection) -> None:
    asker = Asker(connection)
    assert await asker.ends(MISSING.name) == {}
    assert await asker.ends(topics.NOTICES.name) == {0: (0, 0)}
    await asker.close()
    assert await topics_of(connection) == {topics.NOTICES.name}


async def test_publishing_to_a_missing_topic_is_not_confirmed_and_makes_none(connection: Connection) -> None:
    producer = Producer(connection, "test")
    places = await producer.publish([an_entry(topics.NOTICES), an_entry(MISSING), an_entry(topics.NOTICES)])
    await producer.stop()
    assert places == [(0, 0), None, (0, 1)]
    assert await topics_of(connection) == {topics.NOTICES.name}


async def test_a_service_names_what_is_missing_and_makes_none(connection: Connection) -> None:
    async def settle(records: Any) -> None:
        raise AssertionError("nothing is consumed")

    asker = Asker(connection)
    settles = [(topics.NOTICES, settle), (MISSING, settle)]
    listening = Listening("triage", connection, settles, lambda: False, Epochs(None, "run"), asker)  # type: ignore[arg-type]
    with pytest.raises(MissingTopics, match=MISSING.name):
        await listening._check_topics()
    await asker.close()
    assert await topics_of(connection) == {topics.NOTICES.name}
