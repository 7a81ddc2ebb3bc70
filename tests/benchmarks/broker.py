"""The mock broker, or a real Kafka, and whoever fills it, in a process of their own on the other core."""

import asyncio
import contextlib
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Any

from aiokafka import AIOKafkaProducer

from shared.contracts import topics
from shared.platform.bus.embedded import EmbeddedBroker
from tests.benchmarks.kafka import Cluster
from tests.benchmarks.machine import pin

PARTITIONS = 12
"""As many as in production."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a consumer's fetch waits at the broker, and its poll for a fetch, ms."""

    fetch_ms: int
    poll_ms: int


MOCK = Patience(10, 20)
"""It sleeps a fetch out, even where data comes meanwhile."""
REAL = Patience(500, 200)
"""As in production: data ends both."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One record as it is put into a topic."""

    topic: str
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class Broker:
    """The other process, from here."""

    def __init__(self, pipe: Pipe, patience: Patience) -> None:
        self._pipe = pipe
        self.patience = patience

    def fresh(self) -> str:
        """A new, empty cluster; its address."""
        return str(self._ask(("fresh", None)))

    def load(self, name: str, records: Sequence[Sent]) -> None:
        """Hand over what `fill` will send; nothing of it stays in this process."""
        self._ask(("load", (name, list(records))))

    def fill(self, name: str) -> None:
        """Begin to send, and return at once."""
        self._pipe.send(("fill", name))

    def filled(self) -> None:
        """Wait until everything was sent."""
        self._pipe.recv()

    def _ask(self, what: tuple[str, Any]) -> Any:
        self._pipe.send(what)
        return self._pipe.recv()


@contextlib.contextmanager
def broker(kafka: str = "") -> Iterator[Broker]:
    """Start the other process, and stop it in the end; with the address of a real Kafka that one is filled."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, kafka), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Broker(ours, REAL if kafka else MOCK)
    finally:
        with contextlib.suppress(OSError):
            ours.send(("end", None))
        process.join(10)
        process.kill()


def _serve(pipe: Pipe, kafka: str) -> None:
    pin(1)
    cluster: EmbeddedBroker | Cluster | None = None
    loaded: dict[str, list[Sent]] = {}
    while True:
        word, given = pipe.recv()
        if word == "end":
            break
        if word == "fresh":
            if cluster:
                cluster.close()
            cluster = Cluster(kafka, PARTITIONS) if kafka else EmbeddedBroker(topics.ALL, PARTITIONS)
            pipe.send(cluster.servers)
        elif word == "load":
            loaded[given[0]] = given[1]
            pipe.send(None)
        elif word == "fill" and cluster:
            asyncio.run(_send(cluster.servers, loaded[given]))
            pipe.send(None)
    if cluster:
        cluster.close()


async def _send(servers: str, records: Sequence[Sent]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=servers, linger_ms=2, max_batch_size=262_144, max_request_size=1_600_000)
    await producer.start()
    try:
        futures = [await producer.send(r.topic, r.value, key=r.key.encode(), headers=list(r.headers)) for r in records]
        await asyncio.gather(*futures)
    finally:
        await producer.stop()
