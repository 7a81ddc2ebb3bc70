"""Apache Kafka's jars by Maven: fetched once into `.servers/`, which git ignores."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
CACHE = Path(__file__).parents[2] / ".servers"


class NoKafka(Exception):
    """It cannot be had here; the message says what is missing."""


def kafka_jars() -> Path:
    """The folder of the jars; raises `NoKafka`. Several test processes may ask at once."""
    for tool, what in (("java", "Java 17"), ("mvn", "Maven")):
        if shutil.which(tool) is None:
            raise NoKafka(f"{what} is not installed (or set REDRESS_TEST_KAFKA=host:port)")
    CACHE.mkdir(exist_ok=True)
    folder = CACHE / f"kafka-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    draft = folder.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={draft}"]
    done = subprocess.run(["mvn", "-q", "-B", "-f", str(POM), *goal], check=False, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise NoKafka(f"Maven could not fetch Apache Kafka: {(done.stdout + done.stderr).strip()[-300:]}")
    draft.rename(folder)
