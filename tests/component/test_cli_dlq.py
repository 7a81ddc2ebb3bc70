"""`redress dlq`: what is parked is told in the reader's language, mended without losing tries, and given up openly."""

import json

import pytest

from tests.builders import NOW
from tests.cli_house import Cli, FakeHouse, arrivals, moved_in

ARRIVAL = "topic/29439758/complaints.submitted.v1/0/144"
PROBLEM = {"field": "text", "message": "Field required", "remedy": "send it"}
PARKED = {
    "arrival": ARRIVAL, "topic": "complaints.submitted.v1", "partition": 0, "offset": 144, "reason": "wrong_shape", "at": NOW,
    "fields": [PROBLEM], "attempts": 0, "state": "parked", "outcome": "", "size": 38, "digest": "d", "cut": False,
}  # fmt: skip
REPLAY = "/internal/v1/parked/replay"


@pytest.fixture
def house(monkeypatch, tmp_path) -> FakeHouse:
    made = moved_in(monkeypatch, tmp_path)
    made.put("intake", "/internal/v1/parked", {"parked": [PARKED]})
    made.put("intake", "/internal/v1/parked/content", PARKED | {"headers": {"ce_id": "1"}, "body": '{"channel": "[bold]web"}'})
    done = {"arrival": ARRIVAL, "outcome": "registered", "reason": "", "problems": []}
    made.put("intake", REPLAY, done, method="POST")
    dismissed = {"arrival": ARRIVAL, "state": "dismissed", "by": "anna", "at": NOW}
    made.put("intake", "/internal/v1/parked/dismiss", dismissed, method="POST")
    return made


@pytest.fixture
def cli(capsys) -> Cli:
    return Cli(capsys)


def replayed(house: FakeHouse) -> list[str]:
    return [request.url.params["arrival"] for request in house.asked if request.url.path == REPLAY]


def test_a_parked_record_is_shown_as_it_came(house, cli):
    _, out, _ = cli("dlq", "show", ARRIVAL)
    assert '{"channel": "[bold]web"}' in out


def test_problems_are_told_in_russian_and_reason_codes_stay(house, cli, monkeypatch):
    monkeypatch.setenv("REDRESS_LANG", "ru")
    for verb in (("dlq", "list"), ("dlq", "show", ARRIVAL)):
        _, out, _ = cli(*verb)
        assert "text: отсутствует; добавьте это поле" in out
        assert "wrong_shape" in out
    bare = PARKED | {"fields": [], "reason": "empty_body"}
    house.put("intake", "/internal/v1/parked", {"parked": [bare]})
    assert "пустая запись" in cli("dlq", "list")[1]


def test_that_nothing_fits_is_not_said_as_if_nothing_were_parked(house, cli):
    house.put("intake", "/internal/v1/parked", {"parked": []})
    assert "Nothing is parked" in cli("dlq", "list")[1]
    for asked in (("--reason", "nonsense"), ("--state", "dismissed")):
        assert "No record is like this" in cli("dlq", "list", *asked)[1]


def test_tries_and_who_gave_a_record_up_and_why_are_shown(house, cli):
    given_up = PARKED | {"attempts": 2, "state": "dismissed", "dismissed_by": "anna", "dismissed_at": NOW}
    house.put("intake", "/internal/v1/parked", {"parked": [given_up]})
    house.put("intake", "/internal/v1/parked/content", given_up | {"headers": {}, "body": "x", "note": "a probe of [ours]"})
    listed = " ".join(cli("dlq", "list", "--state", "dismissed")[1].split())
    assert "tries 2" in listed
    assert "dismissed by anna" in listed
    assert "dismissed because: a probe of [ours]" in cli("dlq", "show", ARRIVAL)[1]


def test_a_list_is_asked_for_by_state_and_reason_and_unknown_states_are_refused(house, cli):
    cli("dlq", "list", "--state", "all", "--reason", "broken_json")
    assert {(r.url.params["state"], r.url.params["reason"]) for r in house.asked} == {("all", "broken_json")}
    code, _, err = cli("dlq", "list", "--state", "dismised")
    assert (code, "parked, replayed, dismissed, expired, all" in err) == (2, True)


def test_a_mended_record_is_handed_in_as_it_is(house, cli, tmp_path):
    (tmp_path / "m.json").write_bytes("{“кривой”}".encode())
    code, out, _ = cli("dlq", "replay", ARRIVAL, "--with", str(tmp_path / "m.json"))
    sent = next(request for request in house.asked if request.url.path == REPLAY and request.url.host == "intake.test")
    assert sent.content == "{“кривой”}".encode()
    assert sent.url.params["arrival"] == ARRIVAL
    assert (code, "registered" in out) == (0, True)


