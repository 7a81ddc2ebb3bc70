"""The watch: metrics tell how a service is while nobody asks, and what watches is never what fails."""

import asyncio
import contextlib
import time

import pytest

from shared.platform import metrics
from shared.platform import watch as watching
from shared.platform.watch import Watch


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "BEAT_SECONDS", 0.01)


class Watched:
    """A service that is watched for a moment."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.reasons: list[str] = []
        self.measured = 0
        self.watch = Watch(name, self._none, self._ready, self._measure)

    async def _none(self) -> list[str]:
        return []

    async def _ready(self) -> list[str]:
        return self.reasons

    def _measure(self) -> None:
        self.measured += 1

    async def for_a_moment(self, seconds: float = 0.2) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.watch.run()

    def value(self, name: str) -> float | None:
        return metrics.REGISTRY.get_sample_value(name, {"service": self.name})


async def test_readiness_becomes_a_figure_that_follows_what_readyz_says():
    watched = Watched("watched-ready")
    await watched.for_a_moment()
    assert watched.value("redress_ready") == 1
    watched.reasons = ["the store does not answer"]
    await watched.for_a_moment()
    assert watched.value("redress_ready") == 0


async def test_a_look_that_fails_or_sees_nothing_is_asked_again_and_one_that_saw_waits_its_turn():
    watched, asked = Watched("watched-looks"), {"fails": 0, "sees nothing": 0, "sees": 0}

    async def fails() -> bool:
        asked["fails"] += 1
        raise RuntimeError

    async def sees_nothing() -> bool:
        asked["sees nothing"] += 1
        return False

    async def sees() -> bool:
        asked["sees"] += 1
        return True

    watched.watch.looks = (sees, sees_nothing, fails)
    await watched.for_a_moment()
    assert asked["sees"] == 1
    assert asked["sees nothing"] > 2
    assert asked["fails"] > 2
    assert watched.measured > 2


async def test_a_look_that_takes_too_long_waits_its_turn_as_if_it_had_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.02)
    watched, asked = Watched("watched-slow"), 0

    async def slow() -> bool:
        nonlocal asked
        asked += 1
        await asyncio.sleep(10)
        return True

    watched.watch.looks = (slow,)
    await watched.for_a_moment()
    assert asked == 1
    assert watched.measured > 2


def test_what_counts_troubles_stands_at_zero_before_the_first_one():
    metrics.begin("watched-begins", ["a.topic"])
    where = {"service": "watched-begins", "topic": "a.topic"}
    for name in ("redress_gap_records_total", "redress_commit_failures_total", "redress_records_processed_total"):
        assert metrics.REGISTRY.get_sample_value(name, where) == 0
    for name in ("redress_publish_failures_total", "redress_seen_too_many_total", "redress_conflicts_total"):
        assert metrics.REGISTRY.get_sample_value(name, {"service": "watched-begins"}) == 0


def test_prometheus_can_compare_this_machines_clock_with_its_own():
    metrics.begin("watched-clock", [])
    assert metrics.REGISTRY.get_sample_value("redress_machine_clock_seconds", {"service": "watched-clock"}) == pytest.approx(
        time.time(), abs=2
    )
