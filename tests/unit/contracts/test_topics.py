"""The list of topics: what the init job makes, the documents show and the consumer groups are named after."""

from itertools import product

import pytest

from deploy.local import SERVICES_AS_DATA, readers
from shared.contracts import topics
from shared.contracts.events import SAID, Submission
from shared.contracts.topics import ALL, SERVICES, dead_letters_of

CARRIED = {event.topic for event in SAID} | {Submission.topic}
NAMES = [topic.name for topic in ALL]


def test_every_topic_is_listed_once() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_one_that_kafka_takes_and_carries_its_major_version(name: str) -> None:
    assert name == name.lower()
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.")
    assert name.endswith((".v1", ".dlq"))


def test_names_stay_apart_where_metrics_and_documents_write_dots_as_underscores() -> None:
    assert len({name.replace(".", "_") for name in NAMES}) == len(NAMES)


def test_groups_are_named_after_service_and_topic_and_never_meet() -> None:
    groups = [f"{service}.{name}" for service, name in product(SERVICES, NAMES)]
    assert len(set(groups)) == len(groups)


def test_every_event_travels_on_a_listed_topic() -> None:
    assert set(ALL) >= CARRIED


def test_every_topic_but_the_dead_letters_carries_an_event() -> None:
    assert set(ALL) - CARRIED == {dead_letters_of(service) for service in SERVICES}


def test_only_what_upstream_sends_and_the_dead_letters_may_hold_raw_words() -> None:
    assert {t for t in ALL if t.confidential} == {topics.SUBMITTED, *map(dead_letters_of, SERVICES)}


def test_raw_words_are_kept_a_few_days_only() -> None:
    assert topics.SUBMITTED.retention_ms <= 7 * topics.DAY_MS


def test_erasures_are_kept_for_ever_so_that_a_restored_backup_hears_them() -> None:
    assert (topics.CUSTOMERS.cleanup, topics.CUSTOMERS.retention_ms) == ("compact", -1)


def test_nobody_listens_to_dead_letters_and_every_other_topic_has_a_reader_or_is_for_others() -> None:
    heard = set(readers())
    assert not {name for name in heard if name.endswith(".dlq")}
    assert heard <= set(NAMES)


def test_a_service_says_only_events_of_its_own_and_no_event_has_two_speakers() -> None:
    said = [event for service in SERVICES_AS_DATA for event in service.says]
    assert sorted(e.__name__ for e in said) == sorted(e.__name__ for e in SAID)


def test_a_record_of_ours_has_room_for_the_largest_input_and_its_envelope() -> None:
    assert topics.INPUT_BYTES == 1_000_000
    assert topics.RECORD_BYTES == 1_500_000
