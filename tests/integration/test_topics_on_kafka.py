"""`redress topics init` on a real Kafka: it makes what is missing, says what differs, and takes nothing away."""

import asyncio
import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

from shared.contracts import topics
from shared.contracts.topics import Topic
from shared.platform.bus.connection import Connection
from shared.platform.bus.topics_admin import BrokerRefuses, Standing, config_of, ensure_topics
from tests.flow.people import foreign_producer
from tests.servers.house import Separate

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
KEPT = Topic("kept.v1", "anything", partitions=3, retention_ms=3_600_000)
COMPACTED = Topic("compacted.v1", "anything", partitions=2, retention_ms=-1, cleanup="compact")
GROUP = f"test.{KEPT.name}"


@pytest.fixture
def admin(cluster: str) -> AdminClient:
    """An operator's own client; the tests' topics are not there."""
    made = AdminClient({"bootstrap.servers": cluster})
    there = {KEPT.name, COMPACTED.name, *(topic.name for topic in topics.ALL)} & set(made.list_topics(timeout=10).topics)
    for future in made.delete_topics(list(there)).values() if there else ():
        future.result(10)
    return made


def config_found(admin: AdminClient, name: str) -> dict[str, str]:
    resource = ConfigResource(ResourceType.TOPIC, name)
    return {key: entry.value for key, entry in admin.describe_configs([resource])[resource].result(10).items()}


def partitions(admin: AdminClient, name: str) -> int:
    return len(admin.list_topics(timeout=10).topics[name].partitions)


def ensured(cluster: str, *declared: Topic, grow: bool = False) -> list[Standing]:
    return asyncio.run(ensure_topics(Connection(cluster, "test"), declared, {KEPT.name: {GROUP}}, None, grow))


def states(found: list[Standing]) -> dict[str, str]:
    return {standing.name: standing.state for standing in found}


def test_what_is_missing_is_made_as_declared_and_a_second_run_changes_nothing(cluster: str, admin: AdminClient):
    assert states(ensured(cluster, KEPT, COMPACTED)) == {KEPT.name: "created", COMPACTED.name: "created"}
    for topic in (KEPT, COMPACTED):
        found = config_found(admin, topic.name)
        assert {name: found[name] for name in config_of(topic)} == config_of(topic)
        assert partitions(admin, topic.name) == topic.partitions
    assert states(ensured(cluster, KEPT, COMPACTED, grow=True)) == {KEPT.name: "fits", COMPACTED.name: "fits"}


def test_what_differs_is_named_with_both_values_and_left_alone(cluster: str, admin: AdminClient):
    made = NewTopic(
        KEPT.name, 3, 1, config={"retention.ms": "60000", "cleanup.policy": "compact", "max.message.bytes": "5000000"}
    )
    admin.create_topics([made])[KEPT.name].result(10)
    (found,) = ensured(cluster, KEPT)
    wrong = {values["name"]: (values["found"], values["wanted"]) for kind, values in found.differences if kind == "config"}
    assert (found.state, wrong) == (
        "differs",
        {"retention.ms": ("60000", "3600000"), "cleanup.policy": ("compact", "delete")},
    )
    assert config_found(admin, KEPT.name)["retention.ms"] == "60000"


def test_more_partitions_than_declared_are_told_and_never_taken_away(cluster: str, admin: AdminClient):
    admin.create_topics([NewTopic(KEPT.name, 5, 1, config=config_of(KEPT))])[KEPT.name].result(10)
    (found,) = ensured(cluster, KEPT, grow=True)
    assert (found.state, found.differences) == ("fits", (("more", {"found": 5, "wanted": 3}),))
    assert partitions(admin, KEPT.name) == 5


def test_partitions_are_added_only_when_that_is_asked_for_and_all_was_read(cluster: str, admin: AdminClient):
    admin.create_topics([NewTopic(KEPT.name, 1, 1, config=config_of(KEPT))])[KEPT.name].result(10)
    producer = foreign_producer(cluster)
    producer.produce(KEPT.name, b"1", b"key", 0)
    assert producer.flush(10) == 0
    fewer = ("fewer", {"found": 1, "wanted": 3})
    (unasked,) = ensured(cluster, KEPT)
    (unread,) = ensured(cluster, KEPT, grow=True)
    assert (unasked.state, unasked.differences) == ("differs", (fewer,))
    assert (unread.state, unread.differences) == ("differs", (fewer, ("not_drained", {"groups": GROUP})))
    assert partitions(admin, KEPT.name) == 1
    read = ConsumerGroupTopicPartitions(GROUP, [TopicPartition(KEPT.name, 0, 1)])
    admin.alter_consumer_group_offsets([read])[GROUP].result(10)
    (grown,) = ensured(cluster, KEPT, grow=True)
    assert (grown.state, grown.differences) == ("grown", (("grown", {"found": 1, "wanted": 3}),))
    assert partitions(admin, KEPT.name) == 3


def test_what_the_broker_refuses_is_told_in_its_words(cluster: str, admin: AdminClient):
    with pytest.raises(BrokerRefuses, match=r"(?i)replication"):
        asyncio.run(ensure_topics(Connection(cluster, "test"), [KEPT], {}, 3, False))
    bad = dataclasses.replace(KEPT, name="no such name")
    with pytest.raises(BrokerRefuses, match=r"no such name"):
        asyncio.run(ensure_topics(Connection(cluster, "test"), [bad], {}, 1, False))


def test_the_verb_ends_with_1_where_a_topic_differs_and_with_0_when_it_is_mended(
    cluster: str, admin: AdminClient, tmp_path: Path
):
    house = Separate(tmp_path, cluster, "")
    house.replicas = []
    assert verb(house) == (0, {topic.name: ("created", []) for topic in topics.ALL})
    change(admin, topics.CASES.name, "retention.ms", "1000")
    admin.create_partitions([NewPartitions(topics.TRIAGED.name, 20)])[topics.TRIAGED.name].result(10)
    code, rows = verb(house)
    told = ["retention.ms is 1000 instead of 1209600000; change it with kafka-configs"]
    assert (code, rows[topics.CASES.name]) == (1, ("differs", told))
    assert rows[topics.TRIAGED.name][0] == "fits"
    assert "never taken away" in rows[topics.TRIAGED.name][1][0]
    change(admin, topics.CASES.name, "retention.ms", "1209600000")
    assert verb(house)[0] == 0


def verb(house: Separate) -> tuple[int, dict[str, tuple[str, list[str]]]]:
    done = house.redress("topics", "init", "--json")
    rows: list[dict[str, Any]] = json.loads(done.stdout)["topics"]
    return done.returncode, {row["name"]: (row["state"], row["differences"]) for row in rows}


def change(admin: AdminClient, topic: str, name: str, value: str) -> None:
    """Set it, and wait until the broker says so itself: it learns from its controller a moment later."""
    entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    admin.incremental_alter_configs([resource])[resource].result(10)
    until = time.monotonic() + 10
    while config_found(admin, topic)[name] != value:
        assert time.monotonic() < until, f"{topic} keeps its {name}"
        time.sleep(0.05)
