"""The delivery promise rests on a few settings of every subscriber; here they are, as FastStream really got them."""

from pathlib import Path
from typing import Any

import pytest
from faststream import AckPolicy
from faststream.kafka.subscriber.usecase import BatchSubscriber

from shared.contracts import topics
from shared.platform.application import Built
from shared.platform.bus.consumer import Subscription
from tests.architecture.wired import NOWHERE, wired

HEARD = {
    "intake": {topics.SUBMITTED.name},
    "triage": {topics.REGISTERED.name, topics.CUSTOMERS.name},
    "escalation": {
        topic.name for topic in (topics.REGISTERED, topics.TRIAGED, topics.NOTICES, topics.FOLLOWUPS, topics.CUSTOMERS)
    },
    "followup": {topics.CASES.name, topics.FOLLOWUP_STEPS.name, topics.CUSTOMERS.name},
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    return wired(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def subscriptions(services: dict[str, Built]) -> list[Subscription]:
    return [subscription for built in services.values() for subscription in built.runtime.listening.subscriptions]


def consumer_of(subscription: Subscription) -> dict[str, Any]:
    """What the aiokafka consumer of a subscription will be made with."""
    subscriber = subscription.subscriber
    return {**subscriber._outer_config.builder.keywords, **subscriber._connection_args, "group_id": subscriber.group_id}


def test_each_service_subscribes_to_what_its_rules_hear_and_to_erasures(services: dict[str, Built]) -> None:
    assert {name: {s.topic.name for s in built.runtime.listening.subscriptions} for name, built in services.items()} == HEARD


def test_a_group_is_named_after_service_and_topic_for_ever(services: dict[str, Built]) -> None:
    for name, built in services.items():
        for subscription in built.runtime.listening.subscriptions:
            assert subscription.subscriber.group_id == f"{name}.{subscription.topic.name}"
            assert [topic.name for topic in subscription.subscriber.topics] == [subscription.topic.name]


def test_offsets_are_committed_last_and_a_failed_batch_comes_again(subscriptions: list[Subscription]) -> None:
    for subscription in subscriptions:
        assert isinstance(subscription.subscriber, BatchSubscriber)
        assert subscription.subscriber.ack_policy is AckPolicy.NACK_ON_ERROR
        assert consumer_of(subscription)["enable_auto_commit"] is False


def test_a_new_group_begins_at_the_beginning(subscriptions: list[Subscription]) -> None:
    assert {consumer_of(subscription)["auto_offset_reset"] for subscription in subscriptions} == {"earliest"}


def test_half_written_transactions_of_others_are_never_read(subscriptions: list[Subscription]) -> None:
    assert {consumer_of(subscription)["isolation_level"] for subscription in subscriptions} == {"read_committed"}
    assert {consumer_of(subscription)["check_crcs"] for subscription in subscriptions} == {True}


def test_a_dead_replica_is_noticed_long_before_a_slow_batch_is_taken_away(subscriptions: list[Subscription]) -> None:
    for subscription in subscriptions:
        consumer = consumer_of(subscription)
        assert consumer["heartbeat_interval_ms"] * 3 <= consumer["session_timeout_ms"] <= 10_000
        assert consumer["max_poll_interval_ms"] >= 300_000
        assert consumer["rebalance_timeout_ms"] >= 60_000


def test_a_poll_never_asks_for_less_than_the_largest_record(subscriptions: list[Subscription]) -> None:
    for subscription in subscriptions:
        consumer = consumer_of(subscription)
        assert consumer["max_partition_fetch_bytes"] >= topics.RECORD_BYTES
        assert consumer["fetch_max_bytes"] >= consumer["max_partition_fetch_bytes"]
        assert subscription.subscriber.max_records == 500


def test_no_subscriber_answers_to_a_strangers_reply_to(subscriptions: list[Subscription]) -> None:
    assert [s.topic.name for s in subscriptions if not s.subscriber._no_reply] == []


def test_the_broker_only_consumes_and_never_creates_a_topic(services: dict[str, Built]) -> None:
    for built in services.values():
        config = built.runtime.listening.broker.config.broker_config
        assert config.consumer_only is True
        assert config.allow_auto_create_topics is False
        assert config.builder.keywords["bootstrap_servers"] == [NOWHERE]


def test_what_is_published_is_confirmed_by_all_replicas_and_written_once(services: dict[str, Built]) -> None:
    for built in services.values():
        producer = built.runtime.connection.for_producer()
        assert producer["acks"] == "all"
        assert producer["enable_idempotence"] is True
        assert producer["max_request_size"] >= topics.RECORD_BYTES


def test_the_embedded_broker_is_asked_often_since_it_sleeps_a_wait_out(tmp_path: Path) -> None:
    services = wired(tmp_path, embedded=True)
    for built in services.values():
        for subscription in built.runtime.listening.subscriptions:
            assert consumer_of(subscription)["fetch_max_wait_ms"] <= 20
            assert subscription.subscriber.ack_policy is AckPolicy.NACK_ON_ERROR
