"""What one event costs the SQLite store as cases pile up: the newest cases are loaded, changed, saved, announced, cleared."""

import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from services.escalation.domain.case import Case
from services.escalation.handlers import escalation
from services.intake.store import ContactRow, Source
from shared.contracts import topics
from shared.contracts.events import ComplaintRegistered
from shared.contracts.identity import digest, time_ordered_id
from shared.contracts.kept import Kept
from shared.platform.clock import machine_ms
from shared.platform.decision import Decision, Given
from shared.platform.document import Document, NewRow
from shared.platform.history import HistoryEntry
from shared.platform.runtime import kinds_of
from shared.platform.stores import codec
from shared.platform.stores.sqlite import SqliteStore
from shared.platform.stores.sqlite_schema import Table
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import pinned, quantile, scratch, seldom_collected, still_heap
from tests.benchmarks.rehearsal import Rehearsal, policy_of, submissions

BATCH = 500
NEWEST = 20_000
"""Cases that events still come for; the others are over."""
WARM = 5
"""Batches at each size that fill SQLite's page cache and are not counted."""
RETURNING = 3
"""Of ten cases: those of customers who had one before, anywhere among all."""
CHANGE, OPEN, RANDOM = "newest cases change", "new cases open", "rows under random keys (sources, contacts)"
BODY = "x" * 700
"""An event in the outbox."""
START = 1_790_000_000_000
SIZES = (10_000, 100_000, 1_000_000)


