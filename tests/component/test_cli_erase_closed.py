"""`redress erase-closed`: who has nothing but long closed cases is forgotten, and nobody else."""

import json
from urllib.parse import parse_qs

import httpx2
import pytest

from shared.contracts.topics import DAY_MS
from tests.builders import NOW
from tests.cli_house import Cli, FakeHouse, a_case, moved_in

LONG_AGO = NOW - 400 * DAY_MS
CASES = (
    ("u_done", LONG_AGO), ("u_done", LONG_AGO - 5), ("u_lately", LONG_AGO), ("u_lately", NOW), ("u_open", LONG_AGO),
    ("u_open", None), ("u_gone", LONG_AGO),
)  # fmt: skip


def listed(request: httpx2.Request) -> dict:
    given = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
    before, customer = int(given.get("closed_before", NOW + 1)), given.get("customer_id")
    found = [
        a_case(n, customer_id=who, closed_at=at)
        for n, (who, at) in enumerate(CASES)
        if ("closed_before" not in given or (at is not None and at < before)) and customer in (None, who)
    ]
    return {"cases": found[int(given.get("skip", 0)) :][: int(given["limit"])], "total": len(found)}


@pytest.fixture
def house(monkeypatch, tmp_path) -> FakeHouse:
    made = moved_in(monkeypatch, tmp_path)
    made.put("escalation", "/v1/cases", listed)
    made.put("escalation", "/internal/v1/clock", {"now": NOW, "simulated": False})
    for who in ("u_done", "u_gone"):
        at = NOW if who == "u_gone" else None
        made.put("intake", f"/internal/v1/erasures/{who}", {"customer_id": who, "erased_at": at})
    erased = {"customer_id": "u_done", "erased_at": NOW, "already": False, "remains": []}
    made.put("intake", "/internal/v1/erasures", erased, method="POST")
    return made


@pytest.fixture
def cli(capsys) -> Cli:
    return Cli(capsys)


def test_only_customers_without_a_younger_case_are_erased_and_nobody_twice(house, cli):
    code, out, _ = cli("erase-closed", "--days", "365", "--yes", "--json")
    assert (code, json.loads(out)) == (0, {"days": 365, "customers": ["u_done"], "erased": 1})
    assert house.bodies() == [{"customer_id": "u_done"}]


def test_a_dry_run_only_says_who_it_would_be(house, cli):
    code, out, _ = cli("erase-closed", "--days", "365", "--dry-run")
    assert (code, house.bodies()) == (0, [])
    assert "u_done" in out and "Would be erased: 1" in out


def test_nobody_to_erase_is_no_mistake(house, cli, monkeypatch):
    monkeypatch.setenv("REDRESS_LANG", "ru")
    code, out, _ = cli("erase-closed", "--days", "500")
    assert (code, house.bodies()) == (0, [])
    assert "Никого" in out


def test_without_a_terminal_it_wants_to_be_told_yes(house, cli):
    code, _, err = cli("erase-closed", "--days", "365")
    assert (code, house.bodies()) == (2, [])
    assert "--yes" in err


def test_no_number_of_days_is_refused(house, cli):
    code, _, err = cli("erase-closed", "--yes")
    assert code == 2 and "--days" in err
