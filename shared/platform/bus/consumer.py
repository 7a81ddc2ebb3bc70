"""Consume by FastStream: one subscriber a topic, in batches, committed only after everything is durable."""

import asyncio
import contextlib
import dataclasses
import functools
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from shared.contracts.errors import TryAgain
from shared.contracts.topics import Topic
from shared.platform import metrics
from shared.platform.bus.bell import LOOK_MS, Bell
from shared.platform.bus.connection import Connection
from shared.platform.bus.passing import Passing
from shared.platform.bus.refusals import sentence
from shared.platform.clock import machine_ms
from shared.platform.logging import get_logger
from shared.platform.processor.announce import NotAnnounced
from shared.platform.processor.decode import Record
from shared.platform.store import StoreDown

log = get_logger(__name__)
Settle = Callable[[Sequence[Record]], Awaitable[None]]
TRANSIENT = (StoreDown, TryAgain, NotAnnounced)
HANGS_MS = 150_000
"""A loop that has not moved for so long hangs: half of Kafka's poll interval."""
PATIENT_MS = 3_000
"""How long a poll is begun again before FastStream is told that there is nothing."""
OUTSIDE_MS = 60_000
"""How long joining a group may take; aiokafka can be stuck in it for ever and says so to nobody."""
BACK_OFF_SECONDS = 60.0
"""How long a batch is tried inside the handler before it is handed back to Kafka; well below the poll interval."""


class Stopped(Exception):  # noqa: N818 - named after the state
    """The parking limit was reached: consume nothing until a restart."""


async def _hide_headers(message: Any, original: Callable[[Any], Awaitable[KafkaMessage]]) -> KafkaMessage:
    """Let FastStream parse no headers of strangers, which can break it or redirect answers; we read the raw batch ourselves."""
    parsed = await original((dataclasses.replace(message[0], headers=()),))
    parsed.raw_message = message
    return parsed


async def _whole(message: KafkaMessage) -> KafkaMessage:
    """Without fast-depends a handler is given what the decoder made: the message itself."""
    return message


