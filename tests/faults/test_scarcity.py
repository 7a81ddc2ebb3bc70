"""Row 19: ten times the load, a full disk, and few file descriptors: what was acknowledged stays, the rest is refused."""

import asyncio
import contextlib
import resource
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.faults.ledger import Findings, check_files, check_letters, checked_over_http
from tests.faults.traffic import Traffic
from tests.faults.up import Up

pytestmark = pytest.mark.slow
LIMITED_SECONDS = 6.0
DESCRIPTORS = 256
SILENT = 400
"""Connections that somebody opens and says nothing on."""


@contextlib.contextmanager
def limited(up: Up, what: int, soft: int) -> Iterator[None]:
    """Take something away from the running process, and give it back."""
    assert up.process
    before = resource.prlimit(up.process.pid, what)
    resource.prlimit(up.process.pid, what, (soft, before[1]))
    try:
        yield
    finally:
        resource.prlimit(up.process.pid, what, before)


async def ready(up: Up) -> bool:
    """Whether all four doors say that they can do their work."""
    async with httpx2.AsyncClient(timeout=5, trust_env=False) as client:
        with contextlib.suppress(httpx2.HTTPError):
            for service in ("intake", "triage", "escalation", "followup"):
                if (await client.get(up.url(service, "/readyz"))).status_code != 200:
                    return False
            return True
    return False


async def recovered(up: Up, seconds: float = 60) -> float:
    """Seconds until the process is ready again, by itself."""
    began = time.monotonic()
    while not await ready(up):
        assert up.alive, up.log[-2000:]
        assert time.monotonic() < began + seconds, f"not ready after {seconds} s: {up.log[-2000:]}"
        await asyncio.sleep(0.1)
    return time.monotonic() - began


def settled(up: Up, traffic: Traffic) -> Findings:
    """Wait until the house is quiet, and compare what was said with what there is."""
    counts = up.told("counts", "--wait", "90", seconds=120)
    assert counts["quiet"], counts["open"]
    found = checked_over_http(up, traffic.book, deaths=0)
    up.stop()
    check_letters(found, up)
    check_files(found, up)
    found.expect(not list(up.home.glob("mail/.*")), "half-written letters lie about")
    found.expect("Traceback" not in up.log, "an error was not caught")
    return found


@pytest.mark.timeout(240)
async def test_row_19_a_full_disk_refuses_and_loses_nothing_and_the_process_recovers_by_itself(tmp_path: Path) -> None:
    with Up(tmp_path) as up:
        await up.start()
        traffic = Traffic(up, seed=19, rate=60)
        async with traffic.flowing():
            await asyncio.sleep(2)
            largest = max(path.stat().st_size for path in up.home.glob("*.sqlite*"))
            before = len(traffic.book.acknowledged)
            with limited(up, resource.RLIMIT_FSIZE, largest // 4):
                await asyncio.sleep(LIMITED_SECONDS)
                refused = traffic.book.answers["503"]
                during = len(traffic.book.acknowledged) - before
            took = await recovered(up)
            await asyncio.sleep(1)
        await traffic.drain()
        found = settled(up, traffic)
    assert refused > 0, "the disk was not full"
    assert len(traffic.book.acknowledged) > before + during
    assert found.wrong == []
    print(f"\nrow 19: disk full: {refused} refused with 503, ready {took:.1f} s after there was room again; {found.told()}")


@contextlib.asynccontextmanager
async def silent_connections(up: Up, count: int) -> AsyncIterator[list[socket.socket]]:
    """So many connections to intake; as many as it lets in stay open and say nothing."""
    door = urlsplit(up.running["intake"])
    assert door.hostname and door.port
    opened: list[socket.socket] = []
    try:
        for _ in range(count):
            one = socket.socket()
            one.setblocking(False)
            opened.append(one)
            with contextlib.suppress(BlockingIOError, OSError):
                one.connect((door.hostname, door.port))
        yield opened
    finally:
        for one in opened:
            one.close()


@pytest.mark.timeout(240)
async def test_row_19_few_file_descriptors_refuse_and_lose_nothing_and_the_process_recovers_by_itself(tmp_path: Path) -> None:
    with Up(tmp_path) as up:
        await up.start()
        assert up.process
        traffic = Traffic(up, seed=20, rate=60)
        descriptors = Path(f"/proc/{up.process.pid}/fd")
        with limited(up, resource.RLIMIT_NOFILE, DESCRIPTORS):
            async with traffic.flowing():
                await asyncio.sleep(1)
                async with silent_connections(up, SILENT):
                    most = 0
                    for _ in range(int(LIMITED_SECONDS * 10)):
                        most = max(most, len(list(descriptors.iterdir())))
                        await asyncio.sleep(0.1)
                took = await recovered(up)
                await asyncio.sleep(1)
                assert up.alive, up.log[-2000:]
            await traffic.drain()
        found = settled(up, traffic)
    assert most >= DESCRIPTORS - 1, f"only {most} were taken"
    assert found.wrong == []
    answers = dict(traffic.book.answers)
    print(f"\nrow 19: {most} of {DESCRIPTORS} descriptors taken: answers {answers}, ready {took:.1f} s after; {found.told()}")
