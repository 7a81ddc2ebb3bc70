"""Announce what a crash left behind: outboxes that wait longer than any announcement takes."""

import asyncio

from shared.platform import metrics
from shared.platform.clock import machine_ms
from shared.platform.logging import get_logger
from shared.platform.processor.announce import Announcer, NotAnnounced
from shared.platform.steps import step
from shared.platform.store import Store

log = get_logger(__name__)
AGE_MS = 2_000
PAGE = 100
LONGEST_PAGE = 12_800
"""While a page cannot go out whole, the next one is twice as long, so that it reaches past what is stuck."""


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
        self._pages: dict[type, int] = {}

    async def run(self) -> None:
        """Sweep for ever; faults only postpone."""
        while True:
            await asyncio.sleep(self.every)
            self.beat = machine_ms()
            try:
                await self.sweep(machine_ms() - AGE_MS)
                await self._measure()
            except Exception as error:  # whatever it is, what waits must be swept some time
                log.warning("sweeping waits", service=self.service, error=type(error).__name__)
                await asyncio.sleep(1)

    async def sweep(self, before: int) -> int:
        """Announce what was last changed before the machine instant; returns how many documents."""
        swept, trouble = 0, None
        for kind in self.kinds:
            page = self._pages.get(kind, PAGE)
            documents = await self.store.claim_pending(kind, before, page)
            if not documents:
                continue
            try:
                await self.announcer.announce(documents)
                self._pages[kind] = PAGE
            except NotAnnounced as error:  # what cannot go out now must not hold what lies behind it
                self._pages[kind] = min(page * 2, LONGEST_PAGE)
                trouble = error
            step("after sweep")
            swept += len(documents)
        if trouble:
            raise trouble
        return swept

    async def _measure(self) -> None:
        count, oldest = await self.store.pending()
        metrics.OUTBOX_WAITING.labels(self.service).set(count)
        metrics.OUTBOX_AGE.labels(self.service).set((machine_ms() - oldest) / 1000 if count else 0)
