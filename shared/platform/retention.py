"""Let go of what has been kept long enough: each kind by its own term, a page at a time, on every replica."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.contracts.kept import Kept
from shared.contracts.topics import DAY_MS
from shared.platform import metrics
from shared.platform.clock import machine_ms
from shared.platform.document import Between, Document, Sought
from shared.platform.logging import get_logger
from shared.platform.parked import Parked
from shared.platform.store import Store

log = get_logger(__name__)
EVERY_SECONDS = 600
PAGE = 200


@dataclass(frozen=True, slots=True)
class Term:
    """How long one kind of document is kept, and what goes then."""

    keeps: type[Kept]
    since: str
    """Index field with the instant, ms, from which days count; nothing in it: there is nothing to let go of."""
    days: int
    """0: for ever."""
    now: Callable[[], int]
    """The clock that wrote `since`, ms."""
    remainder: Callable[[Kept], Kept] | None = None
    """What stays of a state; None: the document is deleted."""


class Retention:
    """Works through its terms again and again; of two replicas at the same page one finds it done already."""

    def __init__(self, service: str, store: Store, terms: Sequence[Term]) -> None:
        """Terms without an end are left out."""
        self.service = service
        self.store = store
        self.terms = [term for term in terms if term.days]
        self.beat = machine_ms()

    def days_of(self, keeps: type[Kept]) -> int:
        """For how many days a kind is kept; 0: for ever."""
        return next((term.days for term in self.terms if term.keeps is keeps), 0)

    async def run(self) -> None:
        """For ever; faults only postpone."""
        for term in self.terms:
            metrics.LET_GO.labels(self.service, term.keeps.collection)  # at 0 from the start
        while True:
            try:
                await self.let_go()
            except Exception as error:  # whatever it is, what is due must go some time
                log.warning("letting go waits", service=self.service, error=type(error).__name__)
            for _ in range(EVERY_SECONDS):
                self.beat = machine_ms()
                await asyncio.sleep(1)

    async def let_go(self) -> int:
        """Everything that is due now; returns how many documents. Raises `StoreDown`."""
        done = 0
        for term in self.terms:
            while gone := await self._page(term):
                done += gone
                self.beat = machine_ms()
                metrics.LET_GO.labels(self.service, term.keeps.collection).inc(gone)
        if done:
            await self.store.scrub()
        return done

    async def _page(self, term: Term) -> int:
        due = {term.since: Between(high=term.now() - term.days * DAY_MS)}
        page = await self.store.find(term.keeps, Sought(due, sort=term.since, limit=PAGE))
        if not page:
            return 0
        lost = await (self._strip(page, term.remainder) if term.remainder else self.store.delete(page))
        return 0 if lost and self.store.transactional else len(page) - len(lost)  # the rest is found at the next look

    async def _strip(self, page: Sequence[Document], remainder: Callable[[Kept], Kept]) -> set[tuple[str, str]]:
        for document in page:
            document.state, document.upd = remainder(document.state), machine_ms()
        return await self.store.save(page)


def parked_term(days: int) -> Term:
    """Parked records lose their content and stay counted."""
    return Term(Parked, "content_since", days, machine_ms, _without_content)


def _without_content(state: Kept) -> Kept:
    if not isinstance(state, Parked):
        raise TypeError(f"{state.collection} is not a parked record")
    return state.without_content()
