"""The verbs that set up and look after an installation: keys, settings, policies, the doctor."""

import json

import jsonschema
import pytest

from deploy.contracts.cli import cli_schemas
from shared.platform.http.key_file import hashed, issue_key, read_keys
from tests.cli_house import Cli, FakeHouse, arrivals, moved_in

SCHEMAS = {name.removesuffix(".json"): schema for name, schema in cli_schemas().items()}


@pytest.fixture
def house(monkeypatch, tmp_path) -> FakeHouse:
    return moved_in(monkeypatch, tmp_path)


@pytest.fixture
def cli(capsys) -> Cli:
    return Cli(capsys)


def names_in(path) -> list[str]:
    return [entry.name for entry in read_keys(path / "api-keys.json")]


def test_an_issued_key_is_shown_once_and_only_its_hash_is_kept(house, cli, tmp_path):
    issued = json.loads(cli("keys", "issue", "shop", "--scopes", "submit,desk", "--actor", "anna", "--json")[1])
    kept = (tmp_path / "api-keys.json").read_text("utf-8")
    assert issued["key"].startswith("redress_")
    assert issued["key"] not in kept
    assert [(e["name"], e["actor"], e["scopes"]) for e in json.loads(kept)] == [("shop", "anna", ["desk", "submit"])]
    assert cli("keys", "issue", "shop", "--scopes", "root")[0] == 2


def test_a_second_key_of_a_name_is_made_only_when_the_first_may_end(house, cli, tmp_path):
    first = json.loads(cli("keys", "issue", "shop", "--scopes", "submit", "--json")[1])
    code, out, err = cli("keys", "issue", "shop", "--scopes", "submit,desk")
    assert (code, out) == (1, "")
    assert "--replace: the old key then ends at once" in " ".join(err.split())
    assert [entry.sha256 for entry in read_keys(tmp_path / "api-keys.json")] == [hashed(first["key"])]
    code, out, _ = cli("keys", "issue", "shop", "--scopes", "submit,desk", "--replace")
    assert (code, "The old key of shop has ended" in out) == (0, True)
    (entry,) = read_keys(tmp_path / "api-keys.json")
    assert (entry.scopes, entry.sha256 == hashed(first["key"])) == ({"submit", "desk"}, False)


def test_keys_are_listed_by_name_and_a_revoked_one_is_gone(house, cli, tmp_path):
    assert "no keys yet" in cli("keys", "list")[1]
    for name in ("shop", "anna"):
        cli("keys", "issue", name, "--scopes", "submit")
    assert [row["name"] for row in json.loads(cli("keys", "list", "--json")[1])["keys"]] == ["anna", "shop"]
    assert cli("keys", "revoke", "shop")[0] == 0
    assert names_in(tmp_path) == ["anna"]
    code, _, err = cli("keys", "revoke", "shop")
    assert (code, "redress keys list" in err, names_in(tmp_path)) == (1, True, ["anna"])


def test_the_key_that_the_house_itself_uses_is_not_taken_from_it(house, cli, tmp_path):
    (tmp_path / "api_key").write_text(issue_key(tmp_path / "api-keys.json", "local", "anna", ["admin"]) + "\n")
    for verb in (("revoke", "local"), ("issue", "local", "--scopes", "desk", "--replace")):
        code, _, err = cli("keys", *verb)
        assert (code, "this installation itself uses" in err) == (1, True)
    assert names_in(tmp_path) == ["local"]


def test_a_broken_file_of_keys_is_a_sentence(house, cli, tmp_path):
    (tmp_path / "api-keys.json").write_text("[{}]")
    for verb in (("list",), ("revoke", "shop"), ("issue", "shop", "--scopes", "desk")):
        code, _, err = cli("keys", *verb)
        assert (code, "api-keys.json: wrong at" in " ".join(err.split())) == (1, True)


