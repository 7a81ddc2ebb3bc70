"""From the instant a complaint was due at intake's HTTP door until it is answered, judged and routed, in an embedded house."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx2

from tests.benchmarks.broker import Sent
from tests.benchmarks.embedded import Seen, embedded
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import pinned, quantile, scratch
from tests.benchmarks.rehearsal import submissions

LOW = 5.0
"""Complaints a second at which nothing queues."""
AT_ONCE = 32
ROUTED, HOP = "due to routed", "one hop (intake to triage)"
TARGETS = {(ROUTED, 0.5): 30.0, (ROUTED, 0.99): 120.0, (HOP, 0.5): 10.0, (HOP, 0.99): 40.0}
"""ms at half load, by span and quantile."""


@dataclass(frozen=True)
class Answered:
    """One complaint: when it was due, when its 202 came, seconds."""

    complaint_id: str
    due: float
    accepted: float


def measure(events: int = 2_000) -> list[Figure]:
    """Half of `events` find the capacity and warm up, the rest is measured at half of it; at most 100 at the low rate."""
    with scratch() as home, embedded(home) as there, pinned(1):
        return asyncio.run(measured(there.url, there.key, there.quiet, submissions(events)))


async def measured(url: str, key: str, quiet: Callable[[], Awaitable[Seen]], records: Sequence[Sent]) -> list[Figure]:
    """The same of services behind any door; `quiet` waits until all is done and says when what was."""
    few, half = min(100, len(records) // 5), len(records) // 2
    slow, many, rest = records[:few], records[few:half], records[half:]
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    limits = httpx2.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx2.AsyncClient(base_url=url, headers=headers, limits=limits, timeout=30) as client:
        started = time.monotonic()
        await _closed_loop(client, many)
        capacity = len(many) / ((await quiet()).last - started)
        found = [Figure("capacity: complaints a second, all four services and SQLite on one core", capacity, "/s")]
        for name, part, rate in (("at low load", slow, LOW), ("at half load", rest, capacity / 2)):
            answered = await _open_loop(client, part, rate)
            found += _figures(name, answered, await quiet(), rate)
    return found


async def _post(client: httpx2.AsyncClient, record: Sent, due: float) -> Answered:
    answer = await client.post("/v1/complaints", content=record.value, headers={"Idempotency-Key": record.key})
    if answer.status_code != 202:
        raise RuntimeError(f"{answer.status_code}: {answer.text[:200]}")
    return Answered(json.loads(answer.content)["complaint_id"], due, time.monotonic())


async def _closed_loop(client: httpx2.AsyncClient, records: Sequence[Sent]) -> None:
    waiting = iter(records)

    async def sender() -> None:
        for record in waiting:
            await _post(client, record, time.monotonic())

    await asyncio.gather(*(sender() for _ in range(AT_ONCE)))


async def _open_loop(client: httpx2.AsyncClient, records: Sequence[Sent], rate: float) -> list[Answered]:
    """Each at its instant, whether or not earlier ones were answered."""
    first = time.monotonic() + 0.1
    tasks = []
    for place, record in enumerate(records):
        due = first + place / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        tasks.append(asyncio.create_task(_post(client, record, due)))
    return list(await asyncio.gather(*tasks))


def _figures(name: str, answered: Sequence[Answered], seen: Seen, rate: float) -> list[Figure]:
    taken = [one for one in answered if one.complaint_id in seen.routed]
    spans = {
        "due to accepted (202)": [one.accepted - one.due for one in answered],
        "accepted to routed": [max(0.0, seen.routed[one.complaint_id] - one.accepted) for one in taken],
        ROUTED: [seen.routed[one.complaint_id] - one.due for one in taken],
        HOP: [seen.triaged[one.complaint_id] - seen.registered[one.complaint_id] for one in taken],
    }
    found = []
    for span, seconds in spans.items():
        for share in (0.5, 0.95, 0.99):
            most = TARGETS.get((span, share)) if "half" in name else None
            note = f"{rate:.0f}/s, {len(seconds)} complaints" if share == 0.5 else ""
            value = quantile(seconds, share) * 1e3
            found.append(Figure(f"{name}: {span}, p{share * 100:.0f}", value, "ms", at_most=most, note=note))
    return found
