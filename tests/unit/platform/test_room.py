"""The embedded broker drops what exceeds its memory, so nothing is published that does not fit beside what is remembered."""

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from shared.platform.bus.room import AGAIN_BYTES, LIMIT_BYTES, Room

CASES = "cases"
READERS = {CASES: {"followup", "watcher"}, "unheard": set()}


@pytest.fixture
def room() -> Room:
    return Room(READERS)


def test_what_would_exceed_the_limit_stays_outside_until_something_is_forgotten(room: Room) -> None:
    assert room.has(CASES, 0, LIMIT_BYTES)
    room.filled(CASES, 0, 1, LIMIT_BYTES - 100)
    assert room.has(CASES, 0, 100)
    assert not room.has(CASES, 0, 101)
    room.forgotten(CASES, 0, 1)
    assert room.has(CASES, 0, LIMIT_BYTES)


def test_each_partition_has_room_of_its_own(room: Room) -> None:
    room.filled(CASES, 0, 1, LIMIT_BYTES)
    assert not room.has(CASES, 0, 1)
    assert room.has(CASES, 1, LIMIT_BYTES)


def test_a_topic_without_readers_needs_no_room(room: Room) -> None:
    for topic in ("unheard", "unknown"):
        room.filled(topic, 0, 1, 10 * LIMIT_BYTES)
        assert room.has(topic, 0, LIMIT_BYTES)


def test_a_batch_is_forgotten_as_a_whole_or_not_at_all(room: Room) -> None:
    room.filled(CASES, 0, 10, 1_000)
    room.filled(CASES, 0, 20, LIMIT_BYTES - 1_000)
    room.forgotten(CASES, 0, 9)
    assert not room.has(CASES, 0, 1)
    room.forgotten(CASES, 0, 19)
    assert room.has(CASES, 0, 1_000)
    assert not room.has(CASES, 0, 1_001)


def test_the_slowest_reader_says_how_far_all_are(room: Room) -> None:
    assert room.behind(CASES, 0) == 0
    room.passed("followup", CASES, 0, 7)
    assert room.behind(CASES, 0) == 0
    room.passed("watcher", CASES, 0, 5)
    assert room.behind(CASES, 0) == 5
    room.passed("followup", CASES, 0, 3)
    assert room.behind(CASES, 0) == 5, "a redelivery takes nothing back"


def test_nobody_waits_for_a_topic_that_nobody_reads(room: Room) -> None:
    assert room.behind("unheard", 0) > 10**15


def test_a_start_may_announce_again_what_fitted_before_and_all_of_it_fits_the_broker() -> None:
    assert LIMIT_BYTES < AGAIN_BYTES < 5 * 1024 * 1024


def test_every_partition_that_is_known_is_named(room: Room) -> None:
    room.filled(CASES, 0, 1, 10)
    room.passed("followup", CASES, 2, 1)
    assert sorted(room.places()) == [(CASES, 0), (CASES, 2)]


@settings(max_examples=200, deadline=None, derandomize=True)
@drawn(st.lists(st.tuples(st.booleans(), st.integers(1, LIMIT_BYTES), st.integers(1, 50)), max_size=60))
def test_what_is_let_in_and_not_forgotten_never_exceeds_the_limit(steps: list[tuple[bool, int, int]]) -> None:
    room, inside, end = Room(READERS), [], 0
    for publishes, size, number in steps:
        if publishes and room.has(CASES, 0, size):
            end += number
            room.filled(CASES, 0, end, size)
            inside.append((end, size))
        elif not publishes:
            room.forgotten(CASES, 0, min(number, end))
            inside = [(offset, kept) for offset, kept in inside if offset > number]
        assert sum(kept for _, kept in inside) <= LIMIT_BYTES
        assert room.has(CASES, 0, LIMIT_BYTES - sum(kept for _, kept in inside))
