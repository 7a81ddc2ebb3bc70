"""The count of a partition: every offset once, and whatever was neither settled nor skipped was lost."""

from functools import reduce

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from shared.platform.processor.tally import OUTCOMES, Tally, advance, runs_of, tally_id

OFFSETS = st.integers(0, 30)
READINGS = st.lists(st.tuples(OFFSETS, st.sampled_from([*OUTCOMES, "", "refused"]), OFFSETS), min_size=1, max_size=40)


def read(tally: Tally | None, offset: int, outcome: str = "registered", log_start: int = 0) -> Tally:
    return advance(tally, "complaints", 3, "run", offset, outcome, log_start)


def settled(tally: Tally) -> int:
    return sum(getattr(tally, outcome) for outcome in OUTCOMES)


@settings(max_examples=300, deadline=None, derandomize=True)
@drawn(READINGS)
def test_no_offset_is_counted_twice_in_whatever_order_and_however_often_it_is_read(readings: list[tuple[int, str, int]]) -> None:
    tally: Tally | None = None
    for offset, outcome, log_start in readings:
        before = tally
        tally = read(tally, offset, outcome, log_start)
        assert tally.first_offset <= offset or before is not None
        assert tally.first_offset < tally.next_offset
        assert before is None or (tally.next_offset >= before.next_offset and tally.first_offset == before.first_offset)
        assert settled(tally) + tally.skipped + tally.gap <= tally.next_offset - tally.first_offset
        assert min(tally.skipped, tally.gap) >= 0


@settings(max_examples=200, deadline=None, derandomize=True)
@drawn(st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=20), st.data())
def test_reading_again_from_any_earlier_offset_gives_the_same_count(outcomes: list[str], data: st.DataObject) -> None:
    once = reduce(lambda tally, place: read(tally, *place), enumerate(outcomes), None)
    again = once
    back = data.draw(st.integers(0, len(outcomes)))
    for offset in range(back, len(outcomes)):
        again = read(again, offset, data.draw(st.sampled_from(OUTCOMES)))
    assert again == once
    assert settled(once) == once.next_offset - once.first_offset == len(outcomes)


@pytest.mark.parametrize(
    ("offset", "log_start", "skipped", "gap"),
    [
        (10, 0, 0, 0),
        (13, 0, 3, 0),
        (13, 10, 3, 0),
        (13, 11, 2, 1),
        (13, 13, 0, 3),
        (13, 40, 0, 3),
    ],
)
def test_a_jump_is_bookkeeping_of_the_broker_up_to_where_its_log_begins_and_loss_before(
    offset: int, log_start: int, skipped: int, gap: int
) -> None:
    tally = read(read(None, 9), offset, log_start=log_start)
    assert (tally.skipped, tally.gap, tally.next_offset) == (skipped, gap, offset + 1)
    assert settled(tally) + skipped + gap == tally.next_offset - tally.first_offset


def test_the_first_record_says_where_counting_begins_and_nothing_before_it_is_missed() -> None:
    tally = read(None, 41, "parked", log_start=50)
    assert (tally.first_offset, tally.next_offset, tally.gap, tally.skipped, tally.parked) == (41, 42, 0, 0, 1)


def test_what_settles_nothing_moves_the_place_only() -> None:
    tally = read(None, 0, "")
    assert (tally.next_offset, settled(tally)) == (1, 0)


def test_what_a_newer_version_counted_beside_is_carried_on() -> None:
    newer = Tally.model_validate(read(None, 0).model_dump() | {"deferred": 4})
    assert read(newer, 1).model_dump()["deferred"] == 4


def test_an_epoch_a_topic_and_a_partition_have_a_tally_of_their_own() -> None:
    names = {tally_id(epoch, topic, partition) for epoch in ("1", "2") for topic in ("a", "b") for partition in (0, 1)}
    assert len(names) == 8


@settings(max_examples=300, deadline=None, derandomize=True)
@drawn(st.lists(st.tuples(st.integers(0, 2), OFFSETS, st.sampled_from(["registered", "parked", ""])), max_size=40))
def test_a_tally_that_advances_by_runs_is_the_one_that_advances_by_records(readings: list[tuple[int, int, str]]) -> None:
    one_by_one: dict[int, Tally | None] = dict.fromkeys(range(3))
    for partition, offset, outcome in readings:
        one_by_one[partition] = advance(one_by_one[partition], "complaints", partition, "run", offset, outcome, 0)
    by_runs: dict[int, Tally | None] = dict.fromkeys(range(3))
    for run in runs_of(("complaints", *reading) for reading in readings):
        before = by_runs[run.partition]
        by_runs[run.partition] = advance(before, run.topic, run.partition, "run", run.offset, run.outcome, 0, run.count)
    assert by_runs == one_by_one


def test_records_that_follow_each_other_and_ended_alike_are_one_run_whatever_lies_between_them() -> None:
    runs = runs_of([("t", 0, 5, ""), ("t", 1, 0, ""), ("t", 0, 6, ""), ("t", 0, 7, "parked"), ("t", 0, 9, "parked")])
    assert [(run.partition, run.offset, run.count) for run in runs] == [(0, 5, 2), (1, 0, 1), (0, 7, 1), (0, 9, 1)]
