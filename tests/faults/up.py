"""`redress up` as an operator starts it: a process of its own, a home of its own, ports that are free."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deploy.running import read_running
from tests.servers.process import LAUNCH

ROOT = Path(__file__).parents[2]
REDRESS = [sys.executable, "-c", "from deploy.cli import main; main()"]
START_SECONDS = 60.0
SERVICES = ("intake", "triage", "escalation", "followup")


class NotUp(Exception):
    """The process ended, or did not become ready in time."""


class Up:
    """One home; `start`, `kill` and `start` again find what was there before."""

    def __init__(self, scratch: Path, **variables: str) -> None:
        """`variables`: of the environment, beside a home and free ports."""
        self.scratch = scratch
        self.home = scratch / "home"
        self.variables = variables
        self.process: subprocess.Popen[bytes] | None = None
        self.running: dict[str, Any] = {}
        scratch.mkdir(parents=True, exist_ok=True)

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of ours from outside, so that an operator's settings change no test."""
        outside = {name: value for name, value in os.environ.items() if not name.startswith("REDRESS_")}
        ports = {f"REDRESS_{service.upper()}_PORT": "0" for service in SERVICES}
        own = {"REDRESS_HOME": str(self.home), "REDRESS_LOG_LEVEL": "warning", "REDRESS_LOG_FORMAT": "json"}
        return {**outside, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **own, **ports, **self.variables, **more}

    def launch(self, **more: str) -> None:
        """Start the process and do not wait for it; call it from the main thread, whose end is the process's end."""
        self.running = {}
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", LAUNCH, *REDRESS, "up", "--json"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.scratch,
                env=self.environment(**more),
            )

    async def ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until `running.json` says so; raises `NotUp` where the process ended meanwhile."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not self.alive:
                raise NotUp(f"ended with {self.process and self.process.returncode}: {self.log[-2000:]}")
            found = read_running(self.home) or {}
            if self.process and found.get("pid") == self.process.pid and found["ready"]:
                self.running = found
                return
            await asyncio.sleep(0.02)
        raise NotUp(f"not ready after {seconds} s: {self.log[-2000:]}")

    async def start(self, **more: str) -> None:
        """Launch and wait."""
        self.launch(**more)
        await self.ready()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def log_path(self) -> Path:
        """Everything it printed, of all its lives."""
        return self.scratch / "log"

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""

    @property
    def key(self) -> str:
        """The API key with every scope."""
        return (self.home / "api_key").read_text("ascii").strip()

    @property
    def headers(self) -> dict[str, str]:
        """The key as a request carries it."""
        return {"Authorization": f"Bearer {self.key}"}

    def url(self, service: str, path: str = "") -> str:
        """Where a service of the running house answers."""
        return f"{self.running[service]}{path}"

    def kill(self) -> None:
        """End it as a power cut would, if it has not ended by itself."""
        if self.process:
            self.process.kill()
            self.process.wait(10)

    def stop(self) -> tuple[float, int]:
        """Ask it to end; seconds that it took, and its exit code."""
        assert self.process
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        return time.monotonic() - began, code

    def redress(self, *arguments: str, seconds: float = 90, **more: str) -> subprocess.CompletedProcess[str]:
        """The command line, as an operator of this home types it."""
        return subprocess.run(
            [*REDRESS, *arguments],
            cwd=self.scratch,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
        )

    def told(self, *arguments: str, seconds: float = 90) -> Any:
        """What a verb says with `--json`; fails where the verb does."""
        done = self.redress(*arguments, "--json", seconds=seconds)
        assert done.returncode == 0, f"redress {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