def test_what_is_not_the_default_is_marked_where_there_are_no_colours(house, cli, monkeypatch):
    monkeypatch.setenv("REDRESS_TRIAGE_PORT", "8999")
    marked = [line.split()[1] for line in cli("config", "show")[1].splitlines() if line.startswith("*")]
    assert {"REDRESS_TRIAGE_PORT", "REDRESS_HOME"} <= set(marked)
    assert "REDRESS_INTAKE_PORT" not in marked


def test_a_directory_of_policies_is_checked_as_a_whole(house, cli, tmp_path):
    (tmp_path / "rules").mkdir()
    assert cli("policy", "check", str(tmp_path / "rules"))[0] == 2
    (tmp_path / "rules" / "triage.yaml").write_text("themes: 5\n")
    (tmp_path / "rules" / "intake.yaml").write_text('version: "2"\n')
    code, out, _ = cli("policy", "check", str(tmp_path / "rules"), "--json")
    found = {row["service"]: bool(row["problems"]) for row in json.loads(out)["policies"]}
    assert (code, found) == (1, {"intake": False, "triage": True})
    (tmp_path / "rules" / "triag.yaml").write_text("")
    code, _, err = cli("policy", "check", str(tmp_path / "rules"))
    assert (code, "triag.yaml is not named after a service" in err) == (2, True)


def test_settings_are_shown_without_secrets(house, cli, monkeypatch):
    monkeypatch.setenv("REDRESS_STORE", "mongodb://user:hunter2@db:27017")
    monkeypatch.setenv("REDRESS_KAFKAA", "x")
    _, out, _ = cli("config", "show")
    assert "hunter2" not in out
    assert "redress_test" not in out
    assert "REDRESS_KAFKAA is not a setting" in out
    assert "REDRESS_LANG is not" not in out


def test_wrong_settings_are_named_and_end_with_2(house, cli, monkeypatch):
    monkeypatch.setenv("REDRESS_KAFKA", "nonsense")
    code, out, err = cli("counts")
    assert (code, out) == (2, "")
    assert "REDRESS_KAFKA" in err


def test_a_broken_policy_is_told_with_file_and_line(house, cli, tmp_path):
    (tmp_path / "triage.yaml").write_text("themes: 5\n")
    code, out, _ = cli("policy", "check", str(tmp_path / "triage.yaml"))
    assert code == 1
    assert f"{tmp_path / 'triage.yaml'}:1" in out
    assert cli("policy", "check", str(tmp_path / "other.yaml"))[0] == 2


def test_the_doctor_names_what_is_ill_and_what_helps(house, cli):
    for service in ("intake", "triage", "escalation", "followup"):
        house.put(service, "/readyz", {"status": "ready"})
    code, out, err = cli("doctor", "--json")
    jsonschema.validate(json.loads(out), SCHEMAS["doctor"])
    assert (code, err) == (0, "")
    house.put("triage", "/readyz", (503, {"reasons": ["Kafka does not answer"]}))
    house.away = {"intake"}
    code, out, _ = cli("doctor")
    assert code == 1
    assert "Kafka does not answer" in " ".join(out.split())


def test_the_doctor_names_messages_that_were_lost(house, cli):
    house.put("intake", "/internal/v1/arrivals", arrivals(submitted=9, gap=2, unaccounted=2))
    code, out, _ = cli("doctor", "--json")
    (row,) = (row for row in json.loads(out)["findings"] if row["check"] == "losses")
    assert (code, row["state"]) == (1, "bad")
    assert "2" in row["found"]
    assert "source_id" in row["remedy"]


def test_the_doctor_minds_stores_and_letters_that_others_can_read(house, cli, tmp_path):
    store, letters = tmp_path / "intake.sqlite", tmp_path / "mail"
    store.touch(0o600)
    letters.mkdir(0o700)
    assert secrets_said(cli) == "ok"
    store.chmod(0o644)
    letters.chmod(0o755)
    assert secrets_said(cli) == "bad"


def secrets_said(cli) -> str:
    return next(row["state"] for row in json.loads(cli("doctor", "--json")[1])["findings"] if row["check"] == "secrets")
