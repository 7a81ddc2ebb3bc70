"""The pipeline of one batch: prepare, load, decide, seal, save, announce; the save is the only commit point."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from shared.platform import metrics
from shared.platform.clock import Clock
from shared.platform.document import Document
from shared.platform.effect_record import EffectRecord
from shared.platform.processor.announce import Announcer
from shared.platform.processor.decide import Decided, decide
from shared.platform.processor.item import Item, Outcome, Outcomes
from shared.platform.processor.load import Facts, load, mark_erased
from shared.platform.processor.outbox import fill_outboxes
from shared.platform.processor.prepare import prepare
from shared.platform.processor.save import save
from shared.platform.service import Service
from shared.platform.steps import step
from shared.platform.store import Store, Unencodable
from shared.platform.vault import Vault

SEEN_MOST = 1_000
"""An aggregate that remembers more ids than this is drawn wrongly."""
Beside = Callable[[Sequence[Item], Outcomes], Awaitable[list[Document]]]
"""Makes the documents that must be saved with a batch: what was parked, and the tally."""


class Processor:
    """Runs batches of items through a service's rules; topics, doors, timers and effects all come through here."""

    def __init__(
        self, service: Service, store: Store, vault: Vault, clock: Clock, announcer: Announcer, policy: Any, policy_hash: str
    ) -> None:
        """One per service and process."""
        self.service = service
        self.store = store
        self.vault = vault
        self.clock = clock
        self.announcer = announcer
        self.policy = policy
        self.policy_hash = policy_hash
        self.prepare: Facts | None = None
        self._turn = asyncio.Lock() if store.transactional else contextlib.nullcontext()
        """One at a time where one lost compare-and-set makes a whole batch void; elsewhere only the losers begin again."""

    async def process(self, items: Sequence[Item], beside: Beside | None = None) -> tuple[Outcomes, asyncio.Future[None]]:
        """Decide and save a batch; returns how each item was settled, by position, and the announcement under way.

        What lost a compare-and-set is loaded and decided again. `beside` is asked for the documents that belong to the
        same write; on a transactional store they share its transaction. Raises `StoreDown` or `TryAgain`.
        """
        outcomes = await prepare(self.prepare, items)
        announcements: list[asyncio.Future[None]] = []
        waiting = [position for position in range(len(items)) if position not in outcomes]
        while True:
            try:
                async with self._turn:
                    decided = await self._decide([items[i] for i in waiting])
                    outcomes.update({waiting[position]: outcome for position, outcome in decided.outcomes.items()})
                    lost = await save(self.service.name, self.store, decided, beside and partial(beside, items, outcomes))
            except Unencodable as error:  # one document that cannot be written must not fail its neighbours
                bad = {i for i in waiting if items[i].key == error.key}
                if not bad:
                    raise
                outcomes.update(dict.fromkeys(bad, Outcome("failed", error)))
                waiting = [i for i in waiting if i not in bad]
                continue
            won = [document for key, document in decided.changed.items() if key not in lost and document.out]
            if won:
                announcements.append(self.announcer.announce(won))
            if not lost and any(row.keeps is EffectRecord for row in decided.rows):
                self.announcer.wake_effects.set()
            waiting = [i for i in waiting if items[i].key in lost]
            if not waiting and not (lost and beside):
                break
            metrics.CONFLICTS.labels(self.service.name).inc(len(lost))
        for outcome in outcomes.values():
            metrics.DECIDED.labels(self.service.name, outcome.kind).inc()
        return outcomes, _all(announcements)

    async def _decide(self, items: list[Item]) -> Decided:
        step("before load")
        loaded = await load(self.store, items)
        await mark_erased(self.store, items)
        decided = decide(self.service, items, loaded, self.policy, self.policy_hash, self.clock.now())
        crowded = sum(len(document.seen) > SEEN_MOST for document in decided.changed.values())
        if crowded:
            metrics.SEEN_TOO_MANY.labels(self.service.name).inc(crowded)
        if decided.secrets:
            await self.vault.seal(decided.secrets)
        fill_outboxes(self.service.name, decided, at_once=self.store.transactional)
        return decided


def _all(futures: list[asyncio.Future[None]]) -> asyncio.Future[None]:
    if len(futures) == 1:
        return futures[0]
    return asyncio.gather(*futures) if futures else _done()  # type: ignore[return-value]  # a list of None is as good


def _done() -> asyncio.Future[None]:
    future = asyncio.get_running_loop().create_future()
    future.set_result(None)
    return future
