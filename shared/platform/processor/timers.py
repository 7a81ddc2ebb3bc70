"""Wake aggregates when their instant has come: claim under a lease, then the same path as every message."""

import asyncio
import contextlib

from shared.platform import metrics
from shared.platform.clock import machine_ms
from shared.platform.decision import Rang
from shared.platform.logging import get_logger
from shared.platform.patience import within
from shared.platform.processor.item import Item
from shared.platform.processor.loop import Processor
from shared.platform.service import Hearing
from shared.platform.steps import step
from shared.platform.store import Due

log = get_logger(__name__)
LEASE_MS = 10_000
PAGE = 500


class Timers:
    """The poller of one service; several replicas share the work by leases."""

    def __init__(self, processor: Processor, every: float = 0.2) -> None:
        """`every`: seconds between two looks."""
        self.processor = processor
        self.every = every
        self.beat = machine_ms()
        self.at_work = False
        self.wake = asyncio.Event()
        """Set when a simulated clock was moved: nobody should wait for the next look then."""

    async def run(self) -> None:
        """Poll for ever; faults only postpone."""
        while True:
            self.beat = machine_ms()
            self.wake.clear()
            try:
                more = await self.fire_due()
            except Exception as error:  # a store outage, or a rule that fails: the lease brings it again
                log.warning("timers wait", service=self.processor.service.name, error=type(error).__name__)
                more = False
                await asyncio.sleep(1)
            if not more:
                with contextlib.suppress(TimeoutError):
                    await within(self.every, self.wake.wait())

    async def fire_due(self) -> bool:
        """Fire one page per kind; True if a page was full, so that there may be more."""
        full = False
        for hearing in self.processor.service.timers.values():
            now = self.processor.clock.now()
            due = await self.processor.store.claim_due(hearing.keeps, now, machine_ms(), LEASE_MS, PAGE)
            if not due:
                continue
            self.at_work = True
            try:
                step("timer claimed")
                await self._fire(hearing, due, now)
            finally:
                self.at_work = False
            full = full or len(due) == PAGE
        return full

    async def _fire(self, hearing: Hearing, due: list[Due], now: int) -> None:
        loaded = await self.processor.store.load_many(hearing.keeps, [d.id for d in due])
        items = [
            Item(
                hearing=hearing,
                aggregate=claimed.id,
                message=Rang(claimed.due),
                cause=f"{claimed.id}:due:{claimed.due}:{getattr(loaded[claimed.id].state, 'round', 1)}",
                arrival=f"timer/{claimed.id}/{claimed.due}",
                by="timer",
                correlation=claimed.id,
            )
            for claimed in due
            if claimed.id in loaded
        ]
        for claimed in due:
            metrics.TIMER_LATENESS.labels(self.processor.service.name).observe(max(0, now - claimed.due) / 1000)
        outcomes, announced = await self.processor.process(items)
        for position, outcome in outcomes.items():
            if outcome.kind == "failed":
                log.error("a timer's rule failed", aggregate=items[position].aggregate, error=type(outcome.answer).__name__)
        await announced
