"""From the instant a complaint was due at intake's HTTP door until it is routed, by four separate services on a real Kafka."""

import asyncio
import contextlib
import sqlite3
import tempfile
import time
from pathlib import Path

from shared.contracts.topics import SERVICES
from tests.benchmarks.commands import Home, is_ready, quiet, redress
from tests.benchmarks.embedded import Seen
from tests.benchmarks.figures import Figure
from tests.benchmarks.kafka import Cluster, real_kafka
from tests.benchmarks.latency import measured
from tests.benchmarks.machine import pinned, scratch
from tests.benchmarks.rehearsal import submissions

PARTITIONS = 12
WRITTEN = """SELECT json_extract(state, '$.agg'), min(upd) FROM history
WHERE json_extract(state, '$.what') = ? OR ? = '' GROUP BY 1"""


def measure(events: int = 2_000) -> list[Figure]:
    """As `latency`; all four services share the first core, Kafka and the client the other. Raises `NoServer`."""
    with contextlib.ExitStack() as stack:
        kafka, path = stack.enter_context(real_kafka()), stack.enter_context(scratch())
        bytecode = stack.enter_context(tempfile.TemporaryDirectory(prefix="redress-bytecode-"))
        stack.enter_context(pinned(1))
        home = Home.made(path, Cluster(kafka, PARTITIONS).servers, Path(bytecode))
        for name in SERVICES:
            process = stack.enter_context(redress(home, "run", name))
            process.until(lambda name=name: is_ready(home.ports[name]))  # type: ignore[misc]

        async def seen() -> Seen:
            await quiet(home)
            return _seen(home.path)

        return asyncio.run(measured(f"http://127.0.0.1:{home.ports['intake']}", home.key, seen, submissions(events)))


def _seen(home: Path) -> Seen:
    """When each service's history says that it wrote a complaint down: a few milliseconds before that is durable."""
    registered, triaged = _written(home / "intake.sqlite"), _written(home / "triage.sqlite", "ComplaintRegistered")
    routed = _written(home / "escalation.sqlite", "ComplaintTriaged")
    return Seen(registered, triaged, routed, max(_written(home / "followup.sqlite").values()))


def _written(database: Path, message: str = "") -> dict[str, float]:
    """Complaint to the first time that its history speaks of a message, on the machine's monotonic clock, seconds."""
    ahead = time.time() - time.monotonic()
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        return {complaint: at / 1e3 - ahead for complaint, at in db.execute(WRITTEN, (message, message))}
