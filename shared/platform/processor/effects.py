"""Do effects once: planned, sending one at a time, then sent, failed or unknown; never blindly again."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.platform import metrics
from shared.platform.clock import machine_ms
from shared.platform.decision import Settled
from shared.platform.document import Document, Sought
from shared.platform.effect_record import EffectRecord
from shared.platform.logging import get_logger
from shared.platform.patience import within
from shared.platform.processor.item import Item
from shared.platform.processor.loop import Processor
from shared.platform.steps import step
from shared.platform.store import StoreDown

log = get_logger(__name__)
CLAIM_MS = 10_000
"""How long what a dead worker had claimed and not begun waits for another one; two that claim it are told apart at `sending`."""
LEASE_MS = 60_000
"""How long one hand-over may take before its sender counts as dead."""
MAX_ATTEMPTS = 300
"""With at most ten minutes between two tries: about two days, as mail servers do."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""Seconds between two looks whether what all need is there again."""
DEAF = 2
"""`told` of an effect whose aggregate's rule failed on hearing of it; it is told again from time to time."""
DEAF_MS = 60_000
ENDED = ("sent", "failed", "unknown")
WATCHED = ("planned", "sending", "failed", "unknown")
"""What the gauge shows: few, however many letters were sent, for it is looked at twice a second."""


class NotHandedOver(Exception):  # noqa: N818 - named after what is known
    """It is known that nothing was handed over: try again later."""


class NotYet(NotHandedOver):
    """What every hand-over needs is away, such as the vault: no try of this one, and none of the others is better off."""


