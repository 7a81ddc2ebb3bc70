"""`redress losses`: where records were lost is told, and one answers for exactly those that one has seen."""

import json

import pytest

from tests.cli_house import LOSS, Cli, FakeHouse, moved_in, with_losses

WRITE_OFF = "/internal/v1/losses/write-off"


@pytest.fixture
def house(monkeypatch, tmp_path) -> FakeHouse:
    made = moved_in(monkeypatch, tmp_path)
    with_losses(made)
    return made


@pytest.fixture
def cli(capsys) -> Cli:
    return Cli(capsys)


def written_off(house: FakeHouse) -> list[dict[str, object]]:
    return [json.loads(request.content) for request in house.asked if request.url.path == WRITE_OFF]


def test_a_loss_is_listed_with_its_place_and_what_to_do(house, cli):
    code, out, _ = cli("losses", "list")
    assert code == 0
    assert LOSS in out
    assert "4 records" in out
    assert "write-off" in out


def test_who_answered_for_a_loss_and_why_is_shown(house, cli, monkeypatch):
    with_losses(house, open_=0)
    out = cli("losses", "list")[1]
    assert "written off by anna" in out
    assert "nobody has them any more" in out
    monkeypatch.setenv("REDRESS_LANG", "ru")
    assert "больше ни у кого нет" in cli("losses", "list")[1]


@pytest.mark.parametrize("which", [LOSS, "all"])
def test_as_many_are_written_off_as_were_seen(house, cli, which):
    code, out, _ = cli("losses", "write-off", which, "--reason", "gone")
    assert (code, written_off(house)) == (0, [{"loss": LOSS, "records": 4, "because": "gone"}])
    assert "4 records" in out


def test_what_is_closed_is_left_alone(house, cli):
    with_losses(house, open_=0)
    code, out, _ = cli("losses", "write-off", "all", "--reason", "gone")
    assert (code, written_off(house)) == (0, [])
    assert "No loss is open" in out


def test_more_that_were_lost_meanwhile_are_not_written_off_unseen(house, cli):
    house.put("intake", WRITE_OFF, (409, {"detail": "6 records are open there, not 4"}), method="POST")
    code, _, err = cli("losses", "write-off", LOSS, "--reason", "gone")
    assert code == 1
    assert "6 records are open there" in err


def test_slips_are_told(house, cli):
    assert cli("losses", "write-off", LOSS, "--reason", "bored")[0] == 2
    code, _, err = cli("losses", "write-off", "0/nowhere/1", "--reason", "gone")
    assert code == 1
    assert "losses list" in err


def test_who_cannot_be_asked_is_named(house, cli):
    house.away.add("triage")
    code, out, err = cli("losses", "list")
    assert code == 4
    assert LOSS in out
    assert "triage" in err
