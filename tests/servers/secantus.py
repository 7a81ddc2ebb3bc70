"""A MongoDB-protocol server for tests: SecantusDB in a process of its own, on loopback, gone when the test is."""

import contextlib
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.process import ServerProcess, free_port

UP_SECONDS = 30


class Secantus:
    """One server with a directory of its own; `kill` is -9, `start` after it finds what was acknowledged."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._home = tempfile.TemporaryDirectory(prefix="secantus-")
        self.process = ServerProcess(Path(self._home.name))
        self.port = free_port()

    @property
    def uri(self) -> str:
        """Where it listens; short patience, since a test that kills it does not want to wait."""
        return f"mongodb://127.0.0.1:{self.port}/?serverSelectionTimeoutMS=1500&connectTimeoutMS=1500"

    @property
    def pid(self) -> int:
        """The server's process id; 0 when it does not run."""
        return self.process.pid

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return self.process.log

    def start(self) -> None:
        """Start it on its port and directory, and wait until it answers."""
        program = Path(sys.executable).with_name("secantusd-py")
        flags = ["--port", str(self.port), "--storage-path", f"{self._home.name}/data", "--sync-on-commit", "--standalone"]
        self.process.launch(sys.executable, str(program), *flags, PYTHONWARNINGS="ignore")
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + UP_SECONDS
        while time.monotonic() < until:
            if self.process.ended_with is not None:
                raise RuntimeError(f"SecantusDB ended with {self.process.ended_with}:\n{self.log}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.5):
                return
            time.sleep(0.05)
        raise RuntimeError(f"SecantusDB did not listen within {UP_SECONDS} s:\n{self.log}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()

    def stop(self) -> None:
        """End it politely, by force after ten seconds."""
        self.process.end(signal.SIGTERM, 10)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
        self._home.cleanup()
