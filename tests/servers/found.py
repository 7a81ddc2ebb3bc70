"""Where the servers of a test come from: an address that is given, Docker, or a package manager; else a reason to skip."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.servers.docker import kafka_in_docker, mongo_in_docker
from tests.servers.kafka import Kafka
from tests.servers.kafka_jars import NoKafka
from tests.servers.secantus import Secantus


class NoServer(Exception):
    """It cannot be had here; the message is the one line that says what is missing."""


@contextlib.contextmanager
def a_kafka() -> Iterator[str]:
    """The bootstrap servers of a Kafka; raises `NoServer`."""
    given = os.environ.get("REDRESS_TEST_KAFKA", "")
    if given:
        yield given
    elif has_docker():
        with kafka_in_docker() as servers:
            yield servers
    else:
        try:
            kafka = Kafka()
        except NoKafka as missing:
            raise NoServer(f"no Kafka: {missing}") from None
        with kafka:
            yield kafka.servers


@contextlib.contextmanager
def a_mongo() -> Iterator[str]:
    """The address of something that speaks MongoDB's protocol; raises `NoServer`."""
    given = os.environ.get("REDRESS_TEST_MONGODB", "")
    if given:
        yield given
    elif has_docker():
        with mongo_in_docker() as uri:
            yield uri
    elif Path(sys.executable).with_name("secantusd-py").exists():
        with Secantus() as secantus:
            yield secantus.uri
    else:
        raise NoServer("no MongoDB: SecantusDB is not installed (or set REDRESS_TEST_MONGODB=mongodb://host)")


def has_docker() -> bool:
    """Whether an engine answers, not only whether its client is installed."""
    docker = shutil.which("docker")
    if not docker or os.environ.get("REDRESS_TEST_DOCKER") == "no":
        return False
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run([docker, "info"], check=False, capture_output=True, timeout=10).returncode == 0
    return False
