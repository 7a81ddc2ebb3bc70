"""docker-compose.yml names only what exists, opens only what must be open, and gives each container as little as it needs."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer

from deploy import probe
from deploy.cli import build
from deploy.ground import NEEDED
from shared.contracts.topics import RECORD_BYTES, SERVICES
from shared.platform.secrets import NAMES, secret_file
from shared.platform.settings import Settings
from tests.deployment.tools import ROOT, program, run, yaml_of

FILE = ROOT / "docker-compose.yml"
COMPOSE = yaml_of(FILE)
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: c for name, c in CONTAINERS.items() if c["image"].startswith("redress:")}
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
ON_DEMAND = {"cli", "sample", "grafana", "kafka-ui"}
JOBS = {"keys", "topics", "stores", "replica-set"}
ORDER_OF_TASTE = (
    "service-keys-order",
    "services-alphabetical-order",
    "top-level-properties-order",
    "service-ports-alphabetical-order",
)

each = pytest.mark.parametrize("name", CONTAINERS)
each_of_ours = pytest.mark.parametrize("name", OURS)
each_service = pytest.mark.parametrize("service", SERVICES)


def environment_of(name: str) -> dict[str, str]:
    return CONTAINERS[name].get("environment", {})


def mounts_of(name: str) -> dict[str, tuple[str, bool]]:
    """Target to source, and whether it may be written."""
    parts = [volume.split(":") for volume in CONTAINERS[name].get("volumes", ())]
    return {target: (source, mode != ["ro"]) for source, target, *mode in parts}


def seconds(text: str) -> float:
    amount, unit = re.fullmatch(r"(\d+)(m?s)", text).groups()
    return int(amount) / (1000 if unit == "ms" else 1)


# -- checked by others ---------------------------------------------------------------------------------------------------


def test_it_is_a_compose_file_by_the_specification():
    packed = (Path(__file__).parent / "compose-spec.schema.json.gz").read_bytes()
    schema = json.loads(gzip.decompress(packed))
    jsonschema.validators.validator_for(schema)(schema).validate(COMPOSE)
    wrong = COMPOSE | {"services": CONTAINERS | {"intake": CONTAINERS["intake"] | {"restrat": "always"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validators.validator_for(schema)(schema).validate(wrong)


def test_dclint_finds_nothing():
    done = run(program("dclint"), FILE, "--max-warnings", "0", "--disable-rule", *ORDER_OF_TASTE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_hadolint_finds_nothing():
    done = run(program("hadolint"), "deploy/Dockerfile")
    assert done.returncode == 0, done.stdout + done.stderr


def test_haproxy_accepts_its_configuration():
    done = run(program("haproxy"), "-c", "-f", "deploy/haproxy/haproxy.cfg")
    assert done.returncode == 0, done.stderr
    assert "[WARNING]" not in done.stderr


# -- what is named exists ------------------------------------------------------------------------------------------------


def test_the_four_services_are_there_and_each_runs_itself():
    running = {name: c["command"] for name, c in OURS.items() if c["command"][0] == "run"}
    assert running == {service: ["run", service] for service in SERVICES}


@each_of_ours
def test_every_command_exists_with_its_options(name):
    words = list(OURS[name]["command"])
    command = typer.main.get_command(build(words[:1]))
    while words and hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options


@each
def test_every_variable_of_ours_is_a_setting(name):
    known = {f"REDRESS_{field.upper()}" for field in Settings.model_fields}
    known |= {f"{variable}_FILE" for variable in known}
    assert {variable for variable in environment_of(name) if variable.startswith("REDRESS_")} <= known
    assert set(re.findall(r"REDRESS_[A-Z_]+", DOCKERFILE)) <= known


@each_of_ours
def test_the_settings_of_every_container_are_sound(name, monkeypatch, tmp_path):
    from shared.platform.settings import check_run, load_settings

    key = tmp_path / "key"
    key.write_text("redress_key")
    for variable, value in environment_of(name).items():
        monkeypatch.setenv(variable, str(key) if variable == "REDRESS_SERVICE_KEY_FILE" else value)
    settings = load_settings(env_file=None)
    if name in SERVICES:
        check_run(settings, name)


@each_service
def test_a_service_can_be_wired_from_its_container_s_settings(service, monkeypatch, tmp_path):
    from deploy.ground import build_of, clock_of, connection_of
    from shared.platform.application import Surroundings
    from shared.platform.http.keys import ApiKeys
    from shared.platform.secrets import Secrets
    from shared.platform.settings import load_settings

    key = tmp_path / "key"
    key.write_text("redress_key")
    for variable, value in environment_of(service).items():
        monkeypatch.setenv(variable, str(key) if variable == "REDRESS_SERVICE_KEY_FILE" else value)
    settings = load_settings(env_file=None)
    secrets = Secrets({name: (bytes(32),) for name in NEEDED[service]})
    connection, urls = connection_of(settings, settings.kafka, embedded=False), settings.urls()
    built = build_of(service)(Surroundings(settings, connection, clock_of(settings), ApiKeys(), secrets, urls))
    assert built.name == service


@each_service
def test_every_address_leads_to_a_service_at_the_port_where_it_listens(service):
    port = str(Settings.model_fields[f"{service}_port"].default)
    for name in OURS:
        environment = environment_of(name)
        assert environment[f"REDRESS_{service.upper()}_PORT"] == port
        assert environment.get(f"REDRESS_{service.upper()}_URL", f"http://{service}:{port}") == f"http://{service}:{port}"
    assert f" {port}" in re.search(r"^EXPOSE(.*)$", DOCKERFILE, re.MULTILINE)[1]


def test_every_path_that_is_mounted_from_here_exists_and_is_only_read():
    here = [(source, writes) for name in CONTAINERS for source, writes in mounts_of(name).values() if source.startswith("./")]
    assert len(here) >= 5
    for source, writes in here:
        assert (ROOT / source).exists(), source
        assert not writes, source


def test_every_volume_and_every_network_is_declared_and_used():
    named = {source for name in CONTAINERS for source, _ in mounts_of(name).values() if not source.startswith("./")}
    assert named == set(COMPOSE["volumes"])
    assert {network for c in CONTAINERS.values() for network in c["networks"]} == set(COMPOSE["networks"])


def test_one_image_of_ours_is_built_under_the_version_of_the_product():
    import tomllib

    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert {c["image"] for c in OURS.values()} == {f"redress:{version}"}
    assert {c["build"]["dockerfile"] for c in OURS.values()} == {"deploy/Dockerfile"}


def test_kafka_takes_our_largest_record_and_makes_no_topic_by_itself():
    lines = (ROOT / "deploy" / "kafka" / "server.properties").read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert int(given["message.max.bytes"]) > RECORD_BYTES
    assert given["auto.create.topics.enable"] == "false"
    assert f"BROKER://{environment_of('intake')['REDRESS_KAFKA']}" == given["advertised.listeners"]
    assert mounts_of("kafka")[given["log.dirs"]] == ("kafka-data", True)


def test_the_replica_set_is_the_one_that_the_store_asks_for():
    script = (ROOT / "deploy" / "mongo" / "replica-set.js").read_text("utf-8")
    name, host = re.search(r'_id: "(\w+)".*host: "([\w:]+)"', script).groups()
    assert environment_of("stores")["REDRESS_STORE"] == f"mongodb://{host}/?replicaSet={name}"
    assert name in CONTAINERS["mongo"]["command"]


# -- secrets -------------------------------------------------------------------------------------------------------------


def secrets_in(name: str) -> set[str]:
    """The secrets whose files a container can see."""
    environment, mounts = environment_of(name), mounts_of(name)
    files = {secret: secret_file(Path(environment["REDRESS_HOME"]), secret) for secret in NAMES}
    files |= {
        "master": Path(environment["REDRESS_MASTER_KEY_FILE"]),
        "identity": Path(environment["REDRESS_IDENTITY_SECRET_FILE"]),
    }
    return {secret for secret, file in files.items() if any(file.is_relative_to(target) for target in mounts)}


@each_service
def test_a_service_sees_the_secrets_that_it_needs_and_only_intake_those_of_the_vault(service):
    assert secrets_in(service) >= set(NEEDED[service])
    assert (secrets_in(service) & {"master", "identity"} != set()) == (service == "intake")


def test_the_job_makes_every_secret_and_key_where_the_others_look_for_it():
    assert secrets_in("keys") == set(NAMES)
    made = {word.partition("=")[0]: word.partition("=")[2] for word in CONTAINERS["keys"]["command"] if "=" in word}
    assert made["--service-key"] == environment_of("followup")["REDRESS_SERVICE_KEY_FILE"]
    assert made["--operator-key"] == environment_of("cli")["REDRESS_SERVICE_KEY_FILE"]
    for name in OURS:
        file = environment_of(name).get("REDRESS_SERVICE_KEY_FILE")
        assert file is None or str(Path(file).parent) in mounts_of(name)


def test_only_the_command_line_can_read_the_key_that_opens_every_door():
    readers = {name for name in CONTAINERS if "operator-key" in {source for source, _ in mounts_of(name).values()}}
    assert readers == {"keys", "cli", "sample"}


def test_no_service_may_write_where_secrets_lie():
    for service in SERVICES:
        writable = {target for target, (_, writes) in mounts_of(service).items() if writes}
        assert writable == ({environment_of(service)["REDRESS_MAIL_DIR"]} if service == "followup" else set())


def test_volumes_of_ours_belong_to_the_user_that_writes_them():
    targets = {target for name in OURS for target in mounts_of(name)}
    made = re.search(r"install --directory --owner=(\d+) --group=(\d+) --mode=0700 \\\n(.*)$", DOCKERFILE, re.MULTILINE)
    assert set(made[3].split()) == targets
    assert {c["user"] for c in OURS.values()} == {f"{made[1]}:{made[2]}"}
    assert f"USER {made[1]}:{made[2]}" in DOCKERFILE


# -- as little as it needs -----------------------------------------------------------------------------------------------


@each
def test_every_container_is_hardened_and_bounded(name):
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert not {"cap_add", "privileged", "network_mode", "pid", "container_name"} & set(container)
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert int(container["user"].split(":")[0]) > 0
    assert set(container["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert container["logging"]["options"].keys() == {"max-size", "max-file"}
    assert re.fullmatch(r"[\w./-]+:v?\d[\w.-]*", container["image"]), "a version that is pinned"


@each
def test_everything_comes_back_and_jobs_end(name):
    wanted = "no" if name in ("cli", "sample") else "on-failure:10" if name in JOBS else "unless-stopped"
    assert CONTAINERS[name]["restart"] == wanted
    assert (CONTAINERS[name].get("profiles", []) == [name]) == (name in ON_DEMAND)


@each_service
def test_a_service_starts_after_the_jobs_and_says_itself_whether_it_is_ready(service):
    container = CONTAINERS[service]
    jobs = {name for name, wait in container["depends_on"].items() if wait["condition"] == "service_completed_successfully"}
    assert jobs == {"keys", "topics", "stores"}
    assert CONTAINERS["topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    assert CONTAINERS["stores"]["depends_on"] == {"replica-set": {"condition": "service_completed_successfully"}}
    assert container["healthcheck"]["test"] == ["CMD", "python", "-m", "deploy.probe", service]
    assert probe.PORTS[service] == Settings.model_fields[f"{service}_port"].default
    assert seconds(container["healthcheck"]["timeout"]) > probe.SECONDS


@each_service
def test_whoever_stops_a_service_waits_longer_than_it_takes_to_finish(service):
    whole = 2 * int(environment_of(service)["REDRESS_SHUTDOWN_SECONDS"])  # its loops, then its doors
    assert seconds(CONTAINERS[service]["stop_grace_period"]) >= whole + 5


def test_a_heap_fits_into_its_container():
    for name, variable in (("kafka", "KAFKA_HEAP_OPTS"), ("kafka-ui", "JAVA_OPTS")):
        heap = int(re.search(r"-Xmx(\d+)m", environment_of(name)[variable])[1])
        limit = CONTAINERS[name]["deploy"]["resources"]["limits"]["memory"]
        assert heap * 2 <= int(limit[:-1]) * (1024 if limit.endswith("G") else 1)


def test_only_the_doors_and_those_who_watch_listen_on_this_machine_and_on_loopback_only():
    ports = {name: c["ports"] for name, c in CONTAINERS.items() if c.get("ports")}
    assert set(ports) == {"doors", "prometheus", "grafana", "kafka-ui"}
    assert {port.split(":")[0] for given in ports.values() for port in given} == {"127.0.0.1"}
    inner = [int(port.rsplit(":", 1)[1]) for port in ports["doors"]]
    assert inner == [Settings.model_fields[f"{service}_port"].default for service in SERVICES]
    assert all(f"REDRESS_{service.upper()}_PORT:-" in port for service, port in zip(SERVICES, ports["doors"], strict=True))


def test_kafka_and_the_database_are_on_the_network_that_leads_nowhere():
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    outside = {name for name, c in CONTAINERS.items() if "outside" in c["networks"]}
    assert outside == {"doors", "followup", "prometheus", "grafana", "kafka-ui"}
    assert all("inside" in c["networks"] for c in CONTAINERS.values())
