"""The real runtime of one service, with every guarantee on: seen ids, outbox, history, effects as documents, tally, headers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

from services.intake.store import ContactRow, Preparation, Source
from services.intake.upstream import read_submission
from services.intake.vault import CustomerKey, LocalVault, Opening
from shared.platform.bus.connection import Connection
from shared.platform.clock import SystemClock
from shared.platform.kept_policy import KeptPolicy  # noqa: F401 - every store has it
from shared.platform.parked import DlqCipher
from shared.platform.policy import Loaded
from shared.platform.processor.decode import Record
from shared.platform.runtime import Parts, Runtime, kinds_of
from shared.platform.service import Service
from shared.platform.stores.sqlite import SqliteStore
from tests.benchmarks.bare_intake import MASTER, SECRET
from tests.benchmarks.broker import MOCK, Patience

Progress = Callable[[int], None]


def runtime_of(service: Service, policy: Loaded[Any], servers: str, path: Path, patience: Patience = MOCK) -> Runtime:
    """As the service's `app.py` wires it beside a real Kafka, less HTTP and the courier."""
    own = (Source, ContactRow, CustomerKey, Opening) if service.name == "intake" else ()
    store, clock = SqliteStore(path, kinds_of(service, *own)), SystemClock()
    vault = LocalVault(store, (MASTER,), clock.now)
    parts = Parts(
        service=service,
        store=store,
        vault=vault,
        clock=clock,
        policy=policy.policy,
        policy_hash=policy.hash,
        cipher=DlqCipher(b"d" * 32),
        prepare=Preparation(store, clock, SECRET, policy.policy).prepare if service.name == "intake" else None,
        upstream=read_submission if service.name == "intake" else None,
    )
    return Runtime(
        parts, Connection(servers, "benchmark", fetch_max_wait_ms=patience.fetch_ms, batch_timeout_ms=patience.poll_ms)
    )


@contextlib.asynccontextmanager
async def running(runtime: Runtime, progress: Progress) -> AsyncIterator[None]:
    """Consume; `progress` is told of each batch before (0) and after it (its records)."""
    for subscription in runtime.listening.subscriptions:
        subscription.settle = _watched(subscription.settle, progress)
    await runtime.open()
    runtime.start_loops()
    runtime.start_consuming()
    try:
        async with asyncio.timeout(60):
            while not runtime.listening.consuming or any(s.unassigned() for s in runtime.listening.subscriptions):
                await asyncio.sleep(0.01)
        yield
    finally:
        await runtime.stop()


def _watched(settle: Callable[[Sequence[Record]], Any], progress: Progress) -> Callable[[Sequence[Record]], Any]:
    async def watched(records: Sequence[Record]) -> None:
        progress(0)
        await settle(records)
        progress(len(records))

    return watched
