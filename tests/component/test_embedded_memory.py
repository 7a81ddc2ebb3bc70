"""The embedded broker forgets with its process: what the house remembers for it, for how long, and in which order."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import confluent_kafka
import pytest
from pydantic_core import from_json

import deploy.local
from shared.contracts import topics
from shared.contracts.topics import SERVICES
from shared.platform.bus import room as rooms
from shared.platform.embedded_memory import prune_once
from shared.platform.stores.sqlite import SqliteStore
from tests.flow.people import World, running, until

DOWNSTREAM = ("triage", "escalation", "followup")


def a_complaint(number: int, **said: Any) -> dict[str, Any]:
    return {
        "channel": "web",
        "source": "shop",
        "source_id": f"shop-{number}",
        "text": f"Чайник протекает, верните деньги. {number}",
        "customer": {"email": f"anna{number}@example.org"},
    } | said


async def remembered(world: World, service: str) -> list[dict[str, Any]]:
    """The announced entries of a service, in order."""
    store = world.house.services[service].runtime.store
    assert isinstance(store, SqliteStore)
    return [from_json(record) for _, record in await store.announced()]


async def pruned(world: World, service: str) -> int:
    """How many entries remain after a look of the pruner."""
    runtime = world.house.services[service].runtime
    assert isinstance(runtime.store, SqliteStore)
    assert runtime.room
    return await prune_once(runtime.store, runtime.room, topics.ALL)


async def said_all(world: World, service: str) -> None:
    """Wait until a service's outboxes are empty."""

    async def out() -> bool:
        return (await world.get(service, "/internal/v1/counts"))["outboxes"] == 0

    await until(out, f"{service} still has something to say")


async def forgotten(world: World) -> None:
    """Wait until nothing is remembered any more, as it must be in a quiet house."""

    async def nothing() -> bool:
        return not [row for service in SERVICES for row in await remembered(world, service)]

    await world.quiet()
    await until(nothing, "entries that everybody has passed are still remembered")


async def all_have_cases(world: World, complaints: Sequence[str]) -> None:
    """Every complaint has a case that triage has judged, and one letter."""
    await world.quiet()
    for complaint_id in complaints:
        assert "untriaged" not in (await world.case(complaint_id))["attention"]
        assert len(world.letters(complaint_id, "acknowledgement")) == 1


async def test_what_was_announced_and_not_heard_is_announced_again_and_then_forgotten(tmp_path: Path) -> None:
    async with running(tmp_path, deaf=DOWNSTREAM) as world:
        taken = [(await world.complain(a_complaint(n)))["complaint_id"] for n in range(20)]
        await said_all(world, "intake")
        kept = await remembered(world, "intake")
        assert [entry["key"] for entry in kept if entry["topic"] == topics.REGISTERED.name] == taken
        assert world.house.announced_again == 0
    async with running(tmp_path) as world:
        assert world.house.announced_again == len(kept)
        await all_have_cases(world, taken)
        await forgotten(world)
    async with running(tmp_path) as world:
        assert world.house.announced_again == 0


async def test_an_entry_is_remembered_until_the_last_subscriber_has_passed_it(tmp_path: Path) -> None:
    async with running(tmp_path, deaf=("triage",)) as world:
        taken = await world.complain(a_complaint(1))
        await world.quiet(("escalation", "followup"))
        assert await world.case(taken["complaint_id"])
        assert await pruned(world, "intake") == 2
        await asyncio.sleep(0.7)  # the house's own pruner has looked too
        kept = await remembered(world, "intake")
        assert {entry["topic"] for entry in kept} == {topics.REGISTERED.name, topics.CUSTOMERS.name}
    async with running(tmp_path) as world:
        await all_have_cases(world, [taken["complaint_id"]])
        await forgotten(world)


async def test_what_nobody_in_the_house_hears_is_not_remembered(tmp_path: Path) -> None:
    async with running(tmp_path, deaf=DOWNSTREAM) as world:
        await world.publish(b"{broken")
        await world.settled()
        await said_all(world, "intake")
        await pruned(world, "intake")
        assert await remembered(world, "intake") == []


async def test_what_still_lay_in_outboxes_is_announced_at_the_next_start(tmp_path: Path) -> None:
    async with running(tmp_path) as world:
        world.broker.down()
        taken = [(await world.complain(a_complaint(n)))["complaint_id"] for n in range(5)]
        assert await remembered(world, "intake") == []
    async with running(tmp_path) as world:
        assert world.house.announced_again == 0
        await all_have_cases(world, taken)


async def test_the_order_of_each_case_survives_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path, deaf=("followup",)) as world:
        taken = [(await world.complain(a_complaint(n)))["complaint_id"] for n in range(6)]
        await world.quiet(("triage", "escalation"))
        for step, body in (("take", {}), ("escalate", {"reason": "beyond me"}), ("resolve", ANSWER), ("reopen", AGAIN)):
            for complaint_id in taken:
                done = await world.post("escalation", f"/v1/cases/{complaint_id}/{step}", body)
                assert done.status_code == 200, done.text
        await said_all(world, "escalation")
        before = by_key(await remembered(world, "escalation"), topics.CASES)
        assert all(len(ids) >= 5 for ids in before.values())
    async with running(tmp_path) as world:
        assert {key: ids[: len(before[key])] for key, ids in read(world, topics.CASES).items()} == before
        await forgotten(world)
        for complaint_id in taken:
            kinds = {letter.kind for letter in world.letters(complaint_id)}
            assert {"acknowledgement", "escalation", "resolution"} <= kinds


