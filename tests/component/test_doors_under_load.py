"""Many customers at once: nobody is lost, counted twice, kept waiting by Kafka, or left in the dark."""

import asyncio
import contextlib
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI

from shared.platform.http import serve
from shared.platform.http.key_file import issue_key
from shared.platform.processor import doors
from tests.flow.people import World, running

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("doors_under_load")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running(tmp_path_factory.mktemp("home")) as made:
        yield made


def a_complaint(name: str) -> dict[str, Any]:
    return {
        "channel": "chat",
        "source": "shop",
        "source_id": name,
        "text": f"Чайник протекает, верните деньги. {name}",
        "customer": {"email": f"{name}@example.org"},
    }


async def knock(world: World, name: str, key: str) -> tuple[httpx2.Response, float]:
    """One complaint, and the seconds until its answer."""
    began = time.monotonic()
    answer = await world.post("intake", "/v1/complaints", a_complaint(name), headers={"Idempotency-Key": key})
    return answer, time.monotonic() - began


async def test_four_hundred_at_once_are_each_answered_once_durable_and_counted_once(world: World) -> None:
    before = await world.arrivals()
    knocks = [knock(world, f"once-{n}", f"first-{n}") for n in range(300)]
    knocks += [knock(world, f"once-{n}", f"first-{n}") for n in range(50)]  # the same request once more
    knocks += [knock(world, f"once-{n}", f"second-{n}") for n in range(50)]  # the same complaint in a new request
    answers = [answer for answer, _ in await asyncio.gather(*knocks)]
    assert Counter(answer.status_code for answer in answers) == {202: 400}
    assert len({answer.json()["complaint_id"] for answer in answers}) == 300
    after = await world.arrivals()
    assert after["registered"] - before["registered"] == 300
    assert after["double"] - before["double"] == 50
    assert after["submitted"] - before["submitted"] == 350


async def test_what_waits_at_the_door_is_decided_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = world.house.services["intake"].runtime
    sizes: list[int] = []
    process = runtime.processor.process

    async def counted(items: Any, *more: Any) -> Any:
        sizes.append(len(items))
        return await process(items, *more)

    monkeypatch.setattr(runtime.processor, "process", counted)
    await asyncio.gather(*(knock(world, f"together-{n}", f"together-{n}") for n in range(100)))
    assert sum(sizes) == 100
    assert len(sizes) < 50


async def test_a_dead_broker_holds_no_customer(world: World) -> None:
    world.broker.down()
    try:
        answers = await asyncio.gather(*(knock(world, f"dead-{n}", f"dead-{n}") for n in range(100)))
        later = [await knock(world, f"late-{n}", f"late-{n}") for n in range(10)]
    finally:
        world.broker.up()
    assert {answer.status_code for answer, _ in [*answers, *later]} == {202}
    assert max(seconds for _, seconds in answers) < 5
    assert max(seconds for _, seconds in later) < 1
    await world.quiet()
    for answer, _ in later:
        assert await world.case(answer.json()["complaint_id"])


async def test_who_got_no_answer_in_time_asks_again_and_is_counted_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await world.arrivals()
    store = world.house.services["intake"].runtime.store
    save = store.save

    async def slow(*documents: Any) -> Any:
        lost = await save(*documents)
        await asyncio.sleep(1)
        return lost

    with monkeypatch.context() as patch:
        patch.setattr(doors, "PATIENCE_SECONDS", 0.3)
        patch.setattr(store, "save", slow)
        answer, seconds = await knock(world, "slow", "slow")
    assert (answer.status_code, answer.json()["reason"]) == (503, "try_again")
    assert int(answer.headers["retry-after"]) > 0
    assert seconds < 1
    again, _ = await knock(world, "slow", "slow")
    assert (again.status_code, again.json()["double"]) == (202, False)
    after = await world.arrivals()
    assert (after["submitted"], after["registered"]) == (before["submitted"] + 1, before["registered"] + 1)


async def test_a_full_queue_asks_to_come_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.house.services["intake"].runtime.doors, "_queue", asyncio.Queue(maxsize=1))
    answers = [answer for answer, _ in await asyncio.gather(*(knock(world, f"full-{n}", f"full-{n}") for n in range(20)))]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert refused
    assert all(answer.json()["reason"] == "try_again" and int(answer.headers["retry-after"]) > 0 for answer in refused)


async def test_of_twenty_agents_who_saw_the_same_case_one_takes_it(world: World) -> None:
    taken = await world.complain(a_complaint("contested"))
    await world.quiet()
    keys = [issue_key(world.house.around.settings.api_keys_path, f"agent-{n}", f"agent-{n}", ["desk"]) for n in range(20)]
    path = f"/v1/cases/{taken['complaint_id']}"
    seen = (await world.ask("GET", "escalation", path)).headers["etag"]
    answers = await asyncio.gather(
        *(world.post("escalation", f"{path}/take", key=key, headers={"If-Match": seen}) for key in keys)
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
    (winner,) = [answer.json()["owner"] for answer in answers if answer.status_code == 200]
    assert (await world.case(taken["complaint_id"]))["owner"] == winner


async def test_everything_that_was_taken_has_a_case_and_one_letter(world: World) -> None:
    """The last of this file: what all the others sent."""
    await world.quiet()
    registered = (await world.arrivals())["registered"]
    standing = await world.get("escalation", "/v1/cases/standing")
    assert sum(standing["state"].values()) == registered
    assert len(world.letters(kind="acknowledgement")) == registered


async def test_a_connection_that_comes_while_the_door_closes_does_not_hold_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    late: list[socket.socket] = []
    shutdown = serve._Server.shutdown

    async def somebody_comes(server: serve._Server, sockets: list[socket.socket] | None = None) -> None:
        late.append(socket.create_connection(server.servers[0].sockets[0].getsockname()))
        for _ in range(3):
            await asyncio.sleep(0)  # accepted by now, and not yet known to the server
        assert not server.server_state.connections
        await shutdown(server, sockets)

    monkeypatch.setattr(serve._Server, "shutdown", somebody_comes)
    async with serve.serving(FastAPI()):
        began = time.monotonic()
    assert time.monotonic() - began < 3
    (connection,) = late
    with contextlib.closing(connection):
        connection.setblocking(False)
        assert await asyncio.get_running_loop().sock_recv(connection, 1) == b""
