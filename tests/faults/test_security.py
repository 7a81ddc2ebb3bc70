"""Row 30: a Kafka with TLS, passwords and rights: what fits works, and what does not is said in one sentence and no secret."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from confluent_kafka import OFFSET_END, TopicPartition

from shared.contracts.topics import REGISTERED, SUBMITTED
from tests.component.strangers import a_complaint
from tests.servers.house import Separate
from tests.servers.kafka import Kafka
from tests.servers.kafka_jars import NoKafka
from tests.servers.secure import Administrator, Authority, secure_kafka

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]
PASSWORD, OTHER_PASSWORD = "s3cret-of-intake", "s3cret-of-nobody"
OURS = ("complaints.", "customers.", "intake.")


class Fortress:
    """The secured cluster, who administers it, and the papers of its authority."""

    def __init__(self, kafka: Kafka, papers: Path, ours: Authority) -> None:
        self.kafka = kafka
        self.papers = papers
        self.ours = ours
        self.admin = Administrator(kafka)

    def welcome(self, user: str) -> None:
        """A user who may all that intake needs."""
        self.admin.user(user, PASSWORD)
        self.admin.allow(user, "GROUP", "intake.", "READ")
        for name in OURS:
            self.admin.allow(user, "TOPIC", name, "READ", "WRITE", "DESCRIBE")

    def settings(self, user: str, **other: str) -> dict[str, str]:
        """What intake is told in production."""
        given = {"security": "sasl_ssl", "username": user, "password": PASSWORD, "ca_file": str(self.papers / "ours.pem")}
        told = {f"REDRESS_KAFKA_{name.upper()}": value for name, value in (given | other).items()}
        return told | {"REDRESS_ENVIRONMENT": "production"}


@pytest.fixture(scope="module")
def fortress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fortress]:
    papers = tmp_path_factory.mktemp("papers")
    ours = Authority("ours")
    ours.write(papers / "ours.pem")
    Authority("theirs").write(papers / "theirs.pem")
    try:
        kafka = secure_kafka(ours.certify(papers / "server.pem"))
    except NoKafka as missing:
        pytest.skip(f"no Kafka: {missing}")
    with kafka:
        made = Fortress(kafka, papers, ours)
        inside = Separate(papers / "admin", made.admin.servers, "")
        assert inside.redress("topics", "init").returncode == 0
        yield made


@pytest.fixture(autouse=True)
def _nothing_left_to_read(fortress: Fortress) -> Iterator[None]:
    """Each test has a store of its own, which would not read on from where the one before has read."""
    yield
    client = fortress.admin.client
    partitions = client.list_topics(SUBMITTED.name, timeout=10).topics[SUBMITTED.name].partitions
    for future in client.delete_records([TopicPartition(SUBMITTED.name, p, OFFSET_END) for p in partitions]).values():
        future.result(10)


class Intake:
    """`redress run intake`, and who watches it."""

    def __init__(self, house: Separate) -> None:
        self.house = house
        self.process = house.of("intake").process
        self.client = httpx2.Client(base_url=house.of("intake").url, headers=house.headers, timeout=10, trust_env=False)

    def reasons(self) -> list[str] | None:
        """Why it is not ready; None while it does not listen yet."""
        try:
            return list(self.client.get("/readyz").json().get("reasons", ()))
        except httpx2.TransportError:
            return None

    def until_it_says(self, part: str, seconds: float = 40) -> None:
        """Wait for a reason; an empty one: until it is ready."""
        until = time.monotonic() + seconds
        while not self._says(part):
            assert time.monotonic() < until, f"{self.reasons()} instead of {part!r}: {self.process.log[-2000:]}"
            time.sleep(0.1)

    def _says(self, part: str) -> bool:
        reasons = self.reasons()
        return reasons == [] if not part else any(part in reason for reason in reasons or ())

    def until_it_counts(self, **wanted: int) -> None:
        until = time.monotonic() + 30
        while (found := self.client.get("/internal/v1/arrivals").json()) | wanted != found:
            assert time.monotonic() < until, f"{found}: {self.process.log[-2000:]}"
            time.sleep(0.1)

    def until_it_rests(self) -> None:
        until = time.monotonic() + 30
        while self.client.get("/internal/v1/counts").json()["outboxes"]:
            assert time.monotonic() < until, self.process.log[-2000:]
            time.sleep(0.1)

    @property
    def told(self) -> list[dict[str, Any]]:
        """The log, line by line."""
        return [json.loads(line) for line in self.process.log.splitlines() if line.startswith("{")]


@contextmanager
def intake(scratch: Path, servers: str, settings: dict[str, str]) -> Iterator[Intake]:
    """Running on a store of its own; afterwards no secret is in its log."""
    store = scratch / "store"
    store.mkdir()
    house = Separate(scratch, servers, f"sqlite://{store}", **settings)
    keys = ("--operator-key", str(house.home / "operator_key"), "--service-key", str(house.home / "service_key"))
    assert house.redress("keys", "init", *keys).returncode == 0
    house.launch(house.of("intake"))
    made = Intake(house)
    try:
        yield made
        assert PASSWORD not in made.process.log
        assert OTHER_PASSWORD not in made.process.log
        assert "Traceback" not in made.process.log
    finally:
        made.client.close()
        house.kill()


def published(made: Intake, count: int = 1) -> None:
    """What `redress publish` says over the same secured line."""
    file = made.house.scratch / f"{time.monotonic_ns()}.jsonl"
    file.write_text("".join(json.dumps(a_complaint()) + "\n" for _ in range(count)), "utf-8")
    done = made.house.redress("publish", str(file))
    assert done.returncode == 0, done.stderr


def test_with_the_right_papers_and_rights_a_complaint_goes_all_the_way(fortress: Fortress, tmp_path: Path) -> None:
    fortress.welcome("anna")
    with intake(tmp_path, fortress.kafka.servers, fortress.settings("anna")) as made:
        made.until_it_says("")
        published(made, 3)
        made.until_it_counts(registered=3, unaccounted=0)
        made.until_it_rests()
        assert made.reasons() == []


WRONG = {
    "an unknown authority": ({"ca_file": "theirs.pem"}, "127.0.0.1", "authority unknown here: set REDRESS_KAFKA_CA_FILE"),
    "another host": ({}, "localhost", "certificate names another host"),
    "a wrong password": ({"password": OTHER_PASSWORD}, "127.0.0.1", "check REDRESS_KAFKA_USERNAME and REDRESS_KAFKA_PASSWORD"),
    "an unknown user": ({"username": "nobody"}, "127.0.0.1", "check REDRESS_KAFKA_USERNAME and REDRESS_KAFKA_PASSWORD"),
    "another mechanism": ({"mechanism": "PLAIN"}, "127.0.0.1", "check REDRESS_KAFKA_MECHANISM"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_a_sentence_without_a_secret_and_without_a_loop(
    fortress: Fortress, tmp_path: Path, case: str
) -> None:
    other, host, said = WRONG[case]
    fortress.welcome("boris")
    settings = fortress.settings("boris", **other)
    if "ca_file" in other:
        settings["REDRESS_KAFKA_CA_FILE"] = str(fortress.papers / other["ca_file"])
    servers = fortress.kafka.servers.replace("127.0.0.1", host)
    with intake(tmp_path, servers, settings) as made:
        made.until_it_says(said)
        time.sleep(4)
        assert made.client.post("/v1/complaints", json=a_complaint()).status_code == 202  # the door does not need Kafka
        reasons = [str(line.get("reason", "")) for line in made.told]
        assert any(said in reason for reason in reasons)
        assert len(made.told) <= 20


def test_a_password_that_is_mended_at_the_broker_lets_the_running_service_in(fortress: Fortress, tmp_path: Path) -> None:
    fortress.welcome("vera")
    fortress.admin.user("vera", OTHER_PASSWORD)
    with intake(tmp_path, fortress.kafka.servers, fortress.settings("vera")) as made:
        made.until_it_says("check REDRESS_KAFKA_USERNAME")
        fortress.admin.user("vera", PASSWORD)
        made.until_it_says("")
        published(made)
        made.until_it_counts(registered=1, unaccounted=0)


def test_each_right_that_lacks_is_named_and_when_it_is_given_the_service_goes_on(fortress: Fortress, tmp_path: Path) -> None:
    admin = fortress.admin
    admin.user("gleb", PASSWORD)
    fortress.welcome("sender")
    with intake(tmp_path, fortress.kafka.servers, fortress.settings("gleb")) as made:
        made.until_it_says("or allow this user READ on them")
        admin.allow("gleb", "TOPIC", SUBMITTED.name, "DESCRIBE")
        made.until_it_says("groups: allow it READ")
        admin.allow("gleb", "GROUP", "intake.", "READ")
        made.until_it_says(f"{SUBMITTED.name}: Kafka does not let this user use the topic")
        time.sleep(6)
        assert len([line for line in made.told if line["event"] == "a topic cannot be read"]) == 1
        admin.allow("gleb", "TOPIC", SUBMITTED.name, "READ")
        made.until_it_says("")
        admin.allow("gleb", "TOPIC", "intake.dlq", "WRITE")  # who may write nowhere at all gets no producer's id
        assert made.client.post("/v1/complaints", json=a_complaint()).status_code == 202
        made.until_it_says(f"{REGISTERED.name}: the topic is missing, or this user may not see it")
        admin.allow("gleb", "TOPIC", REGISTERED.name, "DESCRIBE")
        made.until_it_says(f"{REGISTERED.name}: Kafka does not let this user use the topic")
        for name in OURS:
            admin.allow("gleb", "TOPIC", name, "WRITE", "DESCRIBE")
        made.until_it_rests()
        made.until_it_says("")
        made.until_it_counts(registered=1, unaccounted=0)
        assert len(made.told) <= 90


def test_a_certificate_that_expired_is_named_and_once_it_is_renewed_the_running_service_goes_on(
    fortress: Fortress, tmp_path: Path
) -> None:
    fortress.welcome("dina")
    keystore = fortress.papers / "server.pem"
    fortress.kafka.kill()
    fortress.ours.certify(keystore, days=-2)
    fortress.kafka.start()
    try:
        with intake(tmp_path, fortress.kafka.servers, fortress.settings("dina")) as made:
            made.until_it_says("certificate has expired")
            fortress.kafka.kill()
            fortress.ours.certify(keystore)
            fortress.kafka.start()
            made.until_it_says("")
            published(made)
            made.until_it_counts(registered=1, unaccounted=0)
    finally:
        fortress.ours.certify(keystore)


@pytest.mark.parametrize(("language", "said"), [("en", "unencrypted Kafka is refused"), ("ru", "Kafka без шифрования")])
def test_in_production_nothing_starts_beside_a_kafka_elsewhere_that_is_not_encrypted(
    tmp_path: Path, language: str, said: str
) -> None:
    spoken = {"REDRESS_ENVIRONMENT": "production", "REDRESS_LANG": language}
    house = Separate(tmp_path, "kafka.example:9092", f"sqlite://{tmp_path}", **spoken)
    done = house.redress("run", "intake")
    assert (done.returncode, done.stdout) == (1, "")
    assert said in " ".join(done.stderr.split())
    assert "REDRESS_KAFKA_SECURITY" in done.stderr
