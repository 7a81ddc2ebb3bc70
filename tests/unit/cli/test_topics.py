"""A topic that exists is compared with what is declared; nothing is ever shrunk."""

from dataclasses import replace

from shared.contracts import topics
from shared.platform.bus.topics_admin import MESSAGE_BYTES, Found, compared, config_of

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
