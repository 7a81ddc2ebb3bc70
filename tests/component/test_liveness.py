"""Who watches a service is told the truth: each loop is broken in turn, and /healthz or /readyz says so."""

import asyncio
import contextlib
import dataclasses
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from deploy.local import clock_of, connection_of, own_key, secrets_for
from services.intake import app as intake_app
from services.intake.handlers import intake as intake_service
from shared.contracts import topics
from shared.contracts.events import Submission
from shared.platform import clock
from shared.platform.application import Built, Surroundings, alone
from shared.platform.bus.asker import Asker
from shared.platform.bus.embedded import EmbeddedBroker
from shared.platform.http.keys import ApiKeys
from shared.platform.http.serve import bind, serving, url_of
from shared.platform.processor import doors
from shared.platform.runtime import Runtime
from shared.platform.service import Hearing
from shared.platform.settings import load_settings
from tests.flow.people import foreign_producer
from tests.servers.secantus import Secantus

TOPICS = tuple(topic for topic in topics.ALL if topic.name.startswith(("complaints", "customers", "intake")))
SUBMITTED = topics.SUBMITTED.name


class Watched:
    """Intake alone on a broker of its own, and those who watch it."""

    def __init__(self, built: Built, broker: EmbeddedBroker, client: httpx2.AsyncClient, url: str) -> None:
        self.built = built
        self.broker = broker
        self.client = client
        self.url = url

    @property
    def runtime(self) -> Runtime:
        return self.built.runtime

    async def reasons(self, door: str) -> list[str]:
        """Why `/healthz` or `/readyz` says no; nothing where it says yes."""
        answer = await self.client.get(self.url + door)
        assert answer.status_code == (503 if "reasons" in answer.json() else 200)
        return list(answer.json().get("reasons", ()))

    async def says(self, door: str, *reasons: str, seconds: float = 15) -> None:
        """Wait until a door gives these reasons (how each begins) and no others."""
        until = time.monotonic() + seconds
        while True:
            found = await self.reasons(door)
            if len(found) == len(reasons) and all(f.startswith(r) for f, r in zip(found, reasons, strict=True)):
                return
            assert time.monotonic() < until, f"{door} says {found} instead of {reasons}"
            await asyncio.sleep(0.05)

    async def complain(self, number: int) -> httpx2.Response:
        return await self.client.post(f"{self.url}/v1/complaints", json=a_complaint(number))

    async def publish(self, *numbers: int) -> None:
        """Complaints over the topic, by somebody else's client."""

        def send() -> None:
            producer = foreign_producer(self.broker.servers)
            for number in numbers:
                producer.produce(SUBMITTED, json.dumps(a_complaint(number)).encode())
            assert producer.flush(10) == 0

        await asyncio.to_thread(send)

    def task(self, name: str) -> "asyncio.Task[None]":
        return next(task for task in self.runtime._tasks if task.get_name() == name)


def a_complaint(number: int) -> dict[str, Any]:
    return {"channel": "web", "source": "shop", "source_id": f"shop-{number}", "text": "The kettle leaks. Refund me."}


@contextlib.asynccontextmanager
async def watched(
    home: Path, store: str | None = None, wait: bool = True, request_timeout_ms: int = 2_000
) -> AsyncIterator[Watched]:
    """Intake as `redress run` runs it, on the embedded broker; `store`: of another kind than SQLite in home."""
    settings = load_settings(None, home=home, intake_port=0, store=store)
    broker = EmbeddedBroker(TOPICS, partitions=1)
    connection = connection_of(settings, broker.servers, embedded=store is None)
    if store:  # the same broker, without the house's memory for it
        connection = dataclasses.replace(connection, fetch_max_wait_ms=10, batch_timeout_ms=20)
    connection = dataclasses.replace(connection, request_timeout_ms=request_timeout_ms)
    key, door = own_key(settings), bind("127.0.0.1", 0)
    around = Surroundings(
        settings=settings,
        connection=connection,
        clock=clock_of(settings),
        keys=ApiKeys(settings.api_keys_path),
        secrets=secrets_for(settings, "intake"),
        urls={"intake": url_of(door)},
        epoch="run",
    )
    built = intake_app.build(around)
    headers = {"Authorization": f"Bearer {key}"}
    try:
        async with serving(built.app, door=door) as url, alone(built), httpx2.AsyncClient(headers=headers, timeout=20) as client:
            made = Watched(built, broker, client, url)
            if wait:
                await made.says("/readyz")
                await made.says("/healthz")
            yield made
    finally:
        broker.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched(tmp_path) as made:
        yield made


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the machine's clock jump by so many seconds."""

    def jump(seconds: int) -> None:
        ahead = SimpleNamespace(time_ns=lambda: time.time_ns() + seconds * 1_000_000_000)
        monkeypatch.setattr(clock, "time", ahead)

    return jump


