"""Row 12: what a rule may throw to end more than itself: the record alone pays, or the batch comes again and it is said."""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.intake.handlers import intake as intake_service
from shared.contracts.events import ComplaintRegistered, Submission
from shared.platform.document import Sought
from shared.platform.parked import Parked
from shared.platform.service import Hearing
from tests.component.test_liveness import SUBMITTED, Watched, watched
from tests.component.test_processor import bench_of
from tests.toys import a_toy

POISON = 2
"""The number of the complaint that its rule cannot bear."""


def endless() -> None:
    """A recursion as a bug makes it."""
    endless()


def raising(error: BaseException) -> Callable[[], None]:
    """Something that raises it."""

    def throw() -> None:
        raise error

    return throw


THROWS: dict[str, Callable[[], None]] = {
    "CancelledError": raising(asyncio.CancelledError()),
    "MemoryError": raising(MemoryError()),
    "RecursionError": endless,
    "SystemExit": lambda: sys.exit(3),
}


def broken(hearing: Hearing, throw: Callable[[], None]) -> Hearing:
    """The rule, except for one complaint."""

    def decide(message: Any, kept: Any, given: Any) -> Any:
        if getattr(message, "source_id", "") == f"shop-{POISON}" or getattr(message, "masked_text", "") == "poison":
            throw()
        return hearing.decide(message, kept, given)

    return Hearing(hearing.message, hearing.keeps, hearing.about, decide)


async def settled(house: Watched, count: int, seconds: float = 30) -> dict[str, int]:
    """The count, once so many arrivals have their outcome."""
    async with asyncio.timeout(seconds):
        while True:
            found: dict[str, int] = (await house.client.get(f"{house.url}/internal/v1/arrivals")).json()
            if found["submitted"] - found["in_flight"] >= count:
                return found
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("name", THROWS)
async def test_row_12_what_a_rule_throws_parks_its_record_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (hearing,) = intake_service.hearings[Submission]
    async with watched(tmp_path) as house:
        with monkeypatch.context() as bug:
            bug.setitem(intake_service.hearings, Submission, [broken(hearing, THROWS[name])])
            began = time.monotonic()
            await house.publish(1, POISON, 3)
            await house.publish(4)
            found = await settled(house, 4)
            took = time.monotonic() - began
            assert (found["registered"], found["parked"], found["unaccounted"]) == (3, 1, 0)
            assert (await house.complain(5)).status_code == 202, "the door goes on"
            refused = await house.complain(POISON)
            assert refused.status_code == 500 and name not in refused.text, "whoever asks gets an answer, and no insides"
            await house.says("/healthz")
            await house.says("/readyz")
        (document,) = await house.runtime.store.find(Parked, Sought())
        assert name in document.state.model_dump_json()
        replayed = await house.client.post(f"{house.url}/internal/v1/parked/replay", params={"arrival": document.id})
        assert replayed.json()["outcome"] == "registered", "once the rule is mended nothing is lost"
    print(f"\nrow 12: {name} in a rule: 1 record parked, its 3 neighbours registered within {took:.1f} s, replayed")


@pytest.mark.parametrize("error", [asyncio.CancelledError(), MemoryError(), RecursionError()], ids=lambda e: type(e).__name__)
async def test_row_12_what_strikes_outside_of_rules_is_said_within_30_seconds_and_heals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    strikes = 0
    async with watched(tmp_path) as house:
        save = house.runtime.store.save

        async def struck(*given: Any) -> Any:
            nonlocal strikes
            strikes += 1
            raise error

        monkeypatch.setattr(house.runtime.store, "save", struck)
        await house.publish(1, 2, 3)
        began = time.monotonic()
        await house.says("/readyz", f"{SUBMITTED}: a batch fails with {type(error).__name__}")
        said = time.monotonic() - began
        await asyncio.sleep(1.5)
        assert strikes < 15, "it must not spin"
        monkeypatch.setattr(house.runtime.store, "save", save)
        found = await settled(house, 3)
        assert (found["registered"], found["parked"], found["unaccounted"]) == (3, 0, 0)
        await house.says("/readyz")
        await house.says("/healthz")
    assert said < 30
    print(f"\nrow 12: {type(error).__name__} outside of rules: said after {said:.1f} s, {strikes} tries, 3 of 3 registered")


def test_row_12_an_interrupt_in_a_rule_ends_the_process_and_the_next_one_finds_its_record(tmp_path: Path) -> None:
    toy = a_toy()
    (hearing,) = toy.hearings[ComplaintRegistered]

    async def life() -> list[int]:
        async with bench_of(tmp_path, toy) as bench:
            await bench.handler.settle([bench.heard("e1"), bench.heard("e2", complaint_id="cmp_2", masked_text="poison")])
            return [(await bench.count(name)).heard for name in ("cmp_1", "cmp_2")]

    toy.hearings[ComplaintRegistered] = [broken(hearing, raising(KeyboardInterrupt()))]
    with pytest.raises(KeyboardInterrupt):  # a person's Ctrl-C may strike anywhere: it is no record's fault
        asyncio.run(life())
    toy.hearings[ComplaintRegistered] = [hearing]
    assert asyncio.run(life()) == [1, 1]
    print("\nrow 12: KeyboardInterrupt in a rule ended the process; the next one settled 2 of 2 records, once each")