class Subscription:
    """One topic of one service: its subscriber, and what liveness needs to know of it."""

    def __init__(self, broker: KafkaBroker, connection: Connection, service: str, topic: Topic, settle: Settle) -> None:
        """Registers the subscriber; the group's name is for ever."""
        self.service = service
        self.topic = topic
        self.settle = settle
        self.last_poll = self.last_member = machine_ms()
        self.handling_since: int | None = None
        self.stopped: Callable[[], bool] = lambda: False
        self.bell = Bell(LOOK_MS[topic.confidential]) if connection.embedded else None
        self.failing = ""
        """Type of the unexpected error that the batch in hand fails with; empty while all is well."""
        self.refused = ""
        """Why the latest poll failed, in a sentence; empty while all is well."""
        self._reached: dict[int, int] = {}
        self.passing = Passing()
        self.subscriber = broker.subscriber(
            topic.name,
            group_id=f"{service}.{topic.name}",
            batch=True,
            max_records=connection.max_records,
            batch_timeout_ms=connection.batch_timeout_ms,
            ack_policy=AckPolicy.NACK_ON_ERROR,
            auto_offset_reset="earliest",
            no_reply=True,
            parser=_hide_headers,
            decoder=_whole,
            session_timeout_ms=connection.session_timeout_ms,
            heartbeat_interval_ms=500,
            rebalance_timeout_ms=60_000,
            max_poll_interval_ms=300_000,
            fetch_max_wait_ms=connection.fetch_max_wait_ms,
            fetch_max_bytes=16_777_216,
            max_partition_fetch_bytes=2_097_152,
            check_crcs=True,
            isolation_level="read_committed" if not connection.embedded else "read_uncommitted",
        )
        self.subscriber(self._handle)

    async def _handle(self, message: KafkaMessage) -> None:
        records = [Record(r.topic, r.partition, r.offset, r.key, r.value, tuple(r.headers or ())) for r in message.raw_message]
        self.handling_since = machine_ms()
        self.measure_lag({record.partition: record.offset for record in reversed(records)})
        try:
            with metrics.BATCH_SECONDS.labels(self.service, self.topic.name).time():
                await self._until_settled(records)
            reached = {record.partition: record.offset + 1 for record in records}
            self.passing.settled(reached)
            self.measure_lag(reached)
        finally:
            self.handling_since = None
            self.last_member = machine_ms()

    def watch(self) -> None:
        """Note every poll of the consumer that has just been started, and whether it was in its group then.

        FastStream sleeps after each poll that found nothing, and what comes meanwhile waits: so it is told of nothing only
        every few seconds, and the poll, which data ends at once, is begun again.
        """
        consumer = self.consumer
        if consumer is None:
            return
        poll = self.bell.hung_on(consumer) if self.bell else consumer.getmany

        async def noted(*places: Any, **options: Any) -> Any:
            patience = machine_ms() + PATIENT_MS
            while True:
                self.last_poll = machine_ms()
                subscription = consumer._subscription.subscription
                if subscription is not None and not consumer._coordinator.need_rejoin(subscription):
                    self.last_member = self.last_poll
                found = await self._polled(functools.partial(poll, *places, **options), len(consumer.assignment()))
                if not found:
                    with contextlib.suppress(Exception):  # it is looked at again, and what is wrong shows with the next record
                        await self.passing.look(consumer)
                if found or self.last_poll > patience or not self.subscriber.running:
                    return found

        consumer.getmany = noted

    async def _polled(self, poll: Callable[[], Awaitable[Any]], partitions: int) -> Any:
        """One poll; each partition's refusal comes alone and FastStream sleeps after each, so they are taken at once."""
        while True:
            try:
                found = await poll()
            except KafkaError as error:
                self._note_refusal(sentence(error))
                partitions -= 1
                if partitions < 0 or not isinstance(error, TopicAuthorizationFailedError):
                    raise
            else:
                self._note_refusal("")
                return found

    def _note_refusal(self, reason: str) -> None:
        """Tell the log once, not at every poll."""
        if reason and reason != self.refused:
            log.warning("a topic cannot be read", service=self.service, topic=self.topic.name, reason=reason)
        self.refused = reason

    def measure_lag(self, reached: Mapping[int, int] = MappingProxyType({})) -> None:
        """What is left of the partitions that are ours, by the ends that the latest fetches told."""
        ours = self.consumer.assignment() if self.consumer else ()
        self._reached = {p.partition: o for p in ours if (o := (self._reached | dict(reached)).get(p.partition)) is not None}
        left = 0
        for place in ours:
            end = self.consumer.highwater(place) if self.consumer else None
            left += max(0, (end or 0) - self._reached.get(place.partition, end or 0))
        metrics.LAG.labels(self.service, self.topic.name).set(left)

    async def _until_settled(self, records: Sequence[Record]) -> None:
        """Settle the batch; transient faults back off in here and never skip."""
        wait, deadline = 0.1, machine_ms() + BACK_OFF_SECONDS * 1000
        while True:
            if self.stopped():
                await asyncio.sleep(1)
                raise Stopped(self.topic.name)
            try:
                await self.settle(records)
            except TRANSIENT as error:
                if machine_ms() > deadline:
                    metrics.COMMIT_FAILURES.labels(self.service, self.topic.name).inc()
                    raise
                log.warning("a batch waits", service=self.service, topic=self.topic.name, error=type(error).__name__)
                await asyncio.sleep(wait * (0.5 + random.random()))  # noqa: S311 - jitter, not secrecy
                wait = min(wait * 2, 5.0)
            except (Exception, asyncio.CancelledError) as error:  # a bug, or a store of a newer version: seen, and not spinning
                if _asked_to_end(error):
                    raise
                self.failing = type(error).__name__
                log.error("a batch fails", service=self.service, topic=self.topic.name, error=self.failing)
                if machine_ms() > deadline:
                    metrics.COMMIT_FAILURES.labels(self.service, self.topic.name).inc()
                    raise TryAgain(self.failing) from error  # FastStream would end its task for good on a CancelledError
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)
            else:
                self.failing = ""
                return

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """The aiokafka consumer while it runs."""
        return self.subscriber.consumer

    def trouble(self) -> str:
        """Why this loop is not alive, or nothing: it ended, hangs in a batch, or does not poll."""
        tasks = getattr(self.subscriber, "tasks", [])
        if not getattr(self.subscriber, "running", False) or not tasks or all(task.done() for task in tasks):
            return f"{self.topic.name}: the consumer does not run"
        if self.handling_since is not None:
            return f"{self.topic.name}: a batch hangs" if machine_ms() - self.handling_since > HANGS_MS else ""
        silent_ms = machine_ms() - max(self._polled_at(), self.last_member)
        return f"{self.topic.name}: no poll for {silent_ms // 1000} s" if silent_ms > HANGS_MS else ""

    def outside(self) -> str:
        """Whether it polls and is not let into its group, which is no trouble of ours while Kafka is away."""
        outside_ms = self._polled_at() - self.last_member
        return f"{self.topic.name}: outside of its group for {outside_ms // 1000} s" if outside_ms > OUTSIDE_MS else ""

    def _polled_at(self) -> int:
        """When it polled last: now, while the poll waits in aiokafka for the group to share out its partitions."""
        if self.consumer and self.consumer._subscription.reassignment_in_progress:
            self.last_poll = machine_ms()
        return self.last_poll

    def unassigned(self) -> bool:
        """Whether the consumer has joined its group without getting a partition, or has not joined yet."""
        return self.consumer is None or not self.consumer.assignment()


def _asked_to_end(error: BaseException) -> bool:
    """Whether somebody is stopping this task, unlike a cancellation that comes from inside."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0
