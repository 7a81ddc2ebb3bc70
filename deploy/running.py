"""`running.json`: how other programs find a running house."""

import json
import os
from pathlib import Path
from typing import Any


class AlreadyRunning(Exception):  # noqa: N818 - named after the state
    """Another `redress up` keeps this home."""


def is_alive(pid: int) -> bool:
    """Whether a process of this machine exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def read_running(home: Path) -> dict[str, Any] | None:
    """What a living `redress up` wrote; None where there is none, or its process is dead."""
    try:
        found = json.loads((home / "running.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    pid = found.get("pid") if isinstance(found, dict) else None
    return found if isinstance(pid, int) and is_alive(pid) else None


class RunningFile:
    """Written whole or not at all, and removed on exit; only who holds the home's lock makes one."""

    def __init__(self, home: Path, facts: dict[str, Any]) -> None:
        """What a killed predecessor left there counts for nothing: its pid may be anybody's by now."""
        self.path = home / "running.json"
        self.facts = facts
        self.ready: bool | None = None

    def write(self, ready: bool) -> None:
        """Replace the file atomically."""
        self.ready = ready
        draft = self.path.with_suffix(f".{os.getpid()}.draft")
        draft.write_text(json.dumps({"pid": os.getpid(), "ready": ready} | self.facts) + "\n", encoding="utf-8")
        draft.replace(self.path)

    def remove(self) -> None:
        """Forget us."""
        self.path.unlink(missing_ok=True)
