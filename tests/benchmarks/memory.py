"""Resident memory of each service in a process of its own, and of a whole embedded house, as events pass through."""

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.contracts.topics import SERVICES
from tests.benchmarks.broker import Broker, Sent, broker
from tests.benchmarks.commands import Home, Process, processed, quiet, redress
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import pinned, scratch
from tests.benchmarks.rehearsal import sent_upstream, submissions

PART = 2_000
"""Complaints between two looks; the mock broker holds so many in every topic."""
MOST = 150.0
"""MB."""


def measure(events: int = 12_000, rounds: int = 1) -> list[Figure]:
    """`events` is the number of complaints; each leads to some ten records."""
    del rounds
    parts = _parts(events)
    with broker() as other, tempfile.TemporaryDirectory(prefix="redress-bytecode-") as bytecode, scratch() as path, pinned(1):
        for number, part in enumerate(parts):
            other.load(str(number), part)
        return asyncio.run(_separate(other, Home.made(path, other.fresh(), Path(bytecode)), parts))


def _parts(events: int) -> list[list[Sent]]:
    """Distinct complaints in parts; the sample's own are told again by other customers once it has run out."""
    base = [json.loads(record.value) for record in submissions(min(events, 4_000))]
    records = [sent_upstream(_again(base[n % len(base)], n // len(base))) for n in range(events)]
    return [records[first : first + PART] for first in range(0, events, PART)]


def _again(payload: dict[str, Any], turn: int) -> dict[str, Any]:
    if not turn:
        return payload
    changed = payload | {"source_id": f"{payload['source_id']}-{turn}", "text": f"{payload['text']} ({turn})"}
    if "customer" in payload:
        changed["customer"] = {k: f"{turn}{v}" if k == "email" else v for k, v in payload["customer"].items() if k != "phone"}
    return changed


async def _separate(other: Broker, home: Home, parts: Sequence[Sequence[Sent]]) -> list[Figure]:
    with contextlib.ExitStack() as stack:
        running: dict[str, Process] = {}
        for name in SERVICES:  # intake first: the others ask its vault
            running[name] = stack.enter_context(redress(home, "run", name))
            running[name].until(lambda name=name: processed(home.ports[name]) >= 0)  # type: ignore[misc]
        await asyncio.sleep(2)
        marks = [{name: process.memory for name, process in running.items()}]
        records = [0]
        for number in range(len(parts)):
            other.fill(str(number))
            other.filled()
            records.append(await quiet(home))
            marks.append({name: process.memory for name, process in running.items()})
    return [figure for name in SERVICES for figure in _figures(name, [mark[name] for mark in marks], records)]


def _figures(name: str, marks: Sequence[float], records: Sequence[int]) -> list[Figure]:
    early = min(2, len(marks) - 1)
    note = f"after {records[-1]:,} records in all four"
    grown = f"from record {records[early]:,} to {records[-1]:,} of all four"
    return [
        Figure(f"{name}: at rest after its start", marks[0], "MB"),
        Figure(f"{name}: in the end", marks[-1], "MB", at_most=MOST, note=note),
        Figure(f"{name}: growth", marks[-1] - marks[early], "MB", at_most=10.0, note=grown),
    ]
