"""What each guarantee costs a record: the real runtime with one of them taken away, in one run, order shuffled."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from shared.platform.bus.connection import Connection
from shared.platform.effect_record import EffectRecord
from shared.platform.history import HistoryEntry
from shared.platform.processor import loop, outbox
from shared.platform.processor.topic import TopicHandler
from shared.platform.stores import codec
from shared.platform.stores.sqlite import SqliteStore
from tests.benchmarks.broker import Broker, broker
from tests.benchmarks.figures import Figure, over
from tests.benchmarks.machine import median, pinned, still_heap
from tests.benchmarks.throughput import TARGETS, Job, prepared

Without = Callable[[], AbstractContextManager[Any]]


@contextlib.contextmanager
def _without_rows(kind: type) -> Iterator[None]:
    real = outbox.fill_outboxes

    def filled(service: str, decided: Any, at_once: bool = False) -> None:
        real(service, decided, at_once)
        decided.rows = [row for row in decided.rows if row.keeps is not kind]

    with patch.object(loop, "fill_outboxes", filled):
        yield


@contextlib.contextmanager
def _without_history() -> Iterator[None]:
    """Neither made, nor hashed, nor written."""
    entry = {"agg": "", "at": 0, "hash": ""}
    with _without_rows(HistoryEntry), patch.object(outbox, "_history", lambda *_: (entry, b"{}")):
        yield


@contextlib.contextmanager
def _without_outbox() -> Iterator[None]:
    """What is to be said is neither written with the document nor cleared from it: a crash would lose it."""
    real = codec.written

    def written(document: Any) -> Any:
        out, document.out = document.out, []
        try:
            return real(document)
        finally:
            document.out = out

    async def clear(self: SqliteStore, documents: Any, announced: Any = (), also: Any = ()) -> None:
        for document in documents:
            document.out = []

    with patch.object(codec, "written", written), patch.object(SqliteStore, "clear", clear):
        yield


@contextlib.contextmanager
def _without_tally() -> Iterator[None]:
    """Nobody counts how each arrival was settled."""

    async def none(*_: Any) -> list[Any]:
        return []

    with patch.object(TopicHandler, "_tally", none):
        yield


@contextlib.contextmanager
def _without_confirmation() -> Iterator[None]:
    """One broker confirms, and a retry may double."""
    real = Connection.for_producer

    def settings(self: Connection) -> dict[str, Any]:
        return real(self) | {"acks": 1, "enable_idempotence": False}

    with patch.object(Connection, "for_producer", settings):
        yield


@contextlib.contextmanager
def _without_any() -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for name, without in WAYS.items():
            if name not in ("everything", "none of these"):
                stack.enter_context(without())
        yield


WAYS: dict[str, Without] = {
    "everything": contextlib.nullcontext,
    "no history": _without_history,
    "no effect records": lambda: _without_rows(EffectRecord),
    "no outbox": _without_outbox,
    "no tally": _without_tally,
    "acks=1, not idempotent": _without_confirmation,
    "none of these": _without_any,
}


def measure(events: int = 3_000, rounds: int = 3, only: Sequence[str] = tuple(TARGETS), seed: int = 1) -> list[Figure]:
    """CPU a record with everything, what it falls by without each, and what B needs."""
    figures: list[Figure] = []
    dice = random.Random(seed)
    with broker() as other, pinned(0):
        jobs = prepared(other, events, only)
        with still_heap():
            for job in jobs:
                figures += _costs(job.service.name, asyncio.run(_rounds(job, other, rounds, dice)))
    return figures


async def _rounds(job: Job, other: Broker, rounds: int, dice: random.Random) -> dict[str, list[float]]:
    """CPU a record by way, one value a round; the first round only warms up."""
    found: dict[str, list[float]] = {name: [] for name in (*WAYS, "B")}
    for turn in range(rounds + 1):
        for name in dice.sample(tuple(found), len(found)):
            if name == "B":
                run = await job.bare(other)
            else:
                with WAYS[name]():
                    run = await job.ours(other)
            if turn:
                found[name].append(run.cpu_us)
    return found


def _costs(service: str, found: dict[str, list[float]]) -> list[Figure]:
    full = found["everything"]
    figures = [
        over(f"{service}: everything", full, "µs", median(full)),
        over(f"{service}: B", found["B"], "µs", median(found["B"])),
    ]
    for name in WAYS:
        if name != "everything":
            saved = [whole - part for whole, part in zip(full, found[name], strict=True)]
            figures.append(over(f"{service}: {name} saves", saved, "µs", median(saved)))
    return figures
