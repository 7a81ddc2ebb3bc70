"""One running service: its store, its processor and its loops, started in the order that loses nothing."""

import asyncio
import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.contracts import topics
from shared.contracts.errors import TryAgain
from shared.contracts.events import CustomerErased
from shared.contracts.kept import Kept
from shared.contracts.topics import Topic
from shared.platform import metrics
from shared.platform.bus.asker import Asker
from shared.platform.bus.connection import Connection
from shared.platform.bus.consumer import HANGS_MS
from shared.platform.bus.errors import AWAY
from shared.platform.bus.listening import Listening
from shared.platform.bus.producer import Producer
from shared.platform.bus.room import Room
from shared.platform.clock import Clock, machine_ms
from shared.platform.effect_record import EffectRecord
from shared.platform.epochs import Epochs
from shared.platform.erasure import ErasingAgain, Erasure, forget_customer
from shared.platform.history import HistoryEntry
from shared.platform.kept_policy import KeptPolicy
from shared.platform.logging import get_logger
from shared.platform.parked import DlqCipher, Parked
from shared.platform.patience import within
from shared.platform.processor.announce import Announcer
from shared.platform.processor.decode import Decoder
from shared.platform.processor.doors import Doors
from shared.platform.processor.effects import EffectWorker, Performer
from shared.platform.processor.load import Facts
from shared.platform.processor.loop import Processor
from shared.platform.processor.parking import ParkingLimit
from shared.platform.processor.sweep import Sweeper
from shared.platform.processor.tally import Tally
from shared.platform.processor.timers import Timers
from shared.platform.processor.topic import TopicHandler
from shared.platform.read_elsewhere import OurGroups
from shared.platform.retention import Retention, Term
from shared.platform.secret_mark import SecretMark
from shared.platform.service import Service
from shared.platform.store import Store, StoreDown
from shared.platform.vault import Vault
from shared.platform.watch import Watch

log = get_logger(__name__)
PLATFORM_KINDS: tuple[type[Kept], ...] = (HistoryEntry, EffectRecord, Parked, Tally, Erasure, KeptPolicy, SecretMark)
"""What every service stores beside its own aggregates."""


def kinds_of(service: Service, *more: type[Kept]) -> tuple[type[Kept], ...]:
    """Every collection of a service's store."""
    return (*service.keeps, *more, *PLATFORM_KINDS)


@dataclass
class Parts:
    """What a service brings of its own to the loop that all share."""

    service: Service
    store: Store
    vault: Vault
    clock: Clock
    policy: Any
    policy_hash: str
    cipher: DlqCipher
    prepare: Facts | None = None
    upstream: Callable[[Any, Any], Any] | None = None
    performers: Mapping[str, Performer] = field(default_factory=dict)
    on_open: Sequence[Callable[["Runtime"], Any]] = ()
    """Awaited once the store is open and before anything is consumed."""
    looks: Sequence[Callable[["Runtime"], Any]] = ()
    """What the watch measures from time to time, see `Watch`."""
    terms: Sequence[Term] = ()
    """How long what is kept is kept."""


