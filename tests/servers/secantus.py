"""A MongoDB-protocol server for tests: SecantusDB in a process of its own, on loopback, gone when the test is."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

UP_SECONDS = 30
# The server must not outlive a test run that was itself killed: Linux ends it with its parent.
LAUNCH = """
import ctypes, os, sys
try:
    ctypes.CDLL(None).prctl(1, 9)
except (OSError, AttributeError):
    pass
os.execv(sys.argv[1], sys.argv[1:])
"""


class Secantus:
    """One server with a directory of its own; `kill` is -9, `start` after it finds what was acknowledged."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._home = tempfile.TemporaryDirectory(prefix="secantus-")
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def uri(self) -> str:
        """Where it listens; short patience, since a test that kills it does not want to wait."""
        return f"mongodb://127.0.0.1:{self.port}/?serverSelectionTimeoutMS=1500&connectTimeoutMS=1500"

    @property
    def pid(self) -> int:
        """The server's process id; 0 when it does not run."""
        return self._process.pid if self._process else 0

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return Path(self._home.name, "log").read_text(errors="replace")

    def start(self) -> None:
        """Start it on its port and directory, and wait until it answers."""
        program = Path(sys.executable).with_name("secantusd-py")
        flags = ["--port", str(self.port), "--storage-path", f"{self._home.name}/data", "--sync-on-commit", "--standalone"]
        with Path(self._home.name, "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", LAUNCH, str(program), *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._home.name,  # so that no configuration file of the directory we are in is found
                env={**os.environ, "PYTHONWARNINGS": "ignore"},
            )
        self._wait()

    def _wait(self) -> None:
        assert self._process
        until = time.monotonic() + UP_SECONDS
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise RuntimeError(f"SecantusDB ended with {self._process.returncode}:\n{self.log}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.5):
                return
            time.sleep(0.05)
        raise RuntimeError(f"SecantusDB did not listen within {UP_SECONDS} s:\n{self.log}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it politely, by force after ten seconds."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
        self._home.cleanup()


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
