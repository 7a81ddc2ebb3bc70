"""The process under test alone on one core, everything around it on another; scratch space that goes away."""

import contextlib
import gc
import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from shared.platform.heap import collect_seldom

CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def pin(place: int) -> None:
    """Keep this process, and the threads it starts from now on, on one core, if there are several to choose from."""
    if len(CORES) > 1:
        os.sched_setaffinity(0, {CORES[place % len(CORES)]})


@contextlib.contextmanager
def pinned(place: int) -> Iterator[None]:
    """The same for a while."""
    pin(place)
    try:
        yield
    finally:
        if len(CORES) > 1:
            os.sched_setaffinity(0, set(CORES))


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A directory for one run; also empties the heap of what the last run left."""
    gc.collect()
    with tempfile.TemporaryDirectory(prefix="redress-bench-") as name:
        yield Path(name)


@contextlib.contextmanager
def seldom_collected() -> Iterator[None]:
    """As a process of ours sets its garbage collector; a bare loop keeps Python's own."""
    before = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextlib.contextmanager
def still_heap() -> Iterator[None]:
    """What was made by now is not looked at by the garbage collector: it would slow down whoever comes next."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def rss_mb(pid: int | None = None) -> float:
    """Resident memory of a process, MB (10^6 bytes)."""
    pages = int(Path(f"/proc/{pid or 'self'}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)
