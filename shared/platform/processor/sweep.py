"""Announce what a crash left behind: outboxes that wait longer than any announcement takes."""

import asyncio

from shared.platform import metrics
from shared.platform.clock import machine_ms
from shared.platform.logging import get_logger
from shared.platform.processor.announce import Announcer, NotAnnounced
from shared.platform.steps import step
from shared.platform.store import Store, StoreDown

log = get_logger(__name__)
AGE_MS = 2_000
PAGE = 100


class Sweeper:
    """Looks at every collection in turn; harmless beside other replicas, since everything it does is idempotent."""

    def __init__(self, service: str, store: Store, announcer: Announcer, kinds: tuple[type, ...], every: float = 0.5) -> None:
        """`every`: seconds between two looks."""
        self.service = service
        self.store = store
        self.announcer = announcer
        self.kinds = kinds
        self.every = every
        self.beat = machine_ms()

    async def run(self) -> None:
        """Sweep for ever; faults only postpone."""
        while True:
            await asyncio.sleep(self.every)
            self.beat = machine_ms()
            try:
                await self.sweep(machine_ms() - AGE_MS)
                await self._measure()
            except (StoreDown, NotAnnounced) as error:
                log.warning("sweeping waits", service=self.service, error=type(error).__name__)
                await asyncio.sleep(1)

    async def sweep(self, before: int) -> int:
        """Announce what was last changed before the machine instant; returns how many documents."""
        swept = 0
        for kind in self.kinds:
            documents = await self.store.claim_pending(kind, before, PAGE)
            if documents:
                await self.announcer.announce(documents)
                step("after sweep")
                swept += len(documents)
        return swept

    async def _measure(self) -> None:
        count, oldest = await self.store.pending()
        metrics.OUTBOX_WAITING.labels(self.service).set(count)
        metrics.OUTBOX_AGE.labels(self.service).set((machine_ms() - oldest) / 1000 if count else 0)
