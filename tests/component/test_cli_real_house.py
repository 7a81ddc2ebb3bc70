"""The verbs against a house that really runs: one `redress up` in a process of its own, embedded."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import confluent_kafka
import jsonschema
import pytest

import deploy
from deploy.contracts.cli import cli_schemas
from deploy.sample import complaints
from tests.cli_house import Cli, at_home

SCHEMAS = {name.removesuffix(".json"): schema for name, schema in cli_schemas().items()}
START = "import sys; sys.argv[1:] = ['up', '--json']; from deploy.cli import main; main()"
pytestmark = pytest.mark.xdist_group("real_house")  # one house for all of them
WORDS = "Курьер не приехал второй раз, верните деньги за заказ A-17!"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with a living house in it."""
    place = tmp_path_factory.mktemp("house")
    ports = {f"REDRESS_{name}_PORT": "0" for name in ("INTAKE", "TRIAGE", "ESCALATION", "FOLLOWUP")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REDRESS_")}
    variables = kept | ports | {"REDRESS_HOME": str(place), "PYTHONPATH": str(Path(deploy.__file__).parents[1])}
    with (place / "up.log").open("wb") as log:
        house = subprocess.Popen([sys.executable, "-c", START], env=variables, cwd=place, stdout=log, stderr=log)
        try:
            for _ in range(600):
                if (place / "running.json").exists() and json.loads((place / "running.json").read_text())["ready"]:
                    break
                assert house.poll() is None, (place / "up.log").read_text("utf-8")
                time.sleep(0.1)
            yield place
        finally:
            house.send_signal(signal.SIGTERM)
            house.wait(30)


@pytest.fixture
def cli(home, monkeypatch, capsys):
    at_home(monkeypatch, home)
    called = Cli(capsys)

    def checked(name, *arguments):
        """The JSON of a verb, which must succeed and fit its schema."""
        code, out, err = called(*name.split(), *arguments, "--json")
        assert code == 0, err
        found = json.loads(out)
        jsonschema.validate(found, SCHEMAS[name.replace(" ", "-")])
        return found

    checked.plain = called
    return checked


def printed_by_up(home):
    """The JSON among the lines of the log; it is printed a moment after the house is ready."""
    for _ in range(200):
        lines = (home / "up.log").read_text("utf-8").splitlines()
        text = "\n".join(line for line in lines if not line.startswith('{"timestamp'))
        if "}" in text:
            break
        time.sleep(0.1)
    return text[text.index("{") : text.rindex("}") + 1]


def test_what_up_prints_and_its_running_file_are_what_the_schema_says(home):
    found = json.loads(printed_by_up(home))
    jsonschema.validate(found, SCHEMAS["up"])
    assert found == json.loads((home / "running.json").read_text("utf-8"))


def foreign_producer_sends(home, **record):
    """As an upstream team would: another library, plain JSON, no headers."""
    servers = json.loads((home / "running.json").read_text("utf-8"))["kafka"]
    producer = confluent_kafka.Producer({"bootstrap.servers": servers})
    producer.produce("complaints.submitted.v1", json.dumps(record, ensure_ascii=False).encode(), key=b"k")
    assert producer.flush(20) == 0


def test_everything_that_is_sent_by_any_way_is_accounted_for_and_can_be_followed(home, cli):
    before = cli("counts", "--wait", "60")["arrivals"]["submitted"]
    records = complaints(60)
    (home / "sample.jsonl").write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    over_kafka = cli("publish", str(home / "sample.jsonl"))
    assert (over_kafka["sent"], over_kafka["read_by_intake"]) == (60, True)
    over_http = cli("publish", str(home / "sample.jsonl"), "--http", "auto")
    assert over_http["doubles"] == 60
    foreign_producer_sends(
        home, channel="web", source="shop", source_id="A-17", text=WORDS, customer={"email": "anna@example.org"}
    )
    counts = cli("counts", "--wait", "60")
    arrivals = counts["arrivals"]
    assert counts["quiet"]
    assert arrivals["submitted"] - before == 121
    outcomes = sum(arrivals[name] for name in ("registered", "rejected", "doubles", "parked"))
    assert (arrivals["submitted"], arrivals["unaccounted"]) == (outcomes, 0)
    assert sum(counts["standing"]["cases"]["state"].values()) == arrivals["registered"]

    story = cli("story", "shop:A-17")
    assert story["now"]["state"] == "open"
    assert sum(factor["points"] for factor in story["judgement"]["severity_factors"]) == story["judgement"]["severity"]
    said = [event for happening in story["happenings"] for event in happening["said"]]
    assert said.index("ComplaintRegistered") < said.index("CaseOpened") < said.index("NoticeSent")
    assert [letter["state"] for letter in story["letters"]] == ["sent"]
    assert cli.plain("cases", "--tier", "nobody")[0] == 2
    assert cli("cases", "--tier", story["now"]["tier"], "--priority", story["now"]["priority"])["total"] >= 1
    listed = cli("cases", "--customer", story["now"]["customer_id"])
    assert [case["complaint_id"] for case in listed["cases"]] == [story["complaint_id"]]


def test_a_parked_record_is_found_mended_and_counted_once(home, cli):
    foreign_producer_sends(home, channel="web", source="shop", source_id="P-1")
    before = cli("counts", "--wait", "60")["arrivals"]
    (parked,) = [row for row in cli("dlq list")["parked"] if row["service"] == "intake"]
    shown = cli("dlq show", parked["arrival"])
    assert json.loads(shown["body"])["source_id"] == "P-1"
    assert cli.plain("dlq", "replay", parked["arrival"])[0] == 1
    mended = {"channel": "web", "source": "shop", "source_id": "P-1", "text": "Где мой заказ?"}
    (home / "mended.json").write_text(json.dumps(mended), encoding="utf-8")
    (replayed,) = cli("dlq replay", parked["arrival"], "--with", str(home / "mended.json"))["replayed"]
    assert replayed["outcome"] == "registered"
    after = cli("counts", "--wait", "60")["arrivals"]
    assert (after["parked"], after["registered"]) == (before["parked"] - 1, before["registered"] + 1)
    assert (after["submitted"], after["unaccounted"]) == (before["submitted"], 0)


def test_a_customer_is_erased_and_the_story_has_no_words_left(home, cli):
    foreign_producer_sends(
        home, channel="web", source="shop", source_id="E-1", text=WORDS, customer={"email": "boris@example.org"}
    )
    cli("counts", "--wait", "60")
    story = cli("story", "shop:E-1")
    assert "Курьер" in story["now"]["summary"]
    erased = cli("erase", story["complaint_id"], "--yes")
    assert erased["customer_id"] == story["now"]["customer_id"]
    assert {"complaints.submitted.v1", "backups"} <= {row["where"] for row in erased["remains"] if row["readable"]}
    cli("counts", "--wait", "60")
    left = cli("story", story["complaint_id"])
    assert "Курьер" not in json.dumps(left, ensure_ascii=False)
    assert left["now"]["erased_at"] == erased["erased_at"]
    factors = [*left["judgement"]["severity_factors"], *left["judgement"]["urgency_factors"]]
    assert {word for factor in factors for word in factor["words"]} == set()
    assert sum(factor["points"] for factor in left["judgement"]["severity_factors"]) == left["judgement"]["severity"]
    again = cli("erase", story["complaint_id"], "--yes")
    assert (erased["already"], again["already"], again["erased_at"]) == (False, True, erased["erased_at"])


def test_a_key_that_is_issued_works_at_once_within_its_scopes(home, cli, monkeypatch):
    urls = json.loads((home / "running.json").read_text("utf-8"))
    key = cli("keys issue", "desk-only", "--scopes", "desk")["key"]
    monkeypatch.setenv("REDRESS_SERVICE_KEY", key)
    for name in ("intake", "triage", "escalation", "followup"):
        monkeypatch.setenv(f"REDRESS_{name.upper()}_URL", urls[name])
    assert cli.plain("cases")[0] == 0
    code, _, err = cli.plain("rejected", "list")
    assert code == 1
    assert "admin" in err


def test_customers_keys_that_lie_under_the_newest_master_key_stay_as_they_are(cli):
    found = cli("keys rewrap")
    assert (found["rewrapped"], found["unreadable"]) == (0, 0)
    code, out, _ = cli.plain("keys", "rewrap")
    assert code == 0 and found["master"] in out


def test_nobody_whose_case_is_young_is_among_those_to_be_erased(cli):
    assert cli("erase-closed", "--days", "1", "--dry-run") == {"days": 1, "customers": [], "erased": 0}


def test_the_doctor_finds_a_living_house_well(cli):
    found = {row["check"]: row["state"] for row in cli("doctor")["findings"]}
    assert {found[name] for name in ("running", "intake", "triage", "escalation", "followup", "secrets")} == {"ok"}
