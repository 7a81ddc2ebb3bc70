"""Prometheus scrapes four running services: every metric is there, bounded, well-formed, and a healthy house raises no alarm."""

import contextlib
import json
import os
import re
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from shared.contracts.topics import ALL, SERVICES
from shared.platform import metrics
from tests.deployment.house import House
from tests.deployment.test_alerts import PLACE
from tests.deployment.test_dashboard import expressions
from tests.deployment.tools import program, run, yaml_of
from tests.servers.secantus import free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("image"), pytest.mark.timeout(900)]
COMPLAINTS = int(os.environ.get("REDRESS_TEST_SCRAPED", "300"))
"""How many complaints more must not make more series; 10000 in the long form."""
A_SECOND = 40
SERIES = 700
"""Most series of one replica: about twice what the busiest has, and far from one a complaint."""


class Prometheus:
    """A server of its own, on loopback."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, **query: str) -> Any:
        asked = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - an address of the test
            return json.load(answer)["data"]

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """The samples of an expression at this moment."""
        return self.get("query", query=expression)["result"]

    def until(self, expression: str, seconds: float = 60) -> list[dict[str, Any]]:
        """Wait until an expression has samples."""
        end = time.monotonic() + seconds
        while not (found := self.ask(expression)):
            assert time.monotonic() < end, f"{expression} stayed empty"
            time.sleep(0.5)
        return found


@pytest.fixture(scope="module")
def prometheus(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """The shipped configuration and rules; only where targets are, and how often they are asked, is the test's."""
    server, place, port = program("prometheus"), tmp_path_factory.mktemp("prometheus"), free_port()
    shipped = yaml_of(PLACE / "prometheus.yml")
    shipped["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    for job in shipped["scrape_configs"]:
        job.pop("dns_sd_configs", None)
        job["static_configs"] = [{"targets": [f"127.0.0.1:{house.ports.get(job['job_name'], port)}"]}]
    (place / "alerts.yml").write_text((PLACE / "alerts.yml").read_text())
    with (place / "prometheus.yml").open("w") as file:
        YAML().dump(shipped, file)
    flags = [f"--config.file={place / 'prometheus.yml'}", f"--storage.tsdb.path={place / 'data'}"]
    with (place / "log").open("wb") as log:
        process = subprocess.Popen([server, *flags, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        made = Prometheus(f"http://127.0.0.1:{port}")
        _until_up(made, process, place / "log")
        yield made
    finally:
        process.terminate()
        process.wait(20)


def _until_up(prometheus: Prometheus, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError):
            if len(prometheus.ask("up == 1")) == len(SERVICES) + 1:
                return
        time.sleep(0.3)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def sample(house: House, prometheus: Prometheus) -> None:
    """A few complaints of every kind, one that nobody understands, and time for all of them to have come to an end."""
    send(house, 120)
    publish_nonsense(house)
    until_quiet(house)
    prometheus.until('redress_parked_total{service="intake"}')


def send(house: House, complaints: int) -> None:
    """As the service `sample` of Compose does it."""
    done = house.run("sample", "load", "--kafka", "--rate", str(A_SECOND), "--seconds", str(complaints / A_SECOND))
    assert done.returncode in (0, 3), done.stdout + done.stderr  # 3: work goes on, which is waited for elsewhere


def publish_nonsense(house: House) -> None:
    """A record that is no JSON, as only somebody else's producer would send it."""
    from shared.contracts.topics import SUBMITTED
    from tests.flow.people import foreign_producer

    producer = foreign_producer(house.kafka)
    producer.produce(SUBMITTED.name, b"{broken")
    assert producer.flush(10) == 0


def until_quiet(house: House) -> None:
    end = time.monotonic() + 600
    while (counted := house.run("cli", "counts", "--wait", "60", "--json")).returncode:
        assert time.monotonic() < end, counted.stdout + counted.stderr


def series_of(house: House, service: str) -> set[str]:
    """Every series that a service shows now, without its value."""
    status, said = house.ask(service, "/metrics")
    assert status == 200
    return {line.rsplit(" ", 1)[0] for line in said.splitlines() if line and not line.startswith("#")}


def test_every_metric_of_the_list_is_there_after_a_sample(sample: None, prometheus: Prometheus):
    time.sleep(8)  # the watch tells its figures every five seconds
    kinds = {"histogram": "_count", "counter": "_total", "gauge": ""}
    names = [family.name + kinds[family.type] for family in metrics.REGISTRY.collect()]
    assert len(names) > 20
    assert [name for name in names if not prometheus.ask(name)] == []
    for service in SERVICES:
        assert prometheus.ask(f'sum(redress_records_processed_total{{service="{service}"}}) > 100'), service
        assert prometheus.ask(f'redress_ready{{service="{service}"}} == 1'), service
    assert prometheus.ask("redress_unaccounted_arrivals == 0")


def test_promtool_finds_the_metrics_of_every_service_well_formed(sample: None, house: House):
    for service in SERVICES:
        _, said = house.ask(service, "/metrics")
        done = run(program("promtool"), "check", "metrics", stdin=said.encode())
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), service


def test_every_expression_of_dashboard_and_alerts_can_be_answered(sample: None, prometheus: Prometheus):
    for expression in expressions():
        prometheus.ask(expression)
    rules = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]
    assert {rule["health"] for rule in rules} == {"ok"}
    assert len(rules) >= 14


def test_a_healthy_house_raises_no_alarm(sample: None, prometheus: Prometheus):
    assert [alert["labels"] for alert in prometheus.get("alerts")["alerts"]] == []


def test_labels_are_bounded_words_and_more_complaints_make_no_more_series(sample: None, house: House):
    before = {service: series_of(house, service) for service in SERVICES}
    send(house, COMPLAINTS)
    until_quiet(house)
    topics = {topic.name for topic in ALL}
    for service in SERVICES:
        after = series_of(house, service)
        assert len(after) < SERIES, f"{service}: {len(after)}"
        new = {re.sub(r'(reason|outcome|state)="\w+"', r'\1=""', line) for line in after - before[service]}
        assert len(new) <= 5, sorted(new)  # an outcome or a reason that the first sample did not have
        for label, value in re.findall(r'(\w+)="([^"]*)"', "\n".join(after)):
            assert label in {"service", "topic", "outcome", "reason", "state", "kind", "loop", "le"}
            assert label != "topic" or value in topics
            assert re.fullmatch(r"[a-z_]{2,32}" if label != "le" else r"[\d.]+|\+Inf", value) or label == "topic", (label, value)
