"""Hand over what documents still have to say: effects and history to the store, events to Kafka; then clear."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, Protocol

from pydantic_core import to_json

from shared.contracts.topics import RECORD_BYTES
from shared.platform import metrics
from shared.platform.clock import machine_ms
from shared.platform.document import Document
from shared.platform.logging import get_logger
from shared.platform.patience import within
from shared.platform.processor.outbox import effects_in, history_in
from shared.platform.steps import step
from shared.platform.store import Announced, Store

log = get_logger(__name__)


class Publisher(Protocol):
    """Publishes outbox entries in order per key and says where each went."""

    remembers: bool
    """True for the embedded broker, which forgets with its process: cleared events are kept in `announced`."""

    async def publish(self, entries: Sequence[dict[str, Any]]) -> list[tuple[int, int] | None]:
        """Partition and offset of each entry; None for those that Kafka did not confirm."""


class Announcer:
    """The process's one announcer for a service: doors only wake it, so a dead broker never holds a customer."""

    def __init__(self, service: str, store: Store, publisher: Publisher) -> None:
        """`run` must be started as a task."""
        self.service = service
        self.store = store
        self.publisher = publisher
        self.wake_effects = asyncio.Event()
        self.at_work = 0
        self.beat = machine_ms()
        self._queue: asyncio.Queue[tuple[list[Document], asyncio.Future[None]]] = asyncio.Queue()

    def announce(self, documents: list[Document]) -> asyncio.Future[None]:
        """Queue documents whose save succeeded; the future ends when all they had to say is out, or fails."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda f: f.cancelled() or f.exception())  # a door does not wait: no warning then
        self.at_work += 1
        self._queue.put_nowait((documents, future))
        return future

    async def run(self) -> None:
        """Drain the queue for ever, the newest version of each document."""
        while True:
            waiting = [await self._next()]
            with contextlib.suppress(asyncio.QueueEmpty):
                while len(waiting) < 200:
                    waiting.append(self._queue.get_nowait())
            error: Exception | None = None
            try:
                await self.hand_over([document for documents, _ in waiting for document in documents])
            except Exception as problem:  # whatever it is, the outbox is kept
                error = problem
                metrics.PUBLISH_FAILURES.labels(self.service).inc()
                log.warning("announcing failed, the sweeper will try again", service=self.service, error=type(problem).__name__)
            self.at_work -= len(waiting)
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error) if error else future.set_result(None)

    async def _next(self) -> tuple[list[Document], asyncio.Future[None]]:
        while True:
            self.beat = machine_ms()
            with contextlib.suppress(TimeoutError):
                return await within(1, self._queue.get())

    async def hand_over(self, documents: Sequence[Document]) -> None:
        """Effects first, for a letter does not wait for Kafka; then events; then history, and clear what is wholly out.

        Raises `NotAnnounced` if Kafka did not confirm everything; what was confirmed is cleared all the same.
        """
        newest: dict[tuple[str, str], Document] = {}
        for document in documents:
            known = newest.get(document.key)
            if known is None or known.ver <= document.ver:
                newest.pop(document.key, None)
                newest[document.key] = document
        await self._plan_effects(list(newest.values()))
        step("after effects")
        entries = [(d, e) for d in newest.values() for e in d.out if e["k"] == "e" and self._fits(e)]
        places = await self.publisher.publish([e for _, e in entries]) if entries else []
        step("after publish")
        failed = {d.key for (d, _), place in zip(entries, places, strict=True) if place is None}
        await self._clear(list(newest.values()), entries, places, failed)
        step("after clear")
        if failed:
            raise NotAnnounced(len(failed))

    def _fits(self, entry: dict[str, Any]) -> bool:
        """An entry that can never be published must not hold its neighbours; its document and history keep the fact."""
        if "headers" in entry or len(entry["body"]) * 4 < RECORD_BYTES or len(entry["body"].encode()) < RECORD_BYTES - 2_000:
            return True
        metrics.PARKED.labels(self.service, "event_too_large").inc()
        log.error("an event is too large for a record and stays unsaid", service=self.service, event_type=entry["type"])
        return False

    async def _plan_effects(self, documents: Sequence[Document]) -> None:
        now = machine_ms()
        rows = [row for document in documents for row in effects_in(document, now)]
        if rows:
            await self.store.insert_many(rows)
            self.wake_effects.set()

    async def _clear(
        self,
        documents: Sequence[Document],
        entries: Sequence[tuple[Document, dict[str, Any]]],
        places: Sequence[tuple[int, int] | None],
        failed: set[tuple[str, str]],
    ) -> None:
        now = machine_ms()
        history = [row for document in documents for row in history_in(document, now)]
        announced = [
            Announced(entry["topic"], place[0], place[1], to_json(entry))
            for (document, entry), place in zip(entries, places, strict=True)
            if place and document.key not in failed and self.publisher.remembers
        ]
        await self.store.clear([document for document in documents if document.key not in failed], announced, history)


class NotAnnounced(Exception):  # noqa: N818 - named after what did not happen
    """Kafka did not confirm everything; the outboxes still hold it."""