class Trap:
    """Something that does not return until the test is over, and knows when somebody is caught in it."""

    def __init__(self) -> None:
        self.caught = asyncio.Event()
        self.over = asyncio.Event()

    async def __call__(self, *_: Any, **__: Any) -> Any:
        self.caught.set()
        await self.over.wait()


@pytest.fixture
async def trap(house: Watched) -> AsyncIterator[Trap]:
    made = Trap()
    yield made
    made.over.set()  # or stopping the house would take its patience


# -- alive


@pytest.mark.parametrize("loop", ["announcer", "doors", "sweeper", "timers", "effects", "erasures", "watch"])
async def test_a_loop_that_ended_is_told(house: Watched, loop: str) -> None:
    house.task(loop).cancel()
    await house.says("/healthz", f"{loop}: the loop ended")


async def no_bait(house: Watched) -> None:
    """Loops of their own accord need none."""


async def a_command(house: Watched) -> None:
    assert (await house.complain(1)).status_code in (202, 503)


HANGS: dict[str, tuple[Callable[[Runtime], Any], str, Any]] = {
    "announcer": (lambda runtime: runtime.announcer, "hand_over", a_command),
    "doors": (lambda runtime: runtime.doors, "_settle", a_command),
    "sweeper": (lambda runtime: runtime.sweeper, "sweep", no_bait),
    "timers": (lambda runtime: runtime.timers, "fire_due", no_bait),
    "effects": (lambda runtime: runtime.effects, "work", no_bait),
}


@pytest.mark.parametrize("loop", HANGS)
async def test_a_loop_that_hangs_is_told_and_the_others_are_not(
    house: Watched, trap: Trap, loop: str, monkeypatch: pytest.MonkeyPatch, later: Callable[[int], None]
) -> None:
    owner, method, bait = HANGS[loop]
    monkeypatch.setattr(owner(house.runtime), method, trap)
    monkeypatch.setattr(doors, "PATIENCE_SECONDS", 0.5)
    await bait(house)
    await asyncio.wait_for(trap.caught.wait(), 5)
    await house.says("/healthz")
    later(200)
    await house.says("/healthz", f"{loop}: no progress for 20")


async def test_a_hanging_erasure_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, later: Callable[[int], None]) -> None:
    trap = Trap()
    monkeypatch.setattr("shared.platform.erasure.reapply_erasures", trap)
    async with watched(tmp_path) as house:
        await asyncio.wait_for(trap.caught.wait(), 5)
        later(200)
        await house.says("/healthz", "erasures: no progress for 20")


async def test_a_consumer_whose_task_ended_is_told(house: Watched) -> None:
    (subscription,) = house.runtime.listening.subscriptions
    for task in subscription.subscriber.tasks:
        task.cancel()
    await house.says("/healthz", f"{SUBMITTED}: the consumer does not run")


async def test_a_batch_that_hangs_is_told(house: Watched, trap: Trap, later: Callable[[int], None]) -> None:
    (subscription,) = house.runtime.listening.subscriptions
    subscription.settle = trap
    await house.publish(1)
    await asyncio.wait_for(trap.caught.wait(), 10)
    later(100)
    await house.says("/healthz")
    later(200)
    await house.says("/healthz", f"{SUBMITTED}: a batch hangs")


async def test_a_poll_that_hangs_is_told(
    house: Watched, trap: Trap, monkeypatch: pytest.MonkeyPatch, later: Callable[[int], None]
) -> None:
    (subscription,) = house.runtime.listening.subscriptions
    assert subscription.consumer
    monkeypatch.setattr(subscription.consumer._fetcher, "fetched_records", trap)
    await asyncio.wait_for(trap.caught.wait(), 5)
    later(200)
    await house.says("/healthz", f"{SUBMITTED}: no poll for 20")


async def test_a_consumer_that_is_not_let_into_its_group_is_told_but_not_while_kafka_is_away(
    house: Watched, monkeypatch: pytest.MonkeyPatch, later: Callable[[int], None]
) -> None:
    (subscription,) = house.runtime.listening.subscriptions
    assert subscription.consumer
    coordinator = subscription.consumer._coordinator

    async def not_now(*_: Any) -> bool:
        await asyncio.sleep(0.05)
        return False

    monkeypatch.setattr(coordinator, "_do_rejoin_group", not_now)
    monkeypatch.setattr(coordinator, "need_rejoin", lambda _: True)  # a join on its way would swallow the request
    coordinator.request_rejoin()
    while not subscription.consumer._subscription.reassignment_in_progress:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)  # a poll that began before has ended, and the next one waits for the group inside of aiokafka
    await house.says("/healthz")
    later(200)
    await house.says("/healthz", f"{SUBMITTED}: outside of its group for 20")
    house.broker.down()
    await house.says("/healthz")


