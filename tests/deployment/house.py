"""Four services as docker-compose.yml runs them, from the laid-out image, beside a broker and a database of the test."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.contracts import topics
from shared.contracts.topics import SERVICES
from shared.platform.bus.embedded import EmbeddedBroker
from tests.deployment.image import Image
from tests.deployment.tools import ROOT, yaml_of
from tests.servers.process import free_port
from tests.servers.secantus import Secantus

CONTAINERS: dict[str, dict[str, Any]] = yaml_of(ROOT / "docker-compose.yml")["services"]
READY_SECONDS = 60


class House:
    """Starts containers' commands with containers' environments; every process is ended by its own handle."""

    def __init__(self, image: Image, kafka: str, store: str) -> None:
        self.image = image
        self.kafka = kafka
        self.store = store
        self.ports = {name: free_port() for name in SERVICES}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.logs = image.root / "logs"
        self.logs.mkdir(exist_ok=True)

    def environment(self, name: str) -> dict[str, str]:
        """What Compose gives a container, with the addresses of the test."""
        given = dict(CONTAINERS[name]["environment"])
        given |= {"REDRESS_KAFKA": self.kafka, "REDRESS_STORE": self.store, "REDRESS_HOST": "127.0.0.1"}
        given |= {f"REDRESS_{service.upper()}_PORT": str(port) for service, port in self.ports.items()}
        for service, port in self.ports.items():
            if f"REDRESS_{service.upper()}_URL" in given:
                given[f"REDRESS_{service.upper()}_URL"] = f"http://127.0.0.1:{port}"
        return self.image.environment(given)

    def run(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """A container's command, or another one in its place, to its end."""
        said = [word.replace("/var/lib/redress", str(self.image.var)) for word in words or CONTAINERS[name]["command"]]
        command, environment = self.image.command("redress", *said), self.environment(name)
        return subprocess.run(
            command, check=False, env=environment, cwd=self.image.var, capture_output=True, text=True, timeout=100
        )

    def start(self, service: str) -> None:
        """Start one service; its log is kept in the folder."""
        with (self.logs / service).open("ab") as log:
            self.processes[service] = subprocess.Popen(
                self.image.command("redress", *CONTAINERS[service]["command"]),
                env=self.environment(service),
                cwd=self.image.var,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def probe(self, service: str) -> subprocess.CompletedProcess[str]:
        """The health check of a container."""
        _, *words = CONTAINERS[service]["healthcheck"]["test"]
        command, environment = self.image.command(*words), self.environment(service)
        return subprocess.run(
            command, check=False, env=environment, cwd=self.image.var, capture_output=True, text=True, timeout=30
        )

    def until_ready(self) -> None:
        """Wait until every health check says yes."""
        until = time.monotonic() + READY_SECONDS
        for service in self.processes:
            while (probed := self.probe(service)).returncode:
                assert self.processes[service].poll() is None, self.log(service)
                assert time.monotonic() < until, f"{service}: {probed.stderr}\n{self.log(service)}"
                time.sleep(0.3)

    def ask(self, service: str, path: str, body: Any = None, key: str = "") -> tuple[int, str]:
        """Status and text of one exchange at a door."""
        door = http.client.HTTPConnection("127.0.0.1", self.ports[service], timeout=20)
        with contextlib.closing(door):
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            kind = {"Content-Type": "application/json"} if content else {}
            door.request("POST" if content else "GET", path, content, headers | kind)
            answer = door.getresponse()
            return answer.status, answer.read().decode()

    def log(self, service: str) -> str:
        """What a service wrote."""
        return (self.logs / service).read_text("utf-8", "replace")[-4000:]

    @property
    def key(self) -> str:
        """The operator's key."""
        return (self.image.var / "operator" / "api_key").read_text("ascii").strip()

    def stop(self) -> dict[str, tuple[int, float]]:
        """SIGTERM to all, as `docker compose stop` does: exit code and seconds of each."""
        began = time.monotonic()
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        ended = {}
        for name, process in self.processes.items():
            ended[name] = (process.wait(60), time.monotonic() - began)
        self.processes.clear()
        return ended

    def kill(self) -> None:
        """End what still runs."""
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
            process.wait(10)


@contextlib.contextmanager
def laid_image() -> Iterator[Image]:
    """An image in a folder that its user can reach, gone afterwards."""
    root = Path(tempfile.mkdtemp(prefix="redress-image-"))
    root.chmod(0o755)
    try:
        image = Image(root)
        image.lay()
        yield image
    finally:
        for place in (p for p in root.rglob("*") if p.is_dir() and not p.is_symlink() and not os.access(p, os.W_OK)):
            place.chmod(0o700)
        shutil.rmtree(root)


@contextlib.contextmanager
def house_of(image: Image) -> Iterator[House]:
    """Everything that four services stand on, and the jobs done; no service runs yet."""
    broker = EmbeddedBroker(topics.ALL)
    try:
        with Secantus() as mongo:
            house = House(image, broker.servers, mongo.uri)
            try:
                for job in ("keys", "stores"):
                    done = house.run(job)
                    assert done.returncode == 0, done.stderr
                yield house
            finally:
                house.kill()
    finally:
        broker.close()
