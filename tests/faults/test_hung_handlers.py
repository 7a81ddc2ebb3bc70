"""Row 11: a handler that never returns: whoever watches is told, other topics go on, and a restart brings the record."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from services.intake.handlers import intake as intake_service
from shared.contracts import topics
from shared.contracts.events import Submission
from shared.platform import clock
from shared.platform.bus.consumer import HANGS_MS, Subscription
from shared.platform.processor.decode import Record
from shared.platform.service import Hearing
from tests.component.test_liveness import watched
from tests.flow.people import World, running, until
from tests.flow.stories import a_complaint

TARGET_SECONDS = 150
TRIAGED = topics.TRIAGED.name
OTHERS = ("intake", "triage", "followup")
PROBE_SECONDS = 2.0
"""Compose and Kubernetes wait a little longer for an answer of `/healthz`."""


class Hang:
    """A handler that takes a batch and never returns."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.caught = asyncio.Event()
        subscription.settle = self.settle

    async def settle(self, _: Sequence[Record]) -> None:
        self.caught.set()
        await asyncio.Event().wait()

    def kill(self) -> None:
        """As the end of its process would, or stopping the house would take its patience."""
        for task in self.subscription.subscriber.tasks:
            task.cancel()


def subscription_of(world: World, service: str, topic: str) -> Subscription:
    """One loop of the running house."""
    (found,) = [one for one in world.house.services[service].runtime.listening.subscriptions if one.topic.name == topic]
    return found


async def reasons(world: World, service: str) -> list[str]:
    """Why a service wants to be restarted."""
    answer = await world.ask("GET", service, "/healthz", key="")
    return list(answer.json().get("reasons", ()))


async def complained(world: World, count: int) -> list[str]:
    """So many complaints, acknowledged."""
    return [(await world.complain(a_complaint()))["complaint_id"] for _ in range(count)]


async def test_row_11_a_hung_handler_is_told_the_other_topics_go_on_and_a_restart_brings_its_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.monotonic()
    async with running(tmp_path) as world:
        hang = Hang(subscription_of(world, "escalation", TRIAGED))
        before = await complained(world, 3)
        await asyncio.wait_for(hang.caught.wait(), 10)
        behind = await complained(world, 5)
        for complaint in (*before, *behind):  # opened by one topic, acknowledged by another, while the third hangs
            await until(lambda name=complaint: acknowledged(world, name), "a topic beside the one that hangs stood still")
            assert (await world.kept("escalation", complaint))["triaged_at"] is None
        told = await told_after(world, monkeypatch)
        hang.kill()
    monkeypatch.undo()
    async with running(tmp_path) as world:
        await world.quiet()
        for complaint in (*before, *behind):
            assert (await world.kept("escalation", complaint))["triaged_at"], "what hung is done after the restart"
        assert len(world.letters(kind="acknowledgement")) == len((*before, *behind)), "and nothing twice"
        assert await reasons(world, "escalation") == []
    assert told <= TARGET_SECONDS
    print(f"\nrow 11: told after {told} s by the machine's clock, 8 of 8 after a restart, {time.monotonic() - began:.0f} s")


async def acknowledged(world: World, complaint: str) -> bool:
    """Whether a case is there and its customer has our word."""
    return (await world.kept("escalation", complaint)).get("acknowledged_at") is not None


async def told_after(world: World, monkeypatch: pytest.MonkeyPatch) -> int:
    """Seconds of the machine's clock after which escalation, and nobody else, wants to be restarted."""
    real = time.time_ns
    for seconds in (100, HANGS_MS // 1000 - 10, HANGS_MS // 1000):
        monkeypatch.setattr(clock, "time", SimpleNamespace(time_ns=lambda ahead=seconds: real() + ahead * 1_000_000_000))
        await asyncio.sleep(1.2)  # every loop that moves has moved by now
        found = await reasons(world, "escalation")
        assert all([not await reasons(world, service) for service in OTHERS])
        if found:
            assert found == [f"{TRIAGED}: a batch hangs"]
            return seconds
    raise AssertionError("nobody was told")


@pytest.fixture
def pinned() -> Iterator[threading.Event]:
    """Holds a rule for as long as the test wants."""
    event = threading.Event()
    yield event
    event.set()


def test_row_11_a_rule_that_spins_leaves_the_probe_without_an_answer_and_its_record_unlost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pinned: threading.Event
) -> None:
    """A rule is no coroutine: while it spins nothing of its process moves, so the probe itself must fail."""
    caught, probed, url = threading.Event(), threading.Event(), []
    (hearing,) = intake_service.hearings[Submission]

    def spins(*given: Any) -> Any:
        caught.set()
        pinned.wait(60)
        return hearing.decide(*given)

    async def life() -> dict[str, int]:
        async with watched(tmp_path) as house:
            url.append(house.url)
            await house.publish(1, 2)
            await asyncio.to_thread(probed.wait, 30)
            while (found := (await house.client.get(f"{house.url}/internal/v1/arrivals")).json())["registered"] < 2:
                await asyncio.sleep(0.05)
            await house.says("/healthz")
            return dict(found)

    monkeypatch.setitem(intake_service.hearings, Submission, [Hearing(hearing.message, hearing.keeps, hearing.about, spins)])
    found: list[dict[str, int]] = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(asyncio.wait_for(life(), 40))))
    thread.start()
    assert caught.wait(20)
    with pytest.raises(httpx2.TimeoutException):
        httpx2.get(f"{url[0]}/healthz", timeout=PROBE_SECONDS, trust_env=False)
    pinned.set()
    probed.set()
    thread.join(45)
    assert [(one["registered"], one["unaccounted"]) for one in found] == [(2, 0)]
    print(f"\nrow 11: a rule that spins: the probe got no answer within {PROBE_SECONDS:.0f} s; 2 of 2 records once it ended")