def test_a_mend_that_is_wrong_itself_is_refused_with_what_is_wrong_in_it(house, cli, monkeypatch, tmp_path):
    monkeypatch.setenv("REDRESS_LANG", "ru")
    (tmp_path / "m.json").write_text("{}")
    house.put("intake", REPLAY, (422, {"reason": "wrong_shape", "problems": [PROBLEM]}), method="POST")
    code, out, err = cli("dlq", "replay", ARRIVAL, "--with", str(tmp_path / "m.json"))
    assert (code, err) == (1, "")
    assert f"{ARRIVAL}: отказ (wrong_shape), ничего не изменилось" in out
    assert "text: отсутствует; добавьте это поле" in out
    found = json.loads(cli("dlq", "replay", ARRIVAL, "--with", str(tmp_path / "m.json"), "--json")[1])
    assert [(one["outcome"], one["problems"][0]["field"]) for one in found["replayed"]] == [("refused", "text")]


def test_an_empty_mend_is_never_taken_for_a_replay_as_it_is(house, cli, tmp_path):
    (tmp_path / "m.json").write_text("\n")
    assert (cli("dlq", "replay", ARRIVAL, "--with", str(tmp_path / "m.json"))[0], replayed(house)) == (2, [])


def test_a_record_that_is_still_wrong_ends_with_1(house, cli):
    wrong = {"arrival": ARRIVAL, "outcome": "parked", "reason": "wrong_shape", "problems": [PROBLEM]}
    house.put("intake", REPLAY, wrong, method="POST")
    code, out, _ = cli("dlq", "replay", ARRIVAL)
    assert code == 1
    assert "still wrong" in out
    assert "text: is missing" in out


def test_all_of_a_reason_are_replayed_the_oldest_first_and_one_that_is_refused_holds_no_other(house, cli):
    names = [f"topic/1/complaints.submitted.v1/0/{n}" for n in (9, 5, 2)]
    house.put("intake", "/internal/v1/parked", {"parked": [PARKED | {"arrival": name} for name in names]})

    def answer(request):
        arrival = request.url.params["arrival"]
        refusal = (409, {"detail": "it was replayed 3 times as it is"})
        return refusal if arrival == names[1] else {"arrival": arrival, "outcome": "registered", "reason": "", "problems": []}

    house.put("intake", REPLAY, answer, method="POST")
    code, out, _ = cli("dlq", "replay", "--reason", "rule_failed")
    assert (code, replayed(house)) == (1, names[::-1])
    assert {r.url.params["reason"] for r in house.asked if r.url.path == "/internal/v1/parked"} == {"rule_failed"}
    assert "it was replayed 3 times as it is" in out
    assert "3 records. Settled 2, left as they are 1." in out


def test_why_a_record_is_left_alone_is_told_in_russian(house, cli, monkeypatch):
    monkeypatch.setenv("REDRESS_LANG", "ru")
    detail = "it was replayed 3 times as it is: replay it mended, or dismiss it"
    house.put("intake", REPLAY, (409, {"detail": detail}), method="POST")
    code, _, err = cli("dlq", "replay", ARRIVAL)
    assert (code, "разбирали уже столько раз: 3" in " ".join(err.split())) == (1, True)


def test_every_page_of_what_is_parked_is_replayed(house, cli, monkeypatch):
    rows = [PARKED | {"arrival": f"topic/1/t/0/{n}"} for n in range(5)]
    monkeypatch.setattr("deploy.cli.dlq_replay.PAGE", 2)

    def page(request):
        skip = int(request.url.params["skip"])
        return {"parked": rows[skip : skip + 2]}

    house.put("intake", "/internal/v1/parked", page)
    assert cli("dlq", "replay", "--all")[0] == 0
    assert len(replayed(house)) == 5


@pytest.mark.parametrize("arguments", [(), (ARRIVAL, "--all"), ("--all", "--with", "m.json"), (ARRIVAL, "--reason", "x")])
def test_which_record_is_meant_must_be_clear(house, cli, arguments):
    code, _, err = cli("dlq", "replay", *arguments)
    assert (code, "--all" in err, replayed(house)) == (2, True, [])


def test_a_dismissal_needs_a_reason_and_hands_it_in(house, cli):
    assert cli("dlq", "dismiss", ARRIVAL)[0] == 2
    code, out, _ = cli("dlq", "dismiss", ARRIVAL, "--reason", "a probe of ours")
    assert (code, house.bodies()) == (0, [{"reason": "a probe of ours"}])
    assert "kept and counted as parked" in " ".join(out.split())


def test_counts_tell_how_many_of_the_parked_were_given_up(house, cli):
    house.put("intake", "/internal/v1/arrivals", arrivals(dismissed=1))
    code, out, _ = cli("counts")
    assert (code, "Dismissed, of those parked: 1." in out) == (0, True)
