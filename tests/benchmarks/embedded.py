"""An embedded house in a process of its own on the first core, which notes when each complaint was saved by which service."""

import asyncio
import contextlib
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from deploy.local import House, house
from services.escalation.domain.case import Case
from services.intake.domain.complaint import Complaint
from services.triage.domain.assessment import Assessment
from shared.platform.document import Document, NewRow
from shared.platform.heap import collect_seldom, leave_start_alone
from shared.platform.logging import configure
from shared.platform.settings import load_settings
from tests.benchmarks.machine import pin

SETTINGS: dict[str, Any] = {f"{name}_port": 0 for name in ("intake", "triage", "escalation", "followup")}


@dataclass(frozen=True)
class Seen:
    """When one complaint was durable where, on the machine's monotonic clock (the same in all processes), seconds."""

    registered: dict[str, float]
    triaged: dict[str, float]
    routed: dict[str, float]
    """Its case was saved with the tier that triage's judgement gave it."""
    last: float
    """The latest save of any service."""


class Embedded:
    """The house, from the other process."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self.url, self.key = pipe.recv()

    def seen(self) -> Seen:
        """What was noted by now."""
        self._pipe.send("seen")
        found: Seen = self._pipe.recv()
        return found

    async def quiet(self, seconds: float = 120) -> Seen:
        """Wait until nothing was saved for half a second."""
        async with asyncio.timeout(seconds):
            while True:
                seen = self.seen()
                if time.monotonic() - seen.last > 0.5:
                    return seen
                await asyncio.sleep(0.1)


@contextlib.contextmanager
def embedded(home: Path) -> Iterator[Embedded]:
    """Start it and stop it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_main, args=(theirs, home), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Embedded(ours)
    finally:
        with contextlib.suppress(OSError):
            ours.send("end")
        process.join(30)
        process.kill()


def _main(pipe: Pipe, home: Path) -> None:
    pin(0)
    collect_seldom()
    configure("json", "critical", "benchmark")
    asyncio.run(_run(pipe, home))


async def _run(pipe: Pipe, home: Path) -> None:
    settings = load_settings(None, home=home, mail_dir=home / "mail", **SETTINGS)
    async with house(settings) as made:
        notes = _Notes(made)
        while await made.troubles():
            await asyncio.sleep(0.02)
        leave_start_alone()
        pipe.send((made.around.urls["intake"], made.key))
        while await asyncio.to_thread(pipe.recv) != "end":
            pipe.send(notes.seen())


class _Notes:
    """Looks at every save that succeeded."""

    def __init__(self, made: House) -> None:
        self.registered: dict[str, float] = {}
        self.triaged: dict[str, float] = {}
        self.routed: dict[str, float] = {}
        self.last = time.monotonic()
        for built in made.services.values():
            store: Any = built.runtime.store
            store.save = self._noting(store.save)

    def _noting(self, save: Callable[..., Any]) -> Callable[..., Any]:
        async def saved(documents: Sequence[Document], rows: Sequence[NewRow] = ()) -> Any:
            lost = await save(documents, rows)
            if not lost:
                self._note(documents)
            return lost

        return saved

    def _note(self, documents: Sequence[Document]) -> None:
        self.last = now = time.monotonic()
        for document in documents:
            state = document.state
            if isinstance(state, Complaint):
                self.registered.setdefault(document.id, now)
            elif isinstance(state, Assessment):
                self.triaged.setdefault(document.id, now)
            elif isinstance(state, Case) and state.registered and state.triaged_at is not None:
                self.routed.setdefault(document.id, now)

    def seen(self) -> Seen:
        return Seen(self.registered, self.triaged, self.routed, self.last)