class Runtime:
    """Starts, watches and stops one service's loops."""

    def __init__(self, parts: Parts, connection: Connection, epoch: str = "", room: Room | None = None) -> None:
        """`epoch` names an embedded broker's run; a real broker's epochs are kept in the store."""
        self.parts = parts
        self.name = parts.service.name
        self.store = parts.store
        self.connection = connection
        self.room = room
        self.epochs = Epochs(parts.store, epoch)
        self.producer = Producer(connection, self.name, room)
        self.announcer = Announcer(self.name, parts.store, self.producer)
        self.processor = Processor(
            parts.service, parts.store, parts.vault, parts.clock, self.announcer, parts.policy, parts.policy_hash
        )
        self.processor.prepare = parts.prepare
        self.doors = Doors(self.processor)
        self.timers = Timers(self.processor)
        self.sweeper = Sweeper(self.name, parts.store, self.announcer, (*parts.service.keeps, Parked))
        self.effects = EffectWorker(self.processor, parts.performers, self.announcer.wake_effects)
        self.erasing = ErasingAgain(parts.store, kinds_of(parts.service))
        self.retention = Retention(self.name, parts.store, parts.terms)
        self.limit = ParkingLimit()
        self.decoder = Decoder(parts.service, self.epochs.of, parts.upstream)
        self.asker = Asker(connection)
        handlers = [self._handler_of(topic) for topic in self.topics]
        settles = [(handler.topic, handler.settle) for handler in handlers]
        self.listening = Listening(self.name, connection, settles, lambda: self.limit.stopped, self.epochs, self.asker)
        self.listening.groups_are_ours = OurGroups(self.name, parts.store, self.epochs, connection, self.asker).check
        for handler, subscription in zip(handlers, self.listening.subscriptions, strict=True):
            subscription.passing.tell = handler.pass_by
            if room and subscription.bell:
                room.bells.setdefault(handler.topic.name, []).append(subscription.bell.ring)
        self.watch = Watch(self.name, self.live, self.ready, self._measure)
        self.watch.looks = tuple(functools.partial(look, self) for look in parts.looks)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def topics(self) -> list[Topic]:
        """What it subscribes to; erasures concern every service but the one that does them."""
        heard = self.parts.service.topics_heard
        return heard if self.name == "intake" else [*heard, topics.CUSTOMERS]

    def _handler_of(self, topic: Topic) -> TopicHandler:
        handler = TopicHandler(
            topic, self.decoder, self.processor, self.parts.cipher, self.limit, self._log_start, self.forget, self.epochs.of
        )
        if self.room:
            room = self.room
            handler.from_zero = True
            handler.passed = lambda name, partition, offset: room.passed(self.name, name, partition, offset)
        return handler

    async def _log_start(self, topic: str, partition: int) -> int:
        try:
            ends = await self.asker.ends(topic)
        except AWAY as error:
            raise TryAgain("the broker did not say where a partition starts") from error
        return ends.get(partition, (0, 0))[0]

    async def forget(self, erasure: CustomerErased) -> None:
        """Blank everything that this service holds of a customer; idempotent."""
        kinds = kinds_of(self.parts.service)
        await forget_customer(self.store, kinds, erasure.customer_id, erasure.erased_at, machine_ms())

    # -- life -----------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open the store and start everything that works without Kafka: doors, announcer, sweeper, timers, effects."""
        wait = 0.2
        while True:
            try:
                await self.store.open()
                await self.store.ping()
                break
            except StoreDown as error:
                log.warning("waiting for the store", service=self.name, error=type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)
        for hook in self.parts.on_open:
            await hook(self)

    def start_loops(self) -> None:
        """Start the loops that need only the store; what they cannot publish waits in outboxes."""
        loops = {
            "announcer": self.announcer.run,
            "doors": self.doors.run,
            "sweeper": self.sweeper.run,
            "timers": self.timers.run,
        }
        if self.parts.performers:
            loops["effects"] = self.effects.run
        loops["erasures"] = self.erasing.run
        loops["retention"] = self.retention.run
        loops["watch"] = self.watch.run
        metrics.begin(self.name, self.listening.topics)
        self._tasks = [asyncio.create_task(loop(), name=name) for name, loop in loops.items()]

    def start_consuming(self) -> None:
        """Start consuming as soon as Kafka and its topics are there; the doors work meanwhile."""
        self.listening.start()

    async def stop(self, seconds: float = 30) -> None:
        """Finish what is in hand, then stop; by force after `seconds`."""
        with contextlib.suppress(TimeoutError):
            await within(seconds, self._stop())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(StoreDown):
            await self.store.close()

    async def _stop(self) -> None:
        self.effects.stop()
        await self.listening.stop()
        for _ in range(100):
            if not self.announcer.at_work and not self.doors.at_work:
                break
            await asyncio.sleep(0.02)
        handing_over = [task for task in self._tasks if task.get_name() == "effects"]
        await asyncio.gather(*map(asyncio.shield, handing_over), return_exceptions=True)
        await self.producer.stop()
        await self.asker.close()

    # -- health ---------------------------------------------------------------------------------------------------------

    async def live(self) -> list[str]:
        """Why this process should be restarted: a loop that does not move, a dead sender."""
        troubles = [f"{task.get_name()}: the loop ended" for task in self._tasks if task.done()]
        for name, beat in self._beats().items():
            silent_ms = machine_ms() - beat
            metrics.UP.labels(self.name, name).set(1 if silent_ms <= HANGS_MS else 0)
            if silent_ms > HANGS_MS:
                troubles.append(f"{name}: no progress for {silent_ms // 1000} s")
        troubles += await self.listening.dead()
        if not self.producer.alive:
            troubles.append("the producer's sender died")
        return troubles

    def _measure(self) -> None:
        self.listening.measure()
        metrics.STOPPED.labels(self.name).set(1 if self.limit.stopped else 0)

    def _beats(self) -> dict[str, int]:
        """When each loop last moved, machine ms."""
        beats = {
            "announcer": self.announcer.beat,
            "doors": self.doors.beat,
            "sweeper": self.sweeper.beat,
            "timers": self.timers.beat,
            "erasures": self.erasing.beat,
            "retention": self.retention.beat,
        }
        return beats | ({"effects": self.effects.beat} if self.parts.performers else {})

    async def ready(self) -> list[str]:
        """Why this replica cannot do its work right now; empty when it can."""
        troubles = []
        try:
            await within(3, self.store.ping())
        except (StoreDown, TimeoutError):
            troubles.append("the store does not answer")
        if self.limit.stopped:
            troubles.append("consumers stopped: too many records failed; mend the cause and restart")
        refused = [f"{topic}: {reason}" for topic, reason in self.producer.refused.items()]
        return troubles + refused + await self.listening.unready()
