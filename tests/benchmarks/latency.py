"""From the instant a complaint was due at intake's HTTP door until it is answered, judged and routed, in an embedded house."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx2

from tests.benchmarks.broker import Sent
from tests.benchmarks.embedded import Embedded, Seen, embedded
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import pinned, quantile, scratch
from tests.benchmarks.rehearsal import submissions

LOW = 5.0
"""Complaints a second at which nothing queues."""
AT_ONCE = 32


@dataclass(frozen=True)
class Answered:
    """One complaint: when it was due, when its 202 came, seconds."""

    complaint_id: str
    due: float
    accepted: float


def measure(events: int = 2_000, rounds: int = 1) -> list[Figure]:
    """Half of `events` find the capacity and warm up, the rest is measured at half of it; at most 100 at the low rate."""
    del rounds
    records = submissions(events)
    slow, half = min(100, len(records) // 5), len(records) // 2
    with scratch() as home, embedded(home) as there, pinned(1):
        return asyncio.run(_measured(there, records[:slow], records[slow:half], records[half:]))


async def _measured(there: Embedded, slow: Sequence[Sent], many: Sequence[Sent], rest: Sequence[Sent]) -> list[Figure]:
    headers = {"Authorization": f"Bearer {there.key}", "Content-Type": "application/json"}
    limits = httpx2.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx2.AsyncClient(base_url=there.url, headers=headers, limits=limits, timeout=30) as client:
        started = time.monotonic()
        await _closed_loop(client, many)
        capacity = len(many) / ((await there.quiet()).last - started)
        found = [Figure("capacity: complaints a second, all four services and SQLite on one core", capacity, "/s")]
        for name, records, rate in (("at low load", slow, LOW), ("at half load", rest, capacity / 2)):
            answered = await _open_loop(client, records, rate)
            found += _figures(name, answered, await there.quiet(), rate)
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
        "due to routed": [seen.routed[one.complaint_id] - one.due for one in taken],
        "one hop (saved by intake to saved by triage)": [
            seen.triaged[one.complaint_id] - seen.registered[one.complaint_id] for one in taken
        ],
    }
    targets = {"due to routed": (30.0, 120.0), "one hop (saved by intake to saved by triage)": (10.0, 40.0)}
    found = []
    for span, seconds in spans.items():
        most = targets.get(span, (None, None)) if "half" in name else (None, None)
        note = f"{rate:.0f}/s, {len(seconds)} complaints"
        found.append(Figure(f"{name}: {span}, p50", quantile(seconds, 0.5) * 1e3, "ms", at_most=most[0], note=note))
        found.append(Figure(f"{name}: {span}, p99", quantile(seconds, 0.99) * 1e3, "ms", at_most=most[1]))
    return found
