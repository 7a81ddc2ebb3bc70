"""Publish outbox entries: grouped by the key's partition, one closed batch each, in order, confirmed by all replicas."""

import asyncio
import base64
import contextlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, OutOfOrderSequenceNumber, UnknownProducerId
from aiokafka.partitioner import murmur2

from shared.contracts.cloudevents import Attributes, headers_of
from shared.platform import metrics
from shared.platform.bus.connection import Connection
from shared.platform.bus.refusals import KINDS, sentence
from shared.platform.bus.room import Room
from shared.platform.logging import get_logger
from shared.platform.patience import within

log = get_logger(__name__)
CONFIRM_SECONDS = 15
REBUILD_AFTER = 3
BROKEN = (OutOfOrderSequenceNumber, UnknownProducerId, MessageSizeTooLargeError)
"""After these an idempotent producer confirms nothing more of that partition: what was refused had taken a number."""
Place = tuple[int, int]
NOWHERE = (0, -1)
"""The place of a copy that its topic will never take."""


@lru_cache(maxsize=65_536)
def _hash(key: str) -> int:
    return int(murmur2(key.encode()) & 0x7FFFFFFF)


class Producer:
    """The process's own producer; only announcers and the parking export use it."""

    def __init__(self, connection: Connection, service: str, room: Room | None = None) -> None:
        """`room` guards the embedded broker's limit of unread bytes."""
        self.connection = connection
        self.service = service
        self.room = room
        self.remembers = connection.embedded
        self._client: AIOKafkaProducer | None = None
        self._failures = 0
        self._there: set[str] = set()
        self._singly: set[str] = set()
        """Topics that refused a batch for its size: then which entry it was must show."""
        self._given_up: set[tuple[str, str]] = set()
        self.refused: dict[str, str] = {}
        """Topics that Kafka does not let us write, each with the reason in a sentence."""
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Connect; raises KafkaError while the brokers are away."""
        client = AIOKafkaProducer(**self.connection.for_producer())
        try:
            await client.start()
        except BaseException:
            await client.stop()
            raise
        self._client = client

    async def stop(self, seconds: float = 5) -> None:
        """Disconnect, by force after `seconds`: aiokafka waits for ever for a dead broker."""
        client, self._client = self._client, None
        if client:
            with contextlib.suppress(TimeoutError, KafkaError):
                await within(seconds, client.stop())

    @property
    def alive(self) -> bool:
        """Whether the background sender runs; a producer that is being built anew counts as alive."""
        task = getattr(getattr(self._client, "_sender", None), "sender_task", None)
        return self._client is None or task is None or not task.done()

    async def publish(self, entries: Sequence[dict[str, Any]]) -> list[Place | None]:
        """See `announce.Publisher`: where each entry went, None where Kafka did not confirm."""
        async with self._lock:
            client = await self._ready()
            if client is None:
                return [None] * len(entries)
            places: list[Place | None] = [None] * len(entries)
            groups: dict[tuple[str, int], list[int]] = {}
            partitions = {topic: await self._partitions(client, topic) for topic in {entry["topic"] for entry in entries}}
            for position, entry in enumerate(entries):
                if (entry["topic"], entry["key"]) in self._given_up:
                    places[position] = NOWHERE
                elif count := partitions[entry["topic"]]:
                    groups.setdefault((entry["topic"], _hash(entry["key"]) % count), []).append(position)
            await asyncio.gather(
                *(self._send(client, topic, p, positions, entries, places) for (topic, p), positions in groups.items())
            )
            await self._judge(places)
            return places

    async def _ready(self) -> AIOKafkaProducer | None:
        if self._client is None:
            with contextlib.suppress(KafkaError, OSError, TimeoutError):
                await within(CONFIRM_SECONDS, self.start())
        return self._client

    async def _partitions(self, client: AIOKafkaProducer, topic: str) -> int:
        """How many partitions a topic has; 0 where it is not there, or where that cannot be learned now."""
        try:
            if topic not in self._there:  # naming a missing one would make it
                self._there = (await within(CONFIRM_SECONDS, client.client.fetch_all_metadata())).topics()
            if topic not in self._there:
                log.warning("a topic is missing", service=self.service, topic=topic)
                self.refused.setdefault(topic, "the topic is missing, or this user may not see it")
                return 0
            return len(await within(CONFIRM_SECONDS, client.partitions_for(topic)))
        except (KafkaError, TimeoutError):
            return 0

    async def _send(
        self,
        client: AIOKafkaProducer,
        topic: str,
        partition: int,
        positions: Sequence[int],
        entries: Sequence[dict[str, Any]],
        places: list[Place | None],
    ) -> None:
        """Send one partition's entries in order; the first failure ends it, so that order per key is kept."""
        start = 0
        while start < len(positions):
            batch, count, size = self._batch(client, [entries[i] for i in positions[start:]])
            if not count or (self.room and not self.room.has(topic, partition, size)):
                return
            try:
                sent = await client.send_batch(batch, topic, partition=partition)
                told = await within(CONFIRM_SECONDS, sent)
            except (KafkaError, TimeoutError) as error:
                log.warning("not confirmed", service=self.service, topic=topic, error=type(error).__name__)
                self._refuse(topic, error)
                if isinstance(error, MessageSizeTooLargeError):
                    self._too_large(topic, [entries[i] for i in positions[start : start + count]])
                if isinstance(error, BROKEN):
                    self._failures = REBUILD_AFTER
                return
            self.refused.pop(topic, None)
            for offset, position in enumerate(positions[start : start + count], told.offset):
                places[position] = (partition, offset)
            if self.room:
                self.room.filled(topic, partition, told.offset + count, size)
            metrics.PUBLISHED.labels(self.service, topic).inc(count)
            start += count

    def _refuse(self, topic: str, error: Exception) -> None:
        if isinstance(error, KINDS) and self.refused.get(topic) != sentence(error):
            self.refused[topic] = sentence(error)
            log.error("a topic cannot be written", service=self.service, topic=topic, reason=self.refused[topic])

    def _too_large(self, topic: str, entries: Sequence[dict[str, Any]]) -> None:
        """A copy of what the store keeps is given up, since its neighbours would wait; an event waits for a mended topic."""
        self._singly.add(topic)
        if len(entries) == 1:
            log.error("a record is larger than its topic takes", service=self.service, topic=topic, setting="max.message.bytes")
            self._given_up |= {(topic, entry["key"]) for entry in entries if "headers" in entry}

    def _batch(self, client: AIOKafkaProducer, entries: Sequence[dict[str, Any]]) -> tuple[Any, int, int]:
        """A closed batch of as many entries as fit: closed first, since a concurrent send could slip in."""
        batch, count, size = client.create_batch(), 0, 0
        for entry in entries[: 1 if entries[0]["topic"] in self._singly else None]:
            value, headers = wire_of(entry)
            if batch.append(key=entry["key"].encode(), value=value, timestamp=None, headers=headers) is None:
                break
            count += 1
            size += len(value) + 400
        batch.close()
        return batch, count, size

    async def _judge(self, places: Sequence[Place | None]) -> None:
        """After repeated failures the producer is built anew: an idempotent one can be stuck for ever."""
        self._failures = self._failures + 1 if places and places.count(None) else 0
        if self._failures >= REBUILD_AFTER:
            self._failures = 0
            await self.stop()


def wire_of(entry: dict[str, Any]) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Value and headers of an outbox entry: an event in binary mode, or (with headers of its own) an encrypted export."""
    if "headers" in entry:
        return base64.b64decode(entry["body"]), [(name, text.encode()) for name, text in entry["headers"]]
    return entry["body"].encode(), headers_of(attributes_of(entry))


def attributes_of(entry: dict[str, Any]) -> Attributes:
    """The CloudEvents attributes of an outbox entry."""
    return Attributes(
        id=entry["id"],
        type=entry["type"],
        source=entry["source"],
        subject=entry["key"],
        time=entry["time"],
        correlation=entry["corr"],
        causation=entry["cause"],
        traceparent=entry["trace"],
    )
