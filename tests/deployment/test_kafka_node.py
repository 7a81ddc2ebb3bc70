"""deploy/kafka/server.properties on a real Kafka: the node starts, gets its topics, and takes our largest record."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient

from shared.contracts.topics import ALL, RECORD_BYTES, dead_letters_of
from tests.deployment.test_compose import CONTAINERS
from tests.deployment.tools import ROOT
from tests.servers.kafka import Node
from tests.servers.kafka_jars import NoKafka, kafka_jars

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]
CLUSTER = "cmVkcmVzcy10ZXN0LWtmaw"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """The shipped properties; only addresses and the folder are the test's."""
    try:
        jars = kafka_jars()
    except NoKafka as missing:
        pytest.skip(f"no Kafka: {missing}")
    made = Node(tmp_path_factory.mktemp("kafka") / "node", 1)
    text = (ROOT / "deploy" / "kafka" / "server.properties").read_text("utf-8")
    for shipped, ours in {
        "kafka:9093": f"127.0.0.1:{made.controller}",
        "BROKER://:9092,CONTROLLER://:9093": f"BROKER://127.0.0.1:{made.port},CONTROLLER://127.0.0.1:{made.controller}",
        "kafka:9092": made.address,
        "/var/lib/kafka/data": str(made.home / "data"),
    }.items():
        assert shipped in text
        text = text.replace(shipped, ours)
    (made.home / "server.properties").write_text(text)
    made.format(jars, CLUSTER)
    made.launch(jars)
    try:
        until_up(made)
        yield made
    finally:
        made.process.kill()


def until_up(node: Node) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            AdminClient({"bootstrap.servers": node.address, "log_level": 0}).list_topics(timeout=2)
            return
        except KafkaException:
            assert time.monotonic() < until, node.process.log[-3000:]


def topics_job(node: Node, home: Path) -> tuple[int, dict[str, str]]:
    """The job `topics` of Compose: its exit code, and the state of every topic."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("REDRESS_")}
    environment |= {"REDRESS_KAFKA": node.address, "REDRESS_HOME": str(home)}
    command = [sys.executable, "-m", "deploy.cli", *CONTAINERS["topics"]["command"], "--json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=60)
    assert done.stdout, done.stderr
    return done.returncode, {row["name"]: row["state"] for row in json.loads(done.stdout)["topics"]}


def test_the_job_makes_every_topic_and_finds_them_fit_when_it_runs_again(node: Node, tmp_path: Path):
    assert topics_job(node, tmp_path) == (0, dict.fromkeys((topic.name for topic in ALL), "created"))
    assert topics_job(node, tmp_path) == (0, dict.fromkeys((topic.name for topic in ALL), "fits"))


def test_the_node_takes_our_largest_record_and_makes_no_topic_from_a_typing_error(node: Node, tmp_path: Path):
    topics_job(node, tmp_path)
    refused = []
    producer = Producer({"bootstrap.servers": node.address, "message.max.bytes": 1_700_000, "message.timeout.ms": 8_000})
    producer.produce(dead_letters_of("intake").name, b"x" * RECORD_BYTES, on_delivery=lambda error, _: refused.append(error))
    producer.produce("complaints.submited.v1", b"x", on_delivery=lambda error, _: refused.append(error))
    assert producer.flush(20) == 0
    assert sorted(error is None for error in refused) == [False, True]
    names = AdminClient({"bootstrap.servers": node.address}).list_topics(timeout=5).topics
    assert "complaints.submited.v1" not in names
