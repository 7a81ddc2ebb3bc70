"""A bug must not empty a topic into the dead letters: how many failures stop the consumers, and for how long they count."""

import pytest

from shared.platform.processor import parking
from shared.platform.processor.parking import ParkingLimit

MINUTE = 60_000


class Watch:
    """Machine time that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(parking, "machine_ms", made)
    return made


def noted(*batches: tuple[int, int]) -> ParkingLimit:
    limit = ParkingLimit()
    for records, failed in batches:
        limit.note(records, failed)
    return limit


@pytest.mark.parametrize(
    ("batches", "stopped"),
    [
        ([(500, 0)] * 10, False),
        ([(100, 20)], False),
        ([(1000, 21)], True),
        ([(1000, 7)] * 3, True),
        ([(199, 20)], False),
        ([(200, 10)], False),
        ([(200, 11)], True),
        ([(100, 5), (100, 6)], True),
        ([(1, 1)] * 20, False),
        ([(1, 1)] * 21, True),
    ],
)
def test_more_than_twenty_a_minute_or_five_percent_of_many_stop_the_consumers(
    watch: Watch, batches: list[tuple[int, int]], stopped: bool
) -> None:
    assert noted(*batches).stopped is stopped


def test_failures_count_for_a_minute(watch: Watch) -> None:
    limit = ParkingLimit()
    for _ in range(5):
        limit.note(1000, 20)
        watch.now += MINUTE + 1
    assert not limit.stopped


def test_records_of_the_last_minute_only_make_the_share(watch: Watch) -> None:
    limit = noted((10_000, 0))
    watch.now += MINUTE + 1
    limit.note(200, 11)
    assert limit.stopped


def test_only_a_restart_opens_it_again(watch: Watch) -> None:
    limit = noted((1000, 21))
    watch.now += 60 * MINUTE
    limit.note(1000, 0)
    assert limit.stopped
    assert not ParkingLimit().stopped
