"""`redress` as an operator starts it: a process of its own, pinned to the first core."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.topics import SERVICES
from shared.platform.http.key_file import issue_key
from tests.benchmarks.machine import CORES, rss_mb

ROOT = Path(__file__).parents[2]
MAIN = "from deploy.cli import main; main()"


@dataclass(frozen=True)
class Home:
    """Where processes of one house keep their data, and where their doors are."""

    path: Path
    kafka: str
    ports: dict[str, int]
    key: str
    bytecode: Path
    store: str = ""

    @classmethod
    def made(cls, path: Path, kafka: str, bytecode: Path, store: str = "") -> "Home":
        """Free ports and a key that services show each other."""
        key = issue_key(path / "api_keys.json", "services", "services", ("vault", "submit"))
        return cls(path, kafka, {name: free_port() for name in SERVICES}, key, bytecode, store)

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of ours from outside; compiled modules lie where this run can throw them away."""
        outside = {k: v for k, v in os.environ.items() if not k.startswith(("REDRESS_", "PYTHONDONTWRITE"))}
        own = {
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": str(self.bytecode),
            "REDRESS_HOME": str(self.path),
            "REDRESS_API_KEYS_FILE": str(self.path / "api_keys.json"),
            "REDRESS_LOG_LEVEL": "error",
            "REDRESS_INTAKE_URL": f"http://127.0.0.1:{self.ports['intake']}",
            "REDRESS_SERVICE_KEY": self.key,
        }
        ports = {f"REDRESS_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        servers = {name: value for name, value in (("REDRESS_KAFKA", self.kafka), ("REDRESS_STORE", self.store)) if value}
        return outside | own | ports | servers


@dataclass
class Process:
    """A running command."""

    process: subprocess.Popen[bytes]
    started: float
    log: Path

    def until(self, holds: Callable[[], bool], seconds: float = 60) -> float:
        """Seconds from exec until something holds; raises where the process ends before."""
        while not holds():
            if self.process.poll() is not None or time.perf_counter() - self.started > seconds:
                raise RuntimeError(f"ended or stuck: {self.log.read_text('utf-8', 'replace')[-2000:]}")
            time.sleep(0.002)
        return time.perf_counter() - self.started

    @property
    def memory(self) -> float:
        """Resident memory, MB."""
        return rss_mb(self.process.pid)


@contextlib.contextmanager
def redress(home: Home, *arguments: str) -> Iterator[Process]:
    """Start `redress` with these arguments; stop it in the end."""
    log = home.path / f"{'-'.join(arguments)}.log"
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", MAIN, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            cwd=home.path,
            env=home.environment,
        )
        started = time.perf_counter()
    if len(CORES) > 1:
        os.sched_setaffinity(process.pid, {CORES[0]})
    try:
        yield Process(process, started, log)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processed(port: int) -> int:
    """How many records the service behind a port has settled; -1 where it does not answer yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return -1
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines if line.startswith("redress_records_processed_total{"))


def is_ready(port: int) -> bool:
    """Whether the service behind a port consumes."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


async def quiet(home: Home) -> int:
    """Records settled by all services once none has settled any for three seconds."""
    known, since = -1, time.monotonic()
    async with asyncio.timeout(600):
        while time.monotonic() - since < 3:
            now = sum(max(0, processed(port)) for port in home.ports.values())
            if now != known:
                known, since = now, time.monotonic()
            await asyncio.sleep(0.25)
    return known
