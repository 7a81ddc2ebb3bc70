"""The consumers of one service: started as soon as Kafka and its topics are there, while the doors already work."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from faststream.kafka import KafkaBroker

from shared.contracts.topics import Topic
from shared.platform.bus.asker import Asker
from shared.platform.bus.connection import Connection
from shared.platform.bus.consumer import Settle, Subscription
from shared.platform.bus.errors import AWAY
from shared.platform.bus.refusals import KINDS, sentence, why
from shared.platform.epochs import Epochs
from shared.platform.logging import get_logger
from shared.platform.patience import within
from shared.platform.read_elsewhere import ReadElsewhere
from shared.platform.store import StoreDown

log = get_logger(__name__)
START_SECONDS = 60
LONGEST_WAIT_SECONDS = 5.0
ANSWER_SECONDS = 3.0


class MissingTopics(Exception):  # noqa: N818 - named after what is missing
    """Topics are declared and not there; services never create them."""


WAITS: tuple[type[Exception], ...] = (*AWAY, StoreDown, MissingTopics)
"""What a starting consumer waits out."""


async def _unasked(_: Sequence[str]) -> None:
    return


class Listening:
    """One subscription a topic, on one FastStream broker."""

    def __init__(
        self,
        service: str,
        connection: Connection,
        settles: Sequence[tuple[Topic, Settle]],
        stopped: Callable[[], bool],
        epochs: Epochs,
        asker: Asker,
    ) -> None:
        """`settles`: what settles the batches of each topic; `stopped` turns true where nothing may be consumed any more."""
        self.service = service
        self.epochs = epochs
        self.asker = asker
        self.connection = connection
        self.broker = broker_of(connection)
        self.subscriptions = [Subscription(self.broker, connection, service, topic, settle) for topic, settle in settles]
        for subscription in self.subscriptions:
            subscription.stopped = stopped
        self.groups_are_ours: Callable[[Sequence[str]], Awaitable[None]] = _unasked
        """Raises `ReadElsewhere` where they are not."""
        self.consuming = False
        self.waits_for = "Kafka or a topic is not there yet"
        self._starting: asyncio.Task[None] | None = None

    @property
    def topics(self) -> list[str]:
        """The names of what it subscribes to."""
        return [subscription.topic.name for subscription in self.subscriptions]

    def start(self) -> None:
        """Start consuming in the background, however long Kafka takes to come."""
        self._starting = asyncio.create_task(self._start())

    async def _start(self) -> None:
        wait = 0.2
        while True:
            try:
                await self._check_topics()
                await self.epochs.open(self.topics, self.asker)
                await self.groups_are_ours(self.topics)
                await within(START_SECONDS, self.broker.start())
                for subscription in self.subscriptions:
                    subscription.watch()
                self.consuming = True
                return
            except Exception as error:  # whatever it is, giving up unseen would be worse
                own = isinstance(error, (MissingTopics, ReadElsewhere))
                self.waits_for = str(error) if own else await why(self.connection, error)
                level = log.warning if isinstance(error, WAITS) else log.error
                level("waiting for Kafka", service=self.service, reason=self.waits_for)
                with contextlib.suppress(Exception):  # half-started clients fail in many ways; both are made anew
                    await self.asker.close()
                    await self.broker.stop()
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def _check_topics(self) -> None:
        missing = [topic for topic in self.topics if not await self.asker.ends(topic)]
        if missing:
            raise MissingTopics(f"topics are missing: {', '.join(missing)}; run `redress topics init`{self._or_hidden()}")

    def _or_hidden(self) -> str:
        """Brokers do not show a topic to a user who has no right to it."""
        return ", or allow this user READ on them" if self.connection.security.startswith("sasl") else ""

    async def stop(self) -> None:
        """Finish the batches in hand and leave the groups."""
        if self._starting:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        with contextlib.suppress(*AWAY):
            await self.broker.stop()

    def measure(self) -> None:
        """Tell the metrics what is left to read, also of topics that brought nothing lately."""
        if self.consuming:
            for subscription in self.subscriptions:
                subscription.measure_lag()

    async def dead(self) -> list[str]:
        """Why the process should be restarted: a consumer whose loop ended, hangs, or is stuck outside of its group."""
        if not self.consuming:
            return []
        outside = [trouble for s in self.subscriptions if (trouble := s.outside())]
        if outside and await self._silence():
            outside = []
        return [trouble for s in self.subscriptions if (trouble := s.trouble())] + outside

    async def unready(self) -> list[str]:
        """Why nothing is consumed right now."""
        if not self.consuming:
            return [f"not consuming: {self.waits_for}"]
        failing = [f"{s.topic.name}: a batch fails with {s.failing}" for s in self.subscriptions if s.failing]
        refused = [f"{s.topic.name}: {s.refused}" for s in self.subscriptions if s.refused]
        idle = [f"{s.topic.name}: no partition assigned" for s in self.subscriptions if s.unassigned()]
        return failing + refused + idle + await self._silence()

    async def _silence(self) -> list[str]:
        """That Kafka does not answer, where it does not."""
        try:
            await within(ANSWER_SECONDS, self.asker.ends(self.topics[0]))
        except AWAY as error:
            return [f"Kafka does not answer: {sentence(error)}" if isinstance(error, KINDS) else "Kafka does not answer"]
        return []


def broker_of(connection: Connection) -> KafkaBroker:
    """FastStream's broker, for consuming only: it never creates topics and never produces."""
    return KafkaBroker(
        connection.servers.split(","),
        client_id=connection.client_id,
        request_timeout_ms=connection.request_timeout_ms,
        metadata_max_age_ms=60_000,
        retry_backoff_ms=200,
        graceful_timeout=25,
        allow_auto_create_topics=False,
        logger=None,
        apply_types=False,  # we decode by ourselves, and each batch would pay for the check of one argument
        consumer_only=True,
        security=connection.for_faststream(),
    )