async def test_a_producer_whose_sender_died_is_told_until_it_is_built_anew(house: Watched) -> None:
    assert (await house.complain(1)).status_code == 202
    while house.runtime.producer._client is None or house.runtime.announcer.at_work:
        await asyncio.sleep(0.02)
    house.runtime.producer._client._sender.sender_task.cancel()
    await house.says("/healthz", "the producer's sender died")
    await house.runtime.producer.stop()
    await house.says("/healthz")


async def test_long_work_is_no_death(house: Watched, later: Callable[[int], None]) -> None:
    later(200)
    await asyncio.sleep(1.2)
    assert await house.reasons("/healthz") == []


# -- ready


async def test_too_many_failing_records_stop_the_consumers_until_a_restart(
    house: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> Any:
        raise ArithmeticError("a bug")

    (hearing,) = intake_service.hearings[Submission]
    broken = Hearing(hearing.message, hearing.keeps, hearing.about, fails)
    with monkeypatch.context() as bug:
        bug.setitem(intake_service.hearings, Submission, [broken])
        await house.publish(*range(20))
        await until_parked(house, 20)
        assert await house.reasons("/readyz") == []
        await house.publish(20)
        await house.says("/readyz", "consumers stopped: too many records failed")
    await house.publish(21)  # the bug is mended, and yet nothing is consumed before a restart
    await asyncio.sleep(1.5)
    arrivals = (await house.client.get(f"{house.url}/internal/v1/arrivals")).json()
    assert (arrivals["parked"], arrivals["registered"], arrivals["in_flight"]) == (21, 0, 1)
    assert await house.reasons("/healthz") == []
    assert (await house.complain(22)).status_code == 202


async def until_parked(house: Watched, count: int) -> None:
    async with asyncio.timeout(15):
        while (await house.client.get(f"{house.url}/internal/v1/arrivals")).json()["parked"] < count:
            await asyncio.sleep(0.05)


async def test_while_kafka_is_away_the_replica_is_not_ready_and_its_door_takes_complaints(house: Watched) -> None:
    house.broker.down()
    await house.says("/readyz", "Kafka does not answer")
    began = time.monotonic()
    assert (await house.complain(1)).status_code == 202
    assert time.monotonic() - began < 2
    assert await house.reasons("/healthz") == []
    house.broker.up()
    await house.says("/readyz", seconds=30)
    async with asyncio.timeout(30):
        while (await house.client.get(f"{house.url}/internal/v1/counts")).json()["outboxes"]:
            await asyncio.sleep(0.1)


async def test_a_closed_store_is_told_and_the_door_asks_to_come_again(house: Watched) -> None:
    await house.runtime.store.close()
    await house.says("/readyz", "the store does not answer")
    refused = await house.complain(1)
    assert (refused.status_code, refused.json()["reason"]) == (503, "try_again")
    assert int(refused.headers["retry-after"]) > 0
    assert await house.reasons("/healthz") == []


async def test_a_server_that_is_gone_is_told_and_found_again_by_itself(tmp_path: Path) -> None:
    with Secantus() as server:
        async with watched(tmp_path, store=server.uri) as house:
            assert (await house.complain(1)).status_code == 202
            server.kill()
            await house.says("/readyz", "the store does not answer")
            refused = await house.complain(2)
            assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (503, True)
            server.start()
            await house.says("/readyz", seconds=30)
            assert (await house.complain(2)).json()["double"] is False
            assert (await house.complain(1)).json()["double"] is True


async def test_a_service_that_waits_for_its_store_answers_and_says_so(tmp_path: Path) -> None:
    with Secantus() as server:
        server.kill()
        async with watched(tmp_path, store=server.uri, wait=False) as house:
            await house.says("/readyz", "the store does not answer", "not consuming")
            server.start()
            await house.says("/readyz", seconds=30)
            assert (await house.complain(1)).status_code == 202


async def test_a_missing_topic_is_waited_for_while_the_door_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(*_: Any) -> dict[int, tuple[int, int]]:
        return {}

    with monkeypatch.context() as missing:
        missing.setattr(Asker, "ends", none)
        async with watched(tmp_path, wait=False) as house:
            assert (await house.complain(1)).status_code == 202
            await asyncio.sleep(1)
            assert await house.reasons("/readyz") != []
            assert await house.reasons("/healthz") == []
            missing.undo()
            await house.says("/readyz")
