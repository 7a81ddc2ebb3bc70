"""The official images, where a Docker engine is at hand: pinned as in the Compose file, on ports of loopback."""

import contextlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

from tests.servers.process import free_port

COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"
UP_SECONDS = 90


def image_of(name: str) -> str:
    """The pinned image of a service in the Compose file, so that tests and operators run the same."""
    found = re.search(rf"image: ({re.escape(name)}:[\w.@:-]+)", COMPOSE.read_text("utf-8"))
    if not found:
        raise LookupError(f"docker-compose.yml names no image {name}")
    return found[1]


@contextlib.contextmanager
def kafka_in_docker() -> Iterator[str]:
    """One node of Apache Kafka; its clients' port is the same inside and outside, since it is advertised."""
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.waiting_utils import wait_for_logs

    port = free_port()
    settings = {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": f"CLIENT://0.0.0.0:{port},CONTROLLER://localhost:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"CLIENT://127.0.0.1:{port}",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "CLIENT",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    }
    container = DockerContainer(image_of("apache/kafka")).with_bind_ports(port, port)
    for name, value in settings.items():
        container = container.with_env(name, value)
    with container:
        wait_for_logs(container, "Kafka Server started", timeout=UP_SECONDS)
        yield f"127.0.0.1:{port}"


@contextlib.contextmanager
def mongo_in_docker() -> Iterator[str]:
    """One mongod, a replica set of itself as in production."""
    from testcontainers.core.container import DockerContainer

    port = free_port()
    container = DockerContainer(image_of("mongo")).with_bind_ports(27017, port).with_command("--replSet rs0 --bind_ip_all")
    with container:
        until = time.monotonic() + UP_SECONDS
        start = "try { rs.status().ok } catch (e) { rs.initiate({_id: 'rs0', members: [{_id: 0, host: 'localhost:27017'}]}).ok }"
        while container.exec(["mongosh", "--quiet", "--eval", start]).exit_code:
            if time.monotonic() > until:
                raise TimeoutError("mongod did not answer")
            time.sleep(0.5)
        yield f"mongodb://127.0.0.1:{port}/?directConnection=true"
