"""A run on separate processes: senders and agents act, something breaks, everything heals, and the ledger is read."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.ledger import Findings, check_letters
from tests.faults.ledger_servers import check_databases, check_over_http, check_topics, read_topics
from tests.faults.traffic import Traffic
from tests.servers.house import Separate
from tests.servers.kafka import Kafka
from tests.servers.secantus import Secantus

QUIET_SECONDS = 240


@dataclass
class Storm:
    """What a chaos may break; it counts the processes that it killed."""

    house: Separate
    kafka: Kafka
    mongo: Secantus
    deaths: int = 0
    notes: dict[str, float] = field(default_factory=dict)
    """Figures of the row, by name."""

    async def kill(self, service: str, number: int, away: float = 0.0) -> None:
        """kill -9 one replica, and start it again after some seconds."""
        replica = self.house.of(service, number)
        replica.process.kill()
        self.deaths += 1
        await asyncio.sleep(away)
        self.house.launch(replica)


Chaos = Callable[[Storm], Awaitable[None]]


async def survived(
    scratch: Path, row: str, chaos: Chaos, seed: int, rate: float, replicas: int = 2, through_proxy: tuple[str, str] = ("", "")
) -> Findings:
    """Run a chaos under load, heal, compare, and print the row's figures.

    `through_proxy`: other addresses for Kafka and the store, where a wire of the test stands before them.
    """
    with Kafka() as kafka, Secantus() as mongo:
        address = through_proxy[0] or kafka.servers, through_proxy[1] or f"mongodb://127.0.0.1:{mongo.port}"
        house = Separate(scratch, *address, replicas, REDRESS_KAFKA_BATCH_TIMEOUT_MS="50")
        async with house:
            return await _survived(Storm(house, kafka, mongo), row, chaos, Traffic(house, seed, rate))


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
    found = check_over_http(storm.house, traffic.book, storm.deaths)
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
