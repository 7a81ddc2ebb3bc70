"""What lies under docs/ is what the code says: whole, valid, and free of the machine it was made on."""

import gzip
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from deploy.contracts import gate
from deploy.contracts.asyncapi import heard_by, name_of
from deploy.contracts.cli import PRINTED
from deploy.contracts.examples import READERS
from deploy.contracts.schemas import file_of
from deploy.local import SERVICES_AS_DATA, readers
from shared.contracts.topics import SERVICES, dead_letters_of

HERE = Path(__file__).parent
ALL = [f"{place}/{service}.json" for place in ("docs/asyncapi", "docs/openapi") for service in SERVICES]
ALL += [f"docs/schemas/{file_of(type_name)}" for type_name in READERS]
ALL += [f"docs/schemas/cli/{verb}.json" for verb in PRINTED]


def test_there_is_a_document_for_each_service_each_event_and_each_verb_that_prints_data(made: dict[str, str]) -> None:
    assert sorted(made) == sorted(ALL)


def test_what_is_committed_is_what_the_code_says(made: dict[str, str]) -> None:
    assert gate.outdated(made) == []


def test_the_whole_gate_is_open(made: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "documents", lambda: made)
    assert gate.check() == []


def test_making_the_documents_again_makes_the_same(made: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_HOME", "/nowhere/at/all")
    monkeypatch.setenv("REDRESS_KAFKA", "kafka.example.com:9092")
    monkeypatch.setenv("REDRESS_PUBLIC_URL", "https://complaints.example.com")
    assert gate.documents() == made


@pytest.mark.parametrize("path", ALL)
def test_a_document_names_no_host_and_no_place_on_a_machine(made: dict[str, str], path: str) -> None:
    document = json.loads(made[path])
    assert "servers" not in document
    addresses = set(re.findall(r"https?://[^\s\"\\)`]+", made[path]))
    known = ("https://json-schema.org/draft/", "https://redress.dev/schemas/")
    assert [a for a in addresses if not a.startswith(known) and "example." not in a] == []
    for secret in (str(gate.ROOT), str(Path.home()), socket.gethostname(), "/tmp/", "localhost", "127.0.0.1"):
        assert secret not in made[path]


@pytest.mark.parametrize("path", [path for path in ALL if path.startswith("docs/schemas/") and "/cli/" not in path])
def test_every_field_of_an_event_says_what_it_means(parsed: dict[str, Any], path: str) -> None:
    """By itself, or by the one shape that it refers to."""
    kinds = parsed[path].get("$defs", {})
    for shape in (parsed[path], *kinds.values()):
        for name, field in shape.get("properties", {}).items():
            meant = field if "$ref" not in field else kinds[field["$ref"].rpartition("/")[2]] | field
            assert meant.get("description"), f"{shape.get('title')}.{name}"


@pytest.mark.parametrize("path", ALL)
def test_every_reference_leads_somewhere(parsed: dict[str, Any], path: str) -> None:
    for reference in _references(parsed[path]):
        assert reference.startswith("#/")
        node = parsed[path]
        for step in reference.removeprefix("#/").split("/"):
            node = node[step.replace("~1", "/").replace("~0", "~")]


@pytest.mark.parametrize("path", [path for path in ALL if path.startswith("docs/schemas")])
def test_a_schema_is_valid_json_schema(parsed: dict[str, Any], path: str) -> None:
    Draft202012Validator.check_schema(parsed[path])


@pytest.mark.parametrize("service", SERVICES)
def test_an_asyncapi_document_is_valid_by_the_official_schema(parsed: dict[str, Any], service: str) -> None:
    official = json.loads(gzip.decompress((HERE / "asyncapi-3.0.0.schema.json.gz").read_bytes()))
    errors = Draft7Validator(official).iter_errors(parsed[f"docs/asyncapi/{service}.json"])
    assert [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in errors] == []


@pytest.mark.parametrize("service", SERVICES_AS_DATA, ids=lambda service: service.name)
def test_an_asyncapi_document_shows_all_that_a_service_hears_and_says(parsed: dict[str, Any], service: Any) -> None:
    document = parsed[f"docs/asyncapi/{service.name}.json"]
    operations = document["operations"]
    hears = {name: o for name, o in operations.items() if o["action"] == "receive"}
    assert set(hears) == {f"hear{name_of(message)}" for message in heard_by(service)}
    groups = {o["bindings"]["kafka"]["groupId"]["const"] for o in hears.values()}
    assert groups == {f"{service.name}.{topic}" for topic, services in readers().items() if service.name in services}
    said = {f"say{event.__name__}" for event in service.says} | {"exportParkedRecord"}
    assert {name for name, o in operations.items() if o["action"] == "send"} == said
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert addresses == {m.topic.name for m in (*heard_by(service), *service.says)} | {dead_letters_of(service.name).name}
    assert all(operation["summary"] for operation in operations.values())


@pytest.mark.parametrize("service", SERVICES)
def test_the_examples_in_an_asyncapi_document_fit_its_payloads_and_headers(parsed: dict[str, Any], service: str) -> None:
    components = parsed[f"docs/asyncapi/{service}.json"]["components"]
    for name, message in components["messages"].items():
        if name == "ParkedRecord":
            continue
        headers = {"components": components} | message["headers"]
        assert message["examples"]
        for example in message["examples"]:
            Draft7Validator(message["payload"]).validate(example["payload"])
            Draft7Validator(headers).validate(example.get("headers", {}))


def test_the_headers_of_another_event_do_not_fit(parsed: dict[str, Any]) -> None:
    components = parsed["docs/asyncapi/triage.json"]["components"]
    headers = {"components": components} | components["messages"]["AlertRaised"]["headers"]
    (example, *_) = components["messages"]["AlertRaised"]["examples"]
    assert not Draft7Validator(headers).is_valid(example["headers"] | {"ce_type": "redress.CaseOpened.v1"})
    assert not Draft7Validator(headers).is_valid({k: v for k, v in example["headers"].items() if k != "ce_id"})


@pytest.mark.parametrize("service", SERVICES)
def test_an_openapi_document_tells_every_operation_apart_and_describes_it(parsed: dict[str, Any], service: str) -> None:
    document = parsed[f"docs/openapi/{service}.json"]
    assert document["openapi"].startswith("3.1")
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation.get("summary") for operation in operations)
    assert {"/healthz", "/readyz", "/metrics", "/version"} <= set(document["paths"])


def test_the_door_for_complaints_shows_what_it_takes(parsed: dict[str, Any]) -> None:
    door = parsed["docs/openapi/intake.json"]["paths"]["/v1/complaints"]["post"]
    schema = door["requestBody"]["content"]["application/json"]["schema"]
    least = {"channel": "web", "source_id": "shop-4711", "text": "…", "customer": {"email": "anna@example.com"}}
    assert Draft202012Validator(schema).is_valid(least)
    for missing in ("source_id", "text"):
        assert not Draft202012Validator(schema).is_valid({k: v for k, v in least.items() if k != missing})


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        for part in node.values():
            yield from _references(part)
    elif isinstance(node, list):
        for part in node:
            yield from _references(part)
