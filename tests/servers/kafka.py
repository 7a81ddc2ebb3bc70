"""Apache Kafka in KRaft mode for tests: one node or three, on loopback, gone when the test is."""

import base64
import contextlib
import logging
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.servers.kafka_jars import kafka_jars
from tests.servers.process import ServerProcess, free_port

UP_SECONDS = 60
_MUTE = logging.getLogger("tests.servers.kafka.quiet")
_MUTE.disabled = True
QUIET = Path(__file__).with_name("log4j2.properties")
JVM = (
    *("-Xms96m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"),
    f"-Dlog4j2.configurationFile={QUIET}",
)
PROPERTIES = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=CLIENT://127.0.0.1:{port},INTERNAL://127.0.0.1:{internal},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=CLIENT://127.0.0.1:{advertised},INTERNAL://127.0.0.1:{internal}
listener.security.protocol.map=CLIENT:{security},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=INTERNAL
controller.listener.names=CONTROLLER
log.dirs={home}/data
auto.create.topics.enable=false
default.replication.factor={copies}
min.insync.replicas={in_sync}
offsets.topic.num.partitions=3
offsets.topic.replication.factor={copies}
transaction.state.log.num.partitions=3
transaction.state.log.replication.factor={copies}
transaction.state.log.min.isr={in_sync}
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=4194304
log.cleaner.backoff.ms=500
num.network.threads=2
num.io.threads=4
controlled.shutdown.enable=true
"""


class Node:
    """One broker, which is a controller too."""

    def __init__(self, home: Path, number: int) -> None:
        """Ports are chosen now, so that the others can be told."""
        self.home = home
        self.number = number
        self.port, self.internal, self.controller = free_port(), free_port(), free_port()
        self.advertised = self.port
        """What clients are told to connect to: a proxy's port, where one stands before it."""
        self.process = ServerProcess(home)
        home.mkdir(parents=True)

    @property
    def address(self) -> str:
        """Where clients find it."""
        return f"127.0.0.1:{self.advertised}"

    def write(self, voters: str, copies: int, security: str, more: str) -> None:
        """Its properties file."""
        text = PROPERTIES.format(
            node=self.number,
            voters=voters,
            port=self.port,
            internal=self.internal,
            controller=self.controller,
            advertised=self.advertised,
            security=security,
            home=self.home,
            copies=copies,
            in_sync=max(1, copies - 1),
        )
        (self.home / "server.properties").write_text(text + more)

    def format(self, jars: Path, cluster: str) -> None:
        """Prepare its folder, once."""
        command = [*_java(jars), "kafka.tools.StorageTool", "format", "-t", cluster, "-c", "server.properties"]
        done = subprocess.run(command, check=False, cwd=self.home, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RuntimeError(f"Kafka's folder could not be formatted: {(done.stdout + done.stderr)[-1000:]}")

    def launch(self, jars: Path) -> None:
        """Start it on what it has; not waited for."""
        self.process.launch(*_java(jars), "kafka.Kafka", "server.properties")


class Kafka:
    """A cluster with a folder of its own; what was stopped or killed finds its data when it starts again."""

    def __init__(self, nodes: int = 1, security: str = "PLAINTEXT", more: str = "") -> None:
        """`security` of the clients' listener; `more` properties for every node. Raises `NoKafka` where it cannot be had."""
        self._jars = kafka_jars()
        self._home = tempfile.TemporaryDirectory(prefix="kafka-")
        self._security = security
        self._more = more
        self.nodes = [Node(Path(self._home.name) / f"node{n}", n) for n in range(1, nodes + 1)]
        self._formatted = False

    @property
    def servers(self) -> str:
        """The bootstrap servers."""
        return ",".join(node.address for node in self.nodes)

    @property
    def log(self) -> str:
        """What the nodes have printed, for a failing test."""
        return "\n".join(f"-- node {node.number}\n{node.process.log[-3000:]}" for node in self.nodes)

    def start(self) -> None:
        """Start every node that does not run, and wait until the cluster answers."""
        self._prepare()
        for node in self.nodes:
            if not node.process.pid:
                node.launch(self._jars)
        self.wait()

    def _prepare(self) -> None:
        voters = ",".join(f"{node.number}@127.0.0.1:{node.controller}" for node in self.nodes)
        for node in self.nodes:
            node.write(voters, min(len(self.nodes), 3), self._security, self._more)
        if not self._formatted:
            cluster = _cluster_id()
            for node in self.nodes:
                node.format(self._jars, cluster)
            self._formatted = True

    def wait(self) -> None:
        """Until all running nodes are brokers of the cluster; where clients need a password, the inner listener is asked."""
        running = [node for node in self.nodes if node.process.pid]
        plain = self._security == "PLAINTEXT"
        asked = ",".join(f"127.0.0.1:{node.port if plain else node.internal}" for node in running)
        until = time.monotonic() + UP_SECONDS
        while time.monotonic() < until:
            ended = [node.number for node in running if node.process.ended_with is not None]
            if ended:
                raise RuntimeError(f"Kafka's nodes {ended} ended:\n{self.log}")
            if self._brokers(asked) >= len(running):
                return
            time.sleep(0.1)
        raise RuntimeError(f"Kafka did not answer within {UP_SECONDS} s:\n{self.log}")

    def _brokers(self, servers: str) -> int:
        with contextlib.suppress(KafkaException):
            return len(_admin(servers).list_topics(timeout=2).brokers)
        return 0

    def stop(self) -> None:
        """End every node politely, data kept."""
        for node in self.nodes:
            node.process.signal(signal.SIGTERM)  # all at once: the last one would wait for a leader that is gone
        for node in self.nodes:
            node.process.end(signal.SIGTERM)

    def kill(self) -> None:
        """End every node as a power cut would, data kept."""
        for node in self.nodes:
            node.process.kill()

    def freeze(self) -> None:
        """Let every node stand still with its connections open."""
        for node in self.nodes:
            node.process.freeze()

    def thaw(self) -> None:
        """Let them go on."""
        for node in self.nodes:
            node.process.thaw()

    def forget(self) -> None:
        """Lose everything, as a cluster made anew under the old address."""
        self.kill()
        for node in self.nodes:
            shutil.rmtree(node.home / "data", ignore_errors=True)
        self._formatted = False

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self._end()
            raise
        return self

    def _end(self) -> None:
        self.kill()
        self._home.cleanup()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()


def _cluster_id() -> str:
    # 16 bytes, as Kafka asks; of hexadecimal digits, since its tool takes an id that begins with "-" for an option.
    return base64.urlsafe_b64encode(uuid.uuid4().hex[:16].encode()).rstrip(b"=").decode()


def _admin(servers: str) -> AdminClient:
    # Its own complaints about a broker that is not up yet would fill the test's output.
    return AdminClient({"bootstrap.servers": servers, "log_level": 0, "socket.timeout.ms": 2_000}, logger=_MUTE)


def _java(jars: Path) -> list[str]:
    java = shutil.which("java")
    if java is None:
        raise RuntimeError("java is gone")
    return [java, *JVM, "-cp", f"{jars}/*"]
