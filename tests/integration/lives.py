"""The demo's play on any house, and all that became of each complaint, so that two houses can be compared field by field."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from deploy.demo.api import Api
from deploy.demo.play import Play
from deploy.sample import complaints
from shared.contracts.topics import SERVICES
from shared.platform.counting import is_quiet
from tests.flow.test_replay import shuffled
from tests.servers.house import Separate

MONDAY = "2026-09-07T06:00:00+00:00"
MONDAY_MS = 1_788_760_800_000
STEP_HOURS = 4
"""Each step waits until eight processes are quiet; steps of an hour would show no more."""
CHANCE = frozenset({"hash", "prev", "cause", "policy", "corr", "ver", "upd", "head", "seen", "settled", "arrival", "retry_at"})
"""Names of the transport, and machine time: no outcome."""
ENDED = frozenset({"due_at", "warn_at"})
"""A clock that has ended keeps the instants of its end, and triage may speak before or after it."""
Life = dict[str, Any]


async def lived(api: Api, letters: Path, count: int, seed: int) -> dict[str, Life]:
    """Play a sample to its end; the lives by `source:source_id`."""
    payloads = complaints(count, seed)
    await Play(api, payloads, seed, MONDAY_MS, letters, lambda _: None, STEP_HOURS).run()
    return {f"{p['source']}:{p['source_id']}": await life_of(api, p) for p in payloads}


async def life_of(api: Api, payload: dict[str, Any]) -> Life:
    """What all four services keep of one complaint, less what chance and machines put in."""
    where = {"source": payload["source"], "source_id": payload["source_id"]}
    answer = await api.client.get(f"{api.urls['intake']}/internal/v1/resolve", params=where)
    if answer.status_code == 404:
        return {"nobody": True}
    name = answer.json()["complaint_id"]
    stories = {service: await api.get(service, f"/internal/v1/story/{name}") for service in SERVICES}
    return {"complaint_id": name} | {service: _outcome(story) for service, story in stories.items()}


def _outcome(story: dict[str, Any]) -> Life:
    said = Counter((entry["what"], *entry["said"]) for entry in story["history"])
    effects = sorted((effect["key"], effect["kind"], effect["state"]) for effect in story["effects"])
    return {"documents": [_plain(d) for d in story["documents"]], "history": sorted(said.items()), "effects": effects}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        left_out = CHANCE | ENDED if value.get("level") in ("kept", "missed", "stopped") else CHANCE
        return {name: _plain(part) for name, part in value.items() if name not in left_out}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """Where two values differ, each with its path, so that a failing test says what and not only that."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted(one.keys() | other.keys())
        return [line for name in names for line in differences(one.get(name), other.get(name), f"{place}/{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [line for number, (a, b) in pairs for line in differences(a, b, f"{place}/{number}")]
    return [] if one == other else [f"{place}: {one!r} | {other!r}"]


class Replicas(Api):
    """The doors of a house with several replicas: time moves in all of them, and only when all of them rest."""

    @classmethod
    def of_all(cls, house: Separate) -> Self:
        """`house` is ready."""
        made = cls(house.urls, house.keys, house.key, house.connection)
        made.all_urls = [(replica.service, replica.url) for replica in house.replicas]
        return made

    all_urls: Sequence[tuple[str, str]] = ()

    async def move_clock(self, now: int) -> None:
        """See `Api`."""
        for _, url in self.all_urls:
            answer = await self.client.post(f"{url}/internal/v1/clock", json={"now": now})
            answer.raise_for_status()

    async def _busy(self) -> dict[str, Any] | None:
        answers = await asyncio.gather(*(self.client.get(f"{url}/internal/v1/counts") for _, url in self.all_urls))
        for answer in answers:
            answer.raise_for_status()
        return next((counts for answer in answers if not is_quiet(counts := answer.json())), None)


class Doubling(Replicas):
    """Everybody says everything twice, and nobody in the order of the others."""

    chance = random.Random(5)

    async def submit(self, payloads: Sequence[dict[str, Any]], now: int) -> None:
        """One after the other, so that the order is this one; each customer's own order is kept."""
        twice = [payload for payload in payloads for _ in range(2)]
        for payload in shuffled(twice, self.chance):
            await super().submit([payload], now)