def measure(events: int = 0, rounds: int = 60, sizes: Sequence[int] = SIZES) -> list[Figure]:
    """`rounds` batches of 500 at each size; `events`, if given, is the largest size instead."""
    sizes = sizes if not events else (max(events // 5, 5), events)
    patterns = _patterns()
    found: dict[str, list[tuple[float, float]]] = {}
    with scratch() as home, pinned(0), seldom_collected():
        filling = Filling(home / "growth.sqlite", patterns)
        for size in sizes:
            filling.up_to(size)
            with still_heap():
                for name, costs in asyncio.run(_measured(filling, filling.size, rounds)).items():
                    found.setdefault(name, []).append(costs)
            filling.size += (rounds + WARM) * BATCH  # what the measurement itself has added
    return [figure for name, costs in found.items() for figure in _figures(name, sizes, costs)]


def _figures(name: str, sizes: Sequence[int], costs: Sequence[tuple[float, float]]) -> Iterator[Figure]:
    for size, (mean, worst) in zip(sizes, costs, strict=True):
        yield Figure(f"{name}: an event at {size:,} cases", mean, "µs", note=f"p99 of a batch of {BATCH}: {worst:.0f} ms")
    is_local = name != RANDOM
    growth, worst = costs[-1][0] / costs[0][0], costs[-1][1]
    yield Figure(f"{name}: growth", growth, "x", at_most=1.2 if is_local else None)
    yield Figure(f"{name}: p99 of a batch, most cases", worst, "ms", at_most=40 if is_local else None)


def _patterns() -> list[Case]:
    """Some dozens of real cases, whose shapes are repeated."""
    heard = Rehearsal().play(submissions(60)).heard[topics.REGISTERED.name]
    policy = policy_of("escalation")
    cases = []
    for event in heard:
        if isinstance(event, ComplaintRegistered):
            rule = escalation.hearings[ComplaintRegistered][0].decide
            answer = rule(event, None, Given(machine_ms(), policy.policy, policy.hash, event.subject, "intake"))
            if isinstance(answer, Decision) and isinstance(answer.keep, Case):
                cases.append(answer.keep)
    return cases


class Filling:
    """A file that grows by plain inserts with indexes built at the end: it must only look as if the service had filled it."""

    def __init__(self, path: Path, patterns: Sequence[Case]) -> None:
        self.path = path
        self.patterns = patterns
        self.size = 0
        self.kinds: tuple[type[Kept], ...] = (*kinds_of(escalation), Source, ContactRow)

    def document(self, number: int) -> Document:
        """The case with this number; ids rise with it, and so do those of customers, of whom three in ten were here before."""
        name = _case_id(number)
        customer = "u" + _case_id(_earlier(number) if number % 10 < RETURNING else number)[1:]
        case = self.patterns[number % len(self.patterns)]
        state = case.but(complaint_id=name, customer_id=customer, opened_at=START + number * 40)
        return Document(name, state, ver=1, arrival=f"topic/1/{topics.REGISTERED.name}/0/{number}", seen={name: START}, upd=START)

    def up_to(self, size: int) -> None:
        """Add cases, one history entry each, and the randomly keyed rows of their sources and contacts."""
        asyncio.run(self._tables())
        db = sqlite3.connect(self.path, isolation_level=None)
        db.execute("PRAGMA synchronous=OFF")
        for kept in (Case, HistoryEntry, Source, ContactRow):
            _without_indexes(db, kept)
            insert = Table(kept).insert
            for first in range(self.size, size, 10_000):
                numbers = range(first, min(first + 10_000, size))
                db.execute("BEGIN")
                db.executemany(insert, (_row(self.row(kept, number)) for number in numbers))
                db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        asyncio.run(self._tables())
        self.size = max(self.size, size)

    async def _tables(self) -> None:
        store = SqliteStore(self.path, self.kinds)
        await store.open()
        await store.close()

    def row(self, kept: type[Kept], number: int) -> Document:
        """The row of a collection that belongs to a case."""
        if kept is Case:
            return self.document(number)
        if kept is HistoryEntry:
            return self.history(number, 0)
        if kept is Source:
            return Document(digest("source", number), Source(complaint_id=f"c_{number}"), upd=START)
        return Document(digest("contact", number), ContactRow(customer_id=f"u_{number}", first=f"c_{number}"), upd=START)

    def opened(self, number: int) -> Document:
        """A case that is about to be saved for the first time."""
        document = self.document(number)
        document.ver, document.out, document.upd = 0, [{"k": "e", "body": BODY}], machine_ms()
        return document

    def history(self, number: int, step: int) -> Document:
        """What happened to a case."""
        case_id, at = _case_id(number), START + number * 40 + step
        entry = HistoryEntry(
            agg=case_id,
            what="ComplaintTriaged",
            said=("CaseEscalated",),
            why="triaged P2, severity 55",
            by="triage",
            at=at,
            policy="0123456789abcdef",
            cause=digest("cause", number, step),
            prev=digest("prev", number),
            hash=digest(case_id, step) * 2,
        )
        return Document(time_ordered_id("h", at, entry.hash), entry, upd=at)


def _case_id(number: int) -> str:
    return time_ordered_id("c", START + number * 40, digest("case", number))


def _earlier(number: int) -> int:
    return int(digest("customer", number), 16) % (number + 1)


def _row(document: Document) -> list[object]:
    row, values = codec.written(document)
    return [document.id, *row, *values.values()]


def _new(document: Document) -> NewRow:
    """As the processor hands it over."""
    return NewRow(type(document.state), document.id, document.state.model_dump_json(), (*document.state.index().values(),), START)


def _without_indexes(db: sqlite3.Connection, kept: type[Kept]) -> None:
    indexes = "SELECT name FROM sqlite_master WHERE type='index' AND sql NOT NULL AND tbl_name=?"
    for (name,) in db.execute(indexes, (kept.collection,)).fetchall():
        db.execute(f"DROP INDEX {name}")


async def _measured(filling: Filling, size: int, rounds: int) -> dict[str, tuple[float, float]]:
    """Mean µs of an event and p99 ms of a batch, by kind of work; what a batch is made of is made before the clock runs."""
    store = SqliteStore(filling.path, filling.kinds)
    await store.open()
    dice = random.Random(size)
    times: dict[str, list[float]] = {}
    try:
        for turn in range(rounds + WARM):
            newest = dice.sample(range(max(0, size - NEWEST), size), min(BATCH, size))
            new = range(size + turn * BATCH, size + (turn + 1) * BATCH)
            jobs: dict[str, Callable[[], Awaitable[object]]] = {
                CHANGE: partial(
                    _change, store, [_case_id(n) for n in newest], [_new(filling.history(n, turn + 1)) for n in newest]
                ),
                OPEN: partial(_open, store, [filling.opened(n) for n in new], [_new(filling.history(n, 0)) for n in new]),
                RANDOM: partial(store.insert_many, _scattered(size, turn)),
            }
            for name, job in jobs.items():
                started = time.perf_counter()
                await job()
                if turn >= WARM:
                    times.setdefault(name, []).append(time.perf_counter() - started)
    finally:
        await store.close()
    return {name: (sum(took) / len(took) / BATCH * 1e6, quantile(took, 0.99) * 1e3) for name, took in times.items()}


async def _change(store: SqliteStore, ids: Sequence[str], history: Sequence[NewRow]) -> None:
    """One batch as the processor does it: load, save with outbox and history, clear."""
    documents = list((await store.load_many(Case, ids)).values())
    for document in documents:
        state = document.state
        assert isinstance(state, Case)
        document.state = state.but(severity=(state.severity + 1) % 100, tier="supervisor")
        document.out = [{"k": "e", "body": BODY}]
        document.seen[f"{document.ver:032}"] = START
        document.upd = machine_ms()
    if await store.save(documents, history):
        raise AssertionError("nobody else writes here")
    await store.clear(documents)


async def _open(store: SqliteStore, documents: Sequence[Document], history: Sequence[NewRow]) -> None:
    if await store.save(documents, history):
        raise AssertionError("they are new")
    await store.clear(documents)


def _scattered(size: int, turn: int) -> list[Document]:
    names = [digest("new", size, turn, number) for number in range(BATCH // 2)]
    rows = [Document(name, Source(complaint_id=name), upd=START) for name in names]
    return rows + [Document(name, ContactRow(customer_id=name, first=name), upd=START) for name in names]
