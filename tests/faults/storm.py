"""A run on separate processes: senders and agents act, something breaks, everything heals, and the ledger is read."""

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.ledger import Findings, check_letters, checked_over_http
from tests.faults.ledger_servers import check_databases, check_topics, read_topics
from tests.faults.traffic import Traffic
from tests.servers.house import Separate
from tests.servers.kafka import Kafka
from tests.servers.proxy import Proxy
from tests.servers.secantus import Secantus

QUIET_SECONDS = 240 if os.environ.get("CI") else 420


@dataclass
class Storm:
    """What a chaos may break; it counts the processes that it killed."""

    house: Separate
    kafka: Kafka
    mongo: Secantus
    kafka_wire: Proxy | None = None
    store_wire: Proxy | None = None
    deaths: int = 0
    notes: dict[str, float] = field(default_factory=dict)
    """Figures of the row, by name."""

    async def kill(self, service: str, number: int, away: float = 0.0, **variables: str) -> None:
        """kill -9 one replica, and start it again after some seconds, with these variables of the environment."""
        replica = self.house.of(service, number)
        replica.process.kill()
        self.deaths += 1
        await asyncio.sleep(away)
        self.house.launch(replica, **variables)


Chaos = Callable[[Storm], Awaitable[None]]


async def survived(
    scratch: Path, row: str, chaos: Chaos, seed: int, rate: float, replicas: int = 2, wires: bool = False
) -> Findings:
    """Run a chaos under load, heal, compare, print the figures; `wires` puts one before Kafka and one before the store."""
    async with contextlib.AsyncExitStack() as stack:
        kafka, mongo = Kafka(), stack.enter_context(Secantus())
        kafka_wire = stack.enter_context(Proxy(kafka.nodes[0].port)) if wires else None
        store_wire = stack.enter_context(Proxy(mongo.port)) if wires else None
        kafka.nodes[0].advertised = kafka_wire.port if kafka_wire else kafka.nodes[0].port
        stack.enter_context(kafka)
        store = f"mongodb://127.0.0.1:{store_wire.port if store_wire else mongo.port}"
        house = Separate(scratch, kafka.servers, store, replicas, REDRESS_KAFKA_BATCH_TIMEOUT_MS="50")
        await stack.enter_async_context(house)
        return await _survived(Storm(house, kafka, mongo, kafka_wire, store_wire), row, chaos, Traffic(house, seed, rate))


async def _survived(storm: Storm, row: str, chaos: Chaos, traffic: Traffic) -> Findings:
    began = time.monotonic()
    async with traffic.flowing():
        await chaos(storm)
    storm.house.launch()
    await storm.house.ready()
    await traffic.drain()
    healed = time.monotonic()
    counts = await asyncio.to_thread(storm.house.told, "counts", "--wait", str(QUIET_SECONDS), seconds=QUIET_SECONDS + 30)
    assert counts["quiet"], counts["open"]
    found = checked_over_http(storm.house, traffic.book, storm.deaths)
    chains = check_databases(found, f"mongodb://127.0.0.1:{storm.mongo.port}")
    said = read_topics(storm.kafka.servers)
    check_topics(found, said, chains)
    storm.house.stop()
    check_letters(found, storm.house)
    figures = {
        "deaths": storm.deaths,
        "raw": sum(part.raw for part in said.values()),
        "again": sum(part.raw - len(part.first) for part in said.values()),
        "load_s": round(healed - began, 1),
        "drained_s": round(time.monotonic() - healed, 1),
        **storm.notes,
    }
    print(f"\nrow {row}: {found.told()}; {figures}; answers {dict(traffic.book.answers)}")
    return found
