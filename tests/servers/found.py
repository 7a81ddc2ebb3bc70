"""Where the servers of a test come from: an address that is given, Docker, or a package manager; else a reason to skip."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from confluent_kafka.admin import AdminClient
from pymongo import MongoClient

from shared.contracts import topics
from shared.contracts.topics import SERVICES
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
        empty_kafka(given)
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
        empty_mongo(given)
        yield given
    elif has_docker():
        with mongo_in_docker() as uri:
            yield uri
    elif Path(sys.executable).with_name("secantusd-py").exists():
        with Secantus() as secantus:
            yield f"mongodb://127.0.0.1:{secantus.port}"
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


def empty_kafka(servers: str) -> None:
    """Take our topics and groups out of a cluster that was given: a test begins with nothing."""
    admin = AdminClient({"bootstrap.servers": servers})
    ours = {topic.name for topic in topics.ALL}
    there = ours & set(admin.list_topics(timeout=10).topics)
    groups = [g.group_id for g in admin.list_consumer_groups().result(10).valid if g.group_id.partition(".")[2] in ours]
    for future in [*admin.delete_topics(list(there)).values()] if there else []:
        future.result(20)
    for future in [*admin.delete_consumer_groups(groups).values()] if groups else []:
        future.result(20)


def empty_mongo(uri: str) -> None:
    """Drop our databases from a server that was given."""
    with MongoClient(uri, serverSelectionTimeoutMS=5_000) as client:  # type: MongoClient[dict[str, object]]
        for name in SERVICES:
            client.drop_database(f"redress_{name}")
