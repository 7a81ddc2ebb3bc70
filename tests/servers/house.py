"""Redress as operators run it: a process per service and replica, beside a real Kafka and a MongoDB-protocol server."""

import asyncio
import base64
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from shared.contracts.topics import SERVICES
from shared.platform.bus.connection import Connection
from shared.platform.secrets import secret_file
from tests.servers.process import ServerProcess, free_port

ROOT = Path(__file__).parents[2]
REDRESS = (sys.executable, "-c", "from deploy.cli import main; main()")
READY_SECONDS = 60.0


class NotReady(Exception):
    """A replica ended, or did not become ready in time; the message shows its log."""


class Replica:
    """One process of one service."""

    def __init__(self, service: str, number: int, folder: Path) -> None:
        """Its port is its own for ever, so that a restarted one is found again."""
        self.service = service
        self.number = number
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        self.process = ServerProcess(folder)

    @property
    def runs(self) -> bool:
        """Whether its process was started and has not ended."""
        return bool(self.process.pid) and self.process.ended_with is None

    @property
    def url(self) -> str:
        """Its door."""
        return f"http://127.0.0.1:{self.port}"


class Separate:
    """Four services as separate processes over one Kafka and one MongoDB; `replicas` of each."""

    def __init__(self, scratch: Path, kafka: str, store: str, replicas: int = 1, **variables: str) -> None:
        """`variables`: of the environment, for all of them."""
        self.scratch = scratch
        self.home = scratch / "home"
        self.kafka = kafka
        self.store = store
        self.variables = variables
        self.replicas = [Replica(name, n, scratch / f"{name}-{n}") for name in SERVICES for n in range(replicas)]
        self.home.mkdir(parents=True, exist_ok=True)
        self._turn = 0

    # -- what it stands on ------------------------------------------------------------------------------------------------

    @property
    def keys(self) -> Path:
        """The file of API keys."""
        return self.home / "api_keys.json"

    @property
    def key(self) -> str:
        """One with every scope."""
        return (self.home / "operator_key").read_text("ascii").strip()

    @property
    def urls(self) -> dict[str, str]:
        """The doors of the first replicas."""
        return {replica.service: replica.url for replica in self.replicas if replica.number == 0}

    @property
    def connection(self) -> Connection:
        """For a client of the test."""
        return Connection(self.kafka, "test")

    @property
    def letters(self) -> Path:
        """Where the courier's letters lie."""
        return self.home / "mail"

    @property
    def headers(self) -> dict[str, str]:
        """The key as a request carries it."""
        return {"Authorization": f"Bearer {self.key}"}

    @property
    def running(self) -> bool:
        """Whether any process runs."""
        return any(replica.runs for replica in self.replicas)

    def url(self, service: str, path: str = "") -> str:
        """A door of a service, of one replica after the other, as a load balancer would give it; dead ones are left out."""
        doors = [r for r in self.replicas if r.service == service and r.runs] or [self.of(service)]
        self._turn += 1
        return f"{doors[self._turn % len(doors)].url}{path}"

    def environment(self, replica: Replica | None = None) -> dict[str, str]:
        """Nothing of ours from outside, so that an operator's settings change no test."""
        outside = {name: value for name, value in os.environ.items() if not name.startswith("REDRESS_")}
        own = {
            "PYTHONPATH": str(ROOT),
            "NO_COLOR": "1",
            "REDRESS_HOME": str(self.home),
            "REDRESS_KAFKA": self.kafka,
            "REDRESS_STORE": self.store,
            "REDRESS_API_KEYS_FILE": str(self.keys),
            "REDRESS_LOG_LEVEL": "warning",
            "REDRESS_LOG_FORMAT": "json",
        }
        key = self.home / ("service_key" if replica else "operator_key")  # services ask each other, operators ask them all
        if key.exists():
            own["REDRESS_SERVICE_KEY"] = key.read_text("ascii").strip()
        ports = {f"REDRESS_{replica.service.upper()}_PORT": str(replica.port)} if replica else {}
        urls = {f"REDRESS_{name.upper()}_URL": url for name, url in self.urls.items()}
        return {**outside, **own, **urls, **ports, **self.variables}

    def identity_of_seed(self, seed: int) -> None:
        """The identity secret of the demo with this seed, so that customers and complaints get the same names."""
        secret = secret_file(self.home, "identity")
        secret.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret.touch(mode=0o600)
        secret.write_bytes(base64.b64encode(hashlib.sha256(f"demo {seed}".encode()).digest()) + b"\n")

    def redress(self, *words: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """A verb of the command line, with its outcome."""
        return subprocess.run(
            [*REDRESS, *words],
            check=False,
            cwd=self.scratch,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=seconds,
        )

    def prepare(self) -> None:
        """What the init jobs do: keys, topics, indexes."""
        for words in (
            ("keys", "init", "--operator-key", str(self.home / "operator_key"), "--service-key", str(self.home / "service_key")),
            ("topics", "init"),
            ("db", "init"),
        ):
            done = self.redress(*words)
            if done.returncode:
                raise NotReady(f"{' '.join(words[:2])}: {done.stdout}{done.stderr}")

    # -- processes --------------------------------------------------------------------------------------------------------

    def of(self, service: str, number: int = 0) -> Replica:
        """One replica."""
        return next(r for r in self.replicas if (r.service, r.number) == (service, number))

    def launch(self, *replicas: Replica, **more: str) -> None:
        """Start these, or all that do not run; call it from the main thread."""
        for replica in replicas or self.replicas:
            if not replica.runs:
                replica.process.launch(*REDRESS, "run", replica.service, **{**self.environment(replica), **more})

    async def ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until every replica consumes and answers."""
        until = time.monotonic() + seconds
        async with httpx2.AsyncClient(timeout=5) as client:
            for replica in self.replicas:
                while not await self._is_ready(client, replica):
                    if replica.process.ended_with is not None or time.monotonic() > until:
                        raise NotReady(f"{replica.service} {replica.number}: {replica.process.log[-2000:]}")
                    await asyncio.sleep(0.05)

    async def _is_ready(self, client: httpx2.AsyncClient, replica: Replica) -> bool:
        try:
            return (await client.get(f"{replica.url}/readyz")).status_code == 200
        except httpx2.TransportError:
            return False

    async def start(self) -> None:
        """Prepare, launch all, and wait."""
        await asyncio.to_thread(self.prepare)
        self.launch()
        await self.ready()

    def stop(self) -> None:
        """SIGTERM to all, at once."""
        for replica in self.replicas:
            replica.process.end(seconds=40)

    def kill(self) -> None:
        """SIGKILL to all."""
        for replica in self.replicas:
            replica.process.kill()

    def told(self, *words: str, seconds: float = 90) -> Any:
        """What a verb says with `--json`; fails where the verb does."""
        done = self.redress(*words, "--json", seconds=seconds)
        assert done.returncode == 0, f"redress {' '.join(words)}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return json.loads(done.stdout)

    def logs(self) -> Mapping[str, str]:
        """What each replica wrote, by service and number."""
        return {f"{r.service}-{r.number}": r.process.log for r in self.replicas}

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