class Impossible(Exception):  # noqa: N818 - named after the state
    """It will never work: no address, refused for good; `reason` is a NoticeFailure."""

    def __init__(self, reason: str) -> None:
        """Machine-readable reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Done:
    """An effect was handed over."""

    details: Mapping[str, Any] = field(default_factory=dict)


Performer = Callable[[str, EffectRecord], Awaitable[Done]]
"""Does one effect by its key. Raises `NotHandedOver`, `NotYet`, `Impossible`; anything else means that nobody knows."""


class EffectWorker:
    """The worker of one service; several replicas share the work by compare-and-set."""

    def __init__(
        self, processor: Processor, performers: Mapping[str, Performer], wake: asyncio.Event, every: float = 0.5
    ) -> None:
        """`performers` by kind of effect; `every`: seconds between two looks when nobody wakes it."""
        self.processor = processor
        self.store = processor.store
        self.performers = performers
        self.wake = wake
        self.every = every
        self.beat = machine_ms()
        self.stopping = False
        self.pause = 0.0
        """Seconds until the next look while what all need is away; then one effect at a time is tried."""
        self._deaf_again = 0

    async def run(self) -> None:
        """Work until told to stop; faults only postpone."""
        alone = self.store.exclusive
        while not self.stopping:
            self.beat = machine_ms()
            self.wake.clear()
            try:
                if alone:
                    await self._give_up_on_the_dead()
                    alone = False
                busy = await self.work()
            except Exception as error:  # a store outage, or a bug: what is planned stays planned
                log.warning("effects wait", service=self.processor.service.name, error=type(error).__name__)
                await asyncio.sleep(1)
                continue
            if not busy or self.pause:
                with contextlib.suppress(TimeoutError):
                    await within(self.pause or self.every, self.wake.wait())

    def stop(self) -> None:
        """End after the hand-over that is under way: cut short, nobody would know whether it happened."""
        self.stopping = True
        self.wake.set()

    async def _give_up_on_the_dead(self) -> None:
        """Where nobody else sends, what is being sent at our start has lost its sender: no need to wait for its lease."""
        for document in await self.store.find(EffectRecord, Sought({"state": "sending"}, limit=1_000)):
            await self._change(document, retry_at=machine_ms())

    async def work(self) -> bool:
        """Do what is planned, one by one, and tell aggregates how their effects ended; True if there was anything."""
        due = await self.store.claim_due(EffectRecord, machine_ms(), machine_ms(), CLAIM_MS, 1 if self.pause else 100)
        step("effect claimed")
        loaded = await self.store.load_many(EffectRecord, [d.id for d in due])
        in_vain = False
        for document in loaded.values():
            if self.stopping or in_vain:
                await self._change(document)  # a save frees the claim: whoever comes next need not wait for it
            else:
                self.beat = machine_ms()
                await self._do(document)
                in_vain = self.pause > 0
        told = await self._tell()
        await self._measure()
        return bool(due) or told

    async def _do(self, document: Document) -> None:
        record = _record(document)
        if record.due is None or record.due > machine_ms():  # between our claim and our look somebody else began, or ended it
            return
        if record.state == "sending":  # its sender died: nobody knows whether it was handed over
            await self._change(document, state="unknown", reason="unknown", retry_at=None)
            return
        lease = machine_ms() + LEASE_MS
        if not await self._change(document, state="sending", attempts=record.attempts + 1, retry_at=lease):
            return
        step("effect sending")
        await self._settle(document, await self._perform(document.id, _record(document)))
        step("effect settled")

    async def _settle(self, document: Document, end: dict[str, Any]) -> None:
        """Write down how a hand-over ended, however long the store is away: nobody else knows it."""
        while not self.stopping:
            with contextlib.suppress(StoreDown):
                await self._change(document, **end)
                return
            self.beat = machine_ms()
            await asyncio.sleep(1)
        await self._change(document, **end)

    async def _perform(self, key: str, record: EffectRecord) -> dict[str, Any]:
        """What becomes of the record."""
        performer = self.performers.get(record.kind)
        if performer is None:  # planned by a newer version: whoever knows it will do it
            return {"state": "planned", "attempts": record.attempts - 1, "retry_at": machine_ms() + 60_000}
        pause, self.pause = self.pause, 0.0
        try:
            done = await performer(key, record)
            step("after performer")
        except NotYet:
            self.pause = min(max(2 * pause, FIRST_PAUSE), LONGEST_PAUSE)
            return {"state": "planned", "attempts": record.attempts - 1, "retry_at": machine_ms() + int(self.pause * 1000)}
        except NotHandedOver:
            if record.attempts >= MAX_ATTEMPTS:
                return {"state": "failed", "reason": "gave_up", "retry_at": None}
            wait = min(1000 * 2 ** min(record.attempts, 10), 600_000)
            return {"state": "planned", "retry_at": machine_ms() + wait}
        except Impossible as error:
            return {"state": "failed", "reason": error.reason, "retry_at": None}
        except Exception as error:  # raised after the hand-over began: only a person can know
            log.error("an effect may or may not have happened", effect_kind=record.kind, error=type(error).__name__)
            return {"state": "unknown", "reason": "unknown", "retry_at": None}
        return {"state": "sent", "details": dict(done.details), "retry_at": None}

    async def _change(self, document: Document, **update: Any) -> bool:
        """Compare-and-set one record; False if somebody else was faster."""
        document.state = _record(document).model_copy(update=update | {"at": machine_ms()})
        document.upd = machine_ms()
        return not await self.store.save([document])

    async def _tell(self) -> bool:
        """Hand `Settled` to the aggregates that asked, then mark the records as told."""
        ended = await self.store.find(EffectRecord, Sought({"told": 0, "state": ENDED}, limit=200))
        if not ended and machine_ms() > self._deaf_again:
            self._deaf_again = machine_ms() + DEAF_MS
            ended = await self.store.find(EffectRecord, Sought({"told": DEAF, "state": ENDED}, limit=200))
        deaf: set[str] = set()
        items = [item for document in ended if (item := self._settled(document))]
        if items:
            outcomes, announced = await self.processor.process(items)
            deaf = {items[position].arrival for position, outcome in outcomes.items() if outcome.kind == "failed"}
            if deaf:
                log.error("a settling rule failed", count=len(deaf))
            await announced
            step("before told")
        await self._mark_told(ended, deaf)
        return bool(ended)

    async def _mark_told(self, ended: Sequence[Document], deaf: set[str]) -> None:
        """One write for all; who loses it was changed by somebody else meanwhile, and is told again if need be."""
        for document in ended:
            told = DEAF if _arrival(document) in deaf else 1
            document.state = _record(document).model_copy(update={"told": told, "at": machine_ms()})
            document.upd = machine_ms()
        lost = await self.store.save(ended) if ended else set()
        for document in ended if not (lost and self.store.transactional) else ():
            if document.key not in lost and _record(document).told == 1:
                metrics.EFFECTS_DONE.labels(self.processor.service.name, _record(document).state).inc()

    def _settled(self, document: Document) -> Item | None:
        record = _record(document)
        kinds = {keeps.collection: hearing for keeps, hearing in self.processor.service.settlers.items()}
        hearing = kinds.get(record.keeps)
        if hearing is None:
            return None
        message = Settled(document.id, record.kind, record.state, record.reason, record.details)
        arrival = _arrival(document)
        return Item(hearing, record.agg, message, arrival.removeprefix("effect/"), arrival, by="courier", correlation=record.agg)

    async def _measure(self) -> None:
        counts = await self.store.count_by(EffectRecord, "state", {"state": WATCHED})
        for state in WATCHED:
            metrics.EFFECTS.labels(self.processor.service.name, state).set(counts.get(state, 0))


def _arrival(document: Document) -> str:
    """The name under which an aggregate hears how an effect ended."""
    record = _record(document)
    return f"effect/{document.id}:{record.state}:{record.attempts}"


def _record(document: Document) -> EffectRecord:
    if not isinstance(document.state, EffectRecord):
        raise TypeError(f"{document.id} is not an effect")
    return document.state
