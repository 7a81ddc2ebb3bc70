"""A topic that exists is compared with what is declared; nothing is ever shrunk."""

import contextlib
from dataclasses import replace
from types import SimpleNamespace

import pytest

from shared.contracts import topics
from shared.platform.bus import topics_admin
from shared.platform.bus.connection import Connection
from shared.platform.bus.topics_admin import MESSAGE_BYTES, BrokerRefuses, Found, compared, config_of, ensure_topics

SUBMITTED = topics.SUBMITTED


def a_found(partitions=SUBMITTED.partitions, **config):
    names = {name.replace("_", "."): value for name, value in config.items()}
    return Found(partitions, config_of(SUBMITTED) | names)


def test_a_topic_as_declared_fits():
    for topic in topics.ALL:
        standing = compared(topic, Found(topic.partitions, config_of(topic)))
        assert (standing.state, standing.differences) == ("fits", ())


def test_fewer_partitions_and_other_retention_differ():
    standing = compared(SUBMITTED, a_found(partitions=3, retention_ms="1"))
    assert standing.state == "differs"
    assert [kind for kind, _ in standing.differences] == ["fewer", "config"]


def test_more_partitions_are_told_and_are_no_fault():
    standing = compared(SUBMITTED, a_found(partitions=99))
    assert (standing.state, [kind for kind, _ in standing.differences]) == ("fits", ["more"])


def test_room_for_larger_messages_is_no_fault_and_less_room_is():
    assert compared(SUBMITTED, a_found(max_message_bytes=str(MESSAGE_BYTES + 1))).state == "fits"
    assert compared(SUBMITTED, a_found(max_message_bytes=str(MESSAGE_BYTES - 1))).state == "differs"


def test_a_setting_that_the_broker_does_not_tell_is_a_difference():
    assert compared(SUBMITTED, Found(SUBMITTED.partitions, {})).state == "differs"


def test_a_topic_without_end_is_compacted_and_kept():
    config = config_of(topics.CUSTOMERS)
    assert (config["cleanup.policy"], config["retention.ms"]) == ("compact", "-1")
    assert compared(replace(topics.CUSTOMERS, cleanup="delete"), Found(12, config)).state == "differs"


class SomebodyElseWasFaster:
    """A broker that hears of a topic later than its controller, where another job has made it."""

    def __init__(self, unseen: int, unknown_config: int = 0) -> None:
        """`unseen`: looks that do not show it; `unknown_config`: further ones that do not know its settings."""
        self.unseen = unseen
        self.unknown_config = unknown_config

    async def describe_topics(self):
        self.unseen -= 1
        rows = [{"topic": SUBMITTED.name, "error_code": 0, "partitions": [0] * 3}]
        return rows if self.unseen < 0 else []

    async def describe_configs(self, resources):
        self.unknown_config -= 1
        code = 3 if self.unknown_config >= 0 else 0
        row = (code, None, 2, SUBMITTED.name, [] if code else list(config_of(SUBMITTED).items()))
        return [SimpleNamespace(resources=[row])]

    async def create_topics(self, new):
        return SimpleNamespace(topic_errors=[(topic.name, 36, "exists") for topic in new])


async def ensured(monkeypatch, admin):
    @contextlib.asynccontextmanager
    async def theirs(connection):
        yield admin

    monkeypatch.setattr(topics_admin, "_admin", theirs)
    monkeypatch.setattr(topics_admin, "LOOK_SECONDS", 0.001)
    return await ensure_topics(Connection("nowhere:1", "test"), [SUBMITTED], {}, 1, grow=False)


@pytest.mark.parametrize(("unseen", "unknown_config"), [(1, 0), (3, 0), (0, 2), (2, 2)])
async def test_a_topic_that_another_job_has_just_made_is_compared_and_not_called_ours(monkeypatch, unseen, unknown_config):
    (standing,) = await ensured(monkeypatch, SomebodyElseWasFaster(unseen, unknown_config))
    assert (standing.state, [kind for kind, _ in standing.differences]) == ("differs", ["fewer"])


async def test_a_topic_that_stays_unseen_although_it_exists_is_told(monkeypatch):
    with pytest.raises(BrokerRefuses, match=SUBMITTED.name):
        await ensured(monkeypatch, SomebodyElseWasFaster(unseen=999))
