"""What the tests of strange input share: a house of which only intake hears, and messages full of words that must not leak."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from shared.platform import logging as logs
from tests.flow.people import Headers, World, running

CANARY = "КАНАРЕЙКА"
MAILBOX = "canary.bird@example.com"
DOORS = ("http", "topic")
OTHERS = ("triage", "escalation", "followup")
_ids = count(1)


@pytest.fixture(scope="module")
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("json", "debug", "house", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(log: io.StringIO, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Intake hears, the others only keep their doors open: nothing here is about them."""
    async with running(tmp_path_factory.mktemp("home"), deaf=OTHERS) as world:
        yield world


@pytest.fixture
def world(house: World, log: io.StringIO) -> Iterator[World]:
    """The house, and after the test a look into the log."""
    yield house
    told = log.getvalue()
    assert CANARY not in told
    assert MAILBOX not in told
    assert "canary" not in told


def a_complaint(**said: Any) -> dict[str, Any]:
    """A valid submission under a fresh source id, full of words that must not leave it."""
    payload = {
        "channel": "web",
        "source": "shop",
        "source_id": f"shop-{next(_ids)}",
        "text": f"Чайник течёт с первого дня. {CANARY}",
        "customer": {"email": MAILBOX, "name": f"Анна {CANARY}"},
    }
    return {name: value for name, value in (payload | said).items() if value is not ...}


def sent(payload: Any) -> bytes:
    """As JSON in UTF-8; escapes only where the value cannot be written otherwise."""
    return json.dumps(payload, ensure_ascii=False).encode()


def with_raw(name: str, raw: str) -> bytes:
    """A valid submission and one more field, written literally."""
    return sent(a_complaint())[:-1] + f', "{name}": {raw}}}'.encode()


async def send(world: World, door: str, *bodies: bytes, headers: Headers = ()) -> list[httpx2.Response]:
    """All at once through a door, so that they share a batch; the headers go with the one in the middle."""
    middle = len(bodies) // 2
    if door == "topic":
        await world.publish(*((body, headers if place == middle else ()) for place, body in enumerate(bodies)))
        answers = []
    else:
        over_http = {name.replace("_", "-"): (value or b"").decode() for name, value in headers}
        knocks = (world.knock(body, over_http if place == middle else ()) for place, body in enumerate(bodies))
        answers = list(await asyncio.gather(*knocks))
    await world.settled()
    return answers


async def grown(world: World, before: dict[str, int]) -> dict[str, int]:
    """What the count grew by; zeros left out."""
    after = await world.arrivals()
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


async def kept(world: World, payload: dict[str, Any]) -> dict[str, Any]:
    """What intake keeps of a submission."""
    return await world.kept("intake", await world.named("shop", payload["source_id"]))
