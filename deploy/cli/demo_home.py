"""Where a demo keeps its data while it plays: a directory that goes with it, or with the next one."""

import base64
import contextlib
import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from deploy.cli.running import LOCK, home_lock
from deploy.running import AlreadyRunning
from shared.platform.secrets import secret_file

PREFIX = "redress-demo-"
YOUNG_SECONDS = 5
"""A home this young may belong to a demo that is about to take its lock."""


@contextlib.contextmanager
def demo_home(seed: int) -> Iterator[Path]:
    """A home that leaves nothing behind; its identity secret comes from the seed, so that ids are the same in every run."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as directory:
        secret = secret_file(Path(directory), "identity")
        secret.parent.mkdir(mode=0o700)
        secret.touch(mode=0o600)
        secret.write_bytes(base64.b64encode(hashlib.sha256(f"demo {seed}".encode()).digest()) + b"\n")
        yield Path(directory)


def remove_leftovers() -> None:
    """Homes of demos that were killed: nobody holds their lock any more."""
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, AlreadyRunning):  # of somebody else's, or of a demo at work
            if (home / LOCK).exists() and time.time() - home.stat().st_mtime > YOUNG_SECONDS:
                with home_lock(home):
                    shutil.rmtree(home)