ANSWER = {"remedy": "refund", "answer": "Мы вернули деньги."}
AGAIN = {"reason": "The money did not arrive."}


def by_key(entries: list[dict[str, Any]], topic: topics.Topic) -> dict[str, list[str]]:
    """Ids of the events of a topic by their key, in order."""
    found = defaultdict(list)
    for entry in entries:
        if entry["topic"] == topic.name:
            found[entry["key"]].append(entry["id"])
    return found


def read(world: World, topic: topics.Topic) -> dict[str, list[str]]:
    """The same as a foreign consumer reads it from the broker, from the beginning."""
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": world.broker.servers, "group.id": "foreign", "enable.auto.commit": False, "log_level": 0}
    )
    places = [confluent_kafka.TopicPartition(topic.name, partition, 0) for partition in range(4)]
    ends = {place.partition: consumer.get_watermark_offsets(place, 10)[1] for place in places}
    consumer.assign(places)
    found = defaultdict(list)
    left = sum(ends.values())
    while left:
        message = consumer.poll(10)
        assert message is not None, f"{left} records are missing"
        assert message.error() is None
        headers = dict(message.headers() or ())
        found[(message.key() or b"").decode()].append(headers["ce_id"].decode())
        left -= 1
    consumer.close()
    return found


@pytest.fixture
def small_broker(monkeypatch: pytest.MonkeyPatch) -> int:
    """Room for a little more than one batch a partition."""
    for place in (rooms, deploy.local):
        monkeypatch.setattr(place, "LIMIT_BYTES", 600_000)
        monkeypatch.setattr(place, "AGAIN_BYTES", 900_000)
    return 600_000


LONG = "Очень длинная жалоба на чайник. " * 1_000
"""About 58 kB in UTF-8."""


@pytest.mark.slow
async def test_a_backlog_larger_than_the_brokers_room_survives_a_restart(tmp_path: Path, small_broker: int) -> None:
    async with running(tmp_path, deaf=DOWNSTREAM) as world:
        taken = [(await world.complain(a_complaint(n, text=f"{LONG} {n}")))["complaint_id"] for n in range(60)]
        await full(world)
        kept = await remembered(world, "intake")
        assert 0 < sum(entry["topic"] == topics.REGISTERED.name for entry in kept) < 60
    async with running(tmp_path) as world:
        assert world.house.announced_again == len(kept)
        await all_have_cases(world, taken)
        await forgotten(world)


@pytest.mark.slow
async def test_more_than_fits_the_broker_is_never_remembered_even_when_pruning_lags(
    tmp_path: Path, small_broker: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as lagging:
        lagging.setattr(deploy.local, "prune", lambda *_: asyncio.sleep(3600))
        async with running(tmp_path) as world:
            taken = [(await world.complain(a_complaint(n, text=f"{LONG} {n}")))["complaint_id"] for n in range(60)]
            await full(world)
            for service in SERVICES:
                sizes: dict[Any, int] = defaultdict(int)
                for entry in await remembered(world, service):
                    sizes[entry["topic"], entry["key"]] += len(entry["body"].encode())
                assert sum(sizes.values()) <= 4 * small_broker
            again = sum([len(await remembered(world, service)) for service in SERVICES])
            assert again
    async with running(tmp_path) as world:
        assert world.house.announced_again >= again
        await all_have_cases(world, taken)
        await forgotten(world)


async def full(world: World) -> None:
    """Wait until intake's outboxes stand still with something in them: the broker has no room."""
    waiting, before = -1, -2
    while waiting != before or not waiting:
        before = waiting
        waiting = (await world.get("intake", "/internal/v1/counts"))["outboxes"]
        await asyncio.sleep(1.2)


async def test_what_the_broker_drops_before_it_is_read_is_counted_as_lost_and_not_forgotten(tmp_path: Path) -> None:
    """It holds 5 MB of a partition: a larger record displaces its neighbours, also where nothing was ever read before."""
    async with running(tmp_path) as world:
        producer = confluent_kafka.Producer({"bootstrap.servers": world.broker.servers, "message.max.bytes": 20_000_000})
        for body in (b"x" * 6_000_000, *(world.json(a_complaint(number)) for number in range(3))):
            producer.produce(topics.SUBMITTED.name, body, partition=0)
        await asyncio.to_thread(producer.flush, 20)

        async def counted() -> bool:
            found = await world.get("intake", "/internal/v1/arrivals")
            return found["in_flight"] == 0 and found["submitted"] == 4

        await until(counted, "not all four records are counted")
        found = await world.get("intake", "/internal/v1/arrivals")
        assert found["gap"] == found["unaccounted"] > 0
        assert found["gap"] + found["registered"] + found["parked"] == 4
        (loss,) = (await world.get("intake", "/internal/v1/losses"))["losses"]
        assert (loss["topic"], loss["partition"], loss["open"]) == (topics.SUBMITTED.name, 0, found["gap"])
        word = {"loss": loss["loss"], "records": loss["open"], "because": "gone"}
        assert (await world.ask("POST", "intake", "/internal/v1/losses/write-off", json=word)).status_code == 200
        assert (await world.ask("POST", "intake", "/internal/v1/losses/write-off", json=word)).status_code == 409
        after = await world.arrivals()
        assert (after["gap"], after["unaccounted"], after["written_off"]) == (0, 0, found["gap"])
        assert after["submitted"] == 4 - found["gap"]
