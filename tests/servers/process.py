"""A server in a process of its own: ended with whoever started it, killed, frozen and thawed by its id."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

# The server must not outlive a test run that was itself killed: Linux ends it with its parent.
LAUNCH = """
import ctypes, os, sys
try:
    ctypes.CDLL(None).prctl(1, 9)
except (OSError, AttributeError):
    pass
os.execv(sys.argv[1], sys.argv[1:])
"""


class ServerProcess:
    """One program at a time; start it from the main thread, whose end is the process's end."""

    def __init__(self, home: Path) -> None:
        """`home`: its working directory; what it prints goes to `log` there."""
        self.home = home
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self, *command: str, **environment: str) -> None:
        """Start the program; it must be a path, not a name to be looked up."""
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", LAUNCH, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home,  # so that no configuration file of the directory we are in is found
                env={**os.environ, **environment},
            )

    @property
    def pid(self) -> int:
        """Its id; 0 while it does not run."""
        return self._process.pid if self._process else 0

    @property
    def ended_with(self) -> int | None:
        """The exit code of a program that ended by itself."""
        return self._process.poll() if self._process else None

    @property
    def log(self) -> str:
        """What it has printed so far."""
        path = self.home / "log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def freeze(self) -> None:
        """Let it stand still, connections open: what a paused virtual machine looks like."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals = signal.SIGTERM, seconds: float = 20) -> None:
        """End it politely, by force after some seconds."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGCONT)
        process.send_signal(how)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)

    def signal(self, which: signal.Signals) -> None:
        """Send it, if it runs."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(which)


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
