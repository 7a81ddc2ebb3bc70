"""The verbs that look: what they print for people and for programs, and how they end."""

import io
import json
import shlex

import jsonschema
import pytest

from deploy.contracts.cli import PRINTED, cli_schemas
from shared.platform.http.key_file import issue_key
from tests.builders import NOW
from tests.cli_house import Cli, FakeHouse, a_case, arrivals, at_home, counts_of, moved_in, story_answers, with_losses

SCHEMAS = {name.removesuffix(".json"): schema for name, schema in cli_schemas().items()}
ID = "c_01m8a1qpy90000000000000001"
ARRIVAL = "topic/29439758/complaints.submitted.v1/0/144"
PARKED = {
    "arrival": ARRIVAL, "topic": "complaints.submitted.v1", "partition": 0, "offset": 144, "reason": "wrong_shape", "at": NOW,
    "fields": [{"field": "text", "message": "Field required", "remedy": "send it"}], "attempts": 0, "state": "parked",
    "outcome": "", "size": 38, "digest": "d", "cut": False,
}  # fmt: skip
EFFECT = {"key": f"{ID}|acknowledgement|1", "kind": "mail", "keeps": "care", "agg": ID, "state": "unknown", "at": NOW,
          "attempts": 1, "told": 1, "reason": "unknown"}  # fmt: skip
REJECTED = {
    "complaint_id": ID,
    "reason": "automatic_reply",
    "channel": "email",
    "language": "ru",
    "masked_text": "Я в отпуске. " * 20,
}
REMAINS = {"where": "cases.v1", "what": "ids", "readable": False, "until": NOW, "note_en": "ids", "note_ru": "номера"}


@pytest.fixture
def house(monkeypatch, tmp_path) -> FakeHouse:
    made = moved_in(monkeypatch, tmp_path)
    for service, answer in story_answers(ID).items():
        made.put(service, f"/internal/v1/story/{ID}", answer)
    made.put("intake", "/internal/v1/resolve", lambda request: {"complaint_id": ID} if "shop" in str(request.url) else (404, {}))
    made.put("intake", "/internal/v1/parked", {"parked": [PARKED]})
    made.put("intake", "/internal/v1/parked/content", PARKED | {"headers": {"ce_id": "1"}, "body": '{"channel": "[bold]web"}'})
    done = {"arrival": ARRIVAL, "outcome": "registered", "reason": "", "problems": []}
    made.put("intake", "/internal/v1/parked/replay", done, method="POST")
    dismissed = {"arrival": ARRIVAL, "state": "dismissed", "by": "anna", "at": NOW}
    made.put("intake", "/internal/v1/parked/dismiss", dismissed, method="POST")
    made.put("followup", "/internal/v1/effects", lambda r: {"effects": [EFFECT] if r.url.params.get("state") != "failed" else []})
    resolved = {"key": EFFECT["key"], "was": "unknown", "decision": "retry"}
    made.put("followup", "/internal/v1/effects/resolve", resolved, method="POST")
    made.put("intake", "/internal/v1/rejected", {"rejected": [REJECTED | {"rejected_at": NOW}]})
    admitted = {"complaint_id": ID, "state": "registered"}
    made.put("intake", f"/internal/v1/rejected/{ID}/admit", admitted, method="POST")
    erased = {"customer_id": "u_1", "erased_at": NOW, "remains": [REMAINS, {**REMAINS, "where": "backups", "until": None}]}
    made.put("intake", "/internal/v1/erasures", erased, method="POST")
    with_losses(made)
    made.put("escalation", "/internal/v1/clock", {"now": NOW, "simulated": False})
    made.put("intake", "/internal/v1/erasures/u_1", {"customer_id": "u_1", "erased_at": None})
    rewrapped = {"master": "m", "rewrapped": 1, "unreadable": 0, "remaining": 0}
    made.put("intake", "/internal/v1/vault/rewrap", rewrapped, method="POST")
    issue_key(tmp_path / "api-keys.json", "other", "other", ["submit"])
    return made


@pytest.fixture
def cli(capsys) -> Cli:
    return Cli(capsys)


VERBS = {
    "counts": ("counts",),
    "cases": ("cases",),
    "story": ("story", ID),
    "dlq-list": ("dlq", "list"),
    "dlq-show": ("dlq", "show", ARRIVAL),
    "dlq-replay": ("dlq", "replay", ARRIVAL),
    "dlq-dismiss": ("dlq", "dismiss", ARRIVAL, "--reason", "a test of the sender"),
    "losses-list": ("losses", "list"),
    "losses-write-off": ("losses", "write-off", "all", "--reason", "gone"),
    "rejected-list": ("rejected", "list"),
    "rejected-admit": ("rejected", "admit", ID),
    "effects-list": ("effects", "list"),
    "effects-mark-sent": ("effects", "mark-sent", EFFECT["key"]),
    "effects-retry": ("effects", "retry", EFFECT["key"]),
    "erase": ("erase", "u_1", "--yes"),
    "erase-closed": ("erase-closed", "--days", "30", "--yes"),
    "topics-init": ("topics", "init"),
    "db-init": ("db", "init"),
    "policy-check": ("policy", "check"),
    "keys-issue": ("keys", "issue", "shop", "--scopes", "submit"),
    "keys-init": ("keys", "init"),
    "keys-list": ("keys", "list"),
    "keys-revoke": ("keys", "revoke", "other"),
    "keys-rewrap": ("keys", "rewrap"),
    "config-show": ("config", "show"),
}
"""All that print data; `publish`, `load` and `doctor` have tests of their own."""


def test_every_verb_with_a_schema_is_tried():
    assert {*VERBS, "publish", "load", "doctor", "demo", "up"} == set(PRINTED)


@pytest.mark.parametrize("name", VERBS)
def test_json_is_what_its_schema_says_and_nothing_else_is_printed(house, cli, name):
    code, out, err = cli(*VERBS[name], "--json")
    assert (code, err) == (0, "")
    jsonschema.validate(json.loads(out), SCHEMAS[name])


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", VERBS)
def test_what_people_read_fits_the_screen_in_both_languages(house, cli, monkeypatch, name, language):
    monkeypatch.setenv("REDRESS_LANG", language)
    code, out, err = cli(*VERBS[name])
    assert (code, err) == (0, "")
    free = ("/", "redress", "REDRESS_")  # paths, keys and whole file names are never broken
    assert [line for line in out.splitlines() if len(line.rstrip()) > 80 and not any(word in line for word in free)] == []
    assert out.strip()


def test_counts_show_the_equation_and_where_complaints_stand(house, cli):
    _, out, _ = cli("counts")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "submitted = registered + rejected + doubles + parked + in flight + unaccounted"
    assert lines[1] == "10 = 7 + 1 + 1 + 1 + 0 + 0"
    assert "triaged 7 of 7 registered" in lines
    assert "budget 2026-09: 1.00 RUB of 2.00 RUB" in lines
    assert "not solved 1" in lines
    assert lines[-1].startswith("Quiet")


def test_counts_name_a_service_that_is_away_and_show_the_others(house, cli):
    house.away = {"triage"}
    code, out, err = cli("counts", "--json")
    found = json.loads(out)
    assert (code, found["unreachable"], found["standing"]["triaged"]) == (4, ["triage"], None)
    assert "triage" in err
    assert found["arrivals"]["registered"] == 7


@pytest.mark.parametrize("service", ["intake", "triage", "escalation", "followup"])
def test_what_a_missing_service_would_know_is_a_question_mark_and_never_a_number(house, cli, service):
    house.away = {service}
    code, out, err = cli("counts")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    unknown = {
        "intake": ("? = ? + ? + ? + ? + ? + ?", "triaged 7 of ? registered", "cases 7 of ? registered"),
        "triage": ("triaged ?", "10 = 7 + 1 + 1 + 1 + 0 + 0"),
        "escalation": ("cases ?", "10 = 7 + 1 + 1 + 1 + 0 + 0"),
        "followup": ("surveys ?", "10 = 7 + 1 + 1 + 1 + 0 + 0"),
    }
    assert (code, set(unknown[service]) - set(lines)) == (4, set())
    assert f"{service} ? ? ? ? ? ?" in lines
    assert lines[-1] == f"Whether everything is done and accounted for cannot be told without: {service}."
    assert f"Not reached: {service}." in err


def test_counts_end_with_3_when_something_is_unaccounted(house, cli):
    house.put("intake", "/internal/v1/arrivals", arrivals(unaccounted=1))
    code, out, _ = cli("counts")
    assert code == 3
    assert "does not add up" in out


def test_counts_end_with_4_when_the_broker_is_away(house, cli):
    house.put("intake", "/internal/v1/arrivals", arrivals(submitted=None, in_flight=None, unaccounted=None))
    code, out, err = cli("counts")
    assert code == 4
    assert "? = 7 + 1 + 1 + 1 + ? + ?" in " ".join(out.split())
    assert "cannot be told: the broker does not answer" in out
    assert "broker" in err


def test_waiting_ends_after_two_quiet_readings_in_a_row(house, cli):
    readings = iter([1, 0, 1, 0, 0, 0, 0])
    house.put("intake", "/internal/v1/counts", lambda _: counts_of("intake", outboxes=next(readings)))
    code, _, _ = cli("counts", "--wait", "20")
    assert code == 0
    assert next(readings) == 0  # five were read, the sixth was not asked for
    assert len(list(readings)) == 1


def test_waiting_in_vain_ends_with_3_and_names_what_is_open(house, cli):
    house.put("followup", "/internal/v1/counts", counts_of("followup", effects={"planned": 2}))
    code, out, _ = cli("counts", "--wait", "0.5")
    assert code == 3
    assert "effects planned 2" in " ".join(out.split())


def test_waiting_is_patient_with_a_house_that_is_still_starting(house, cli):
    house.away = {"intake", "triage", "escalation", "followup"}
    answers = iter(range(100))

    def wake(_):
        return counts_of("intake")

    house.put("intake", "/internal/v1/counts", wake)
    original = house.answer

    def starting(request):
        if next(answers) > 6:
            house.away = set()
        return original(request)

    from deploy.cli import reach

    reach.TRANSPORT.handler = starting  # the fixture puts the old transport back
    code, _, _ = cli("counts", "--wait", "20")
    assert code == 0


def test_without_any_house_the_remedy_is_told(cli, monkeypatch, tmp_path):
    at_home(monkeypatch, tmp_path)
    code, out, err = cli("cases")
    assert (code, out) == (4, "")
    assert "redress up" in err


def test_a_dead_house_is_no_house(cli, monkeypatch, tmp_path):
    at_home(monkeypatch, tmp_path)
    (tmp_path / "running.json").write_text(json.dumps({"pid": 2**22 + 1, "ready": True, "intake": "http://127.0.0.1:9"}))
    assert cli("counts")[0] == 4


def test_cases_are_filtered_and_never_cut_in_their_ids(house, cli):
    house.put("escalation", "/v1/cases", {"cases": [a_case(n) for n in range(3)], "total": 9})
    _, out, _ = cli("cases", "--state", "open", "--priority", "p1", "--priority", "P2", "--owner", "anna", "--limit", "3")
    params = house.asked[-1].url.params
    assert params.get_list("priority") == ["P1", "P2"]
    assert (params["state"], params["owner"], params["limit"], params["sort"]) == ("open", "anna", "3", "due_at")
    assert all(a_case(n)["complaint_id"] in out for n in range(3))
    assert "--skip 3" in out


def test_each_case_says_what_it_is_about_and_a_wide_screen_who_has_it(house, cli, monkeypatch):
    long = a_case(2, summary="Чайник\nтечёт " * 40, alerts=["injury"])
    house.put("escalation", "/v1/cases", {"cases": [a_case(owner="anna"), long], "total": 2})
    narrow = cli("cases")[1].splitlines()
    assert narrow[2].rstrip() == "  delivery · web · Russian · Чайник [b]течёт[/b]"  # brackets of a customer are no markup
    assert narrow[4].startswith("  delivery · web · Russian · injury · Чайник течёт Чайник")
    assert (len(narrow[4]), narrow[4][-1], "anna" in "".join(narrow)) == (80, "…", False)
    monkeypatch.setenv("COLUMNS", "140")
    assert "anna" in cli("cases")[1]


@pytest.mark.parametrize(
    ("option", "value", "valid"),
    [("--state", "opened", "open, resolved, closed"), ("--priority", "P5", "P1, P2, P3, P4"),
     ("--tier", "boss", "frontline, supervisor, manager, old_tier")],
)  # fmt: skip
def test_a_filter_that_names_nothing_there_is_refused_with_what_there_is(house, cli, option, value, valid):
    house.put("escalation", "/v1/cases/standing", {"tier": {"supervisor": 6, "old_tier": 1}})
    code, out, err = cli("cases", option, value)
    assert (code, out) == (2, "")
    assert f"Choose from {valid}." in " ".join(err.split())


def test_a_page_past_the_end_says_how_many_there_are(house, cli):
    house.put("escalation", "/v1/cases", {"cases": [], "total": 7})
    assert "7 in all" in cli("cases", "--skip", "20")[1]


def test_no_cases_at_all_says_what_to_do_next(house, cli):
    house.put("escalation", "/v1/cases", {"cases": [], "total": 0})
    assert "redress publish" in cli("cases")[1]
    assert "filters" in cli("cases", "--tier", "manager")[1]


def test_a_story_is_found_by_the_senders_own_id(house, cli):
    code, out, _ = cli("story", "shop:a:1", "--json")
    resolve = next(request for request in house.asked if request.url.path.endswith("/resolve"))
    assert (resolve.url.params["source"], resolve.url.params["source_id"]) == ("shop", "a:1")
    assert (code, json.loads(out)["complaint_id"]) == (0, ID)


@pytest.mark.parametrize("given", ["c_unknown", "nobody:1"])
def test_an_unknown_story_tells_where_ids_are_found(house, cli, given):
    for service in ("intake", "triage", "escalation", "followup"):
        empty = {"service": service, "documents": [], "history": [], "effects": []}
        house.put(service, "/internal/v1/story/c_unknown", empty)
    code, out, err = cli("story", given)
    assert (code, out) == (1, "")
    assert "redress cases" in err


def test_a_story_that_lacks_a_part_says_so(house, cli):
    house.away = {"followup"}
    code, out, err = cli("story", ID)
    assert code == 4
    assert "followup" in err
    assert "Why P2" in out


@pytest.mark.parametrize(
    "verb", [("dlq", "show", "x"), ("dlq", "replay", "x"), ("effects", "retry", "x"), ("rejected", "admit", "x")]
)
def test_what_nobody_knows_is_a_trouble_with_a_remedy(house, cli, verb):
    house.routes = {}
    code, out, err = cli(*verb)
    assert (code, out) == (1, "")
    assert "list" in err


def test_what_a_service_refuses_is_told_in_its_own_words(house, cli):
    refusal = (409, {"reason": "already", "detail": "the effect is sent: only unknown ones need a person"})
    house.put("followup", "/internal/v1/effects/resolve", refusal, method="POST")
    code, _, err = cli("effects", "retry", EFFECT["key"])
    assert code == 1
    assert "only unknown ones need a person" in err


def test_a_key_without_the_scope_is_told_so(house, cli):
    house.put("intake", "/internal/v1/rejected", (403, {"detail": "this key lacks the scope admin"}))
    code, _, err = cli("rejected", "list")
    assert code == 1
    assert "lacks the scope admin" in err
    assert "redress keys issue" in err


def test_a_service_that_answers_nonsense_is_a_sentence_and_no_traceback(house, cli):
    house.put("escalation", "/v1/cases", {"cases": [{"strange": True}], "total": 1})
    code, out, err = cli("cases")
    assert (code, out) == (1, "")
    assert "Traceback" not in err
    assert "does not understand" in err


def test_effects_by_default_are_those_that_wait_for_a_person(house, cli):
    _, out, _ = cli("effects", "list", "--json")
    assert {r.url.params["state"] for r in house.asked if r.url.path.endswith("/effects")} == {"unknown", "failed"}
    assert [row["key"] for row in json.loads(out)["effects"]] == [EFFECT["key"]]
    assert cli("effects", "list", "--state", "nonsense")[0] == 2


@pytest.mark.parametrize("given", [EFFECT["key"], EFFECT["key"].replace("|", "~")])
def test_keys_of_effects_are_printed_so_that_no_shell_eats_them_and_taken_either_way(house, cli, given):
    listed = cli("effects", "list")[1].splitlines()[0]
    assert (listed, shlex.split(listed), set(listed) & set("|&;<>()$`*?[]#!{}")) == (f"{ID}~acknowledgement~1", [listed], set())
    code, out, _ = cli("effects", "retry", given)
    assert (code, listed in out, house.bodies()[-1]["key"]) == (0, True, EFFECT["key"])


def test_erasing_asks_first_and_needs_yes_where_nobody_can_answer(house, cli, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    code, _, err = cli("erase", "u_1")
    assert code == 2
    assert "--yes" in err
    assert house.bodies() == []


@pytest.mark.parametrize(("answer", "code", "erased"), [("n", 1, []), ("y", 0, [{"customer_id": "u_1"}])])
def test_at_a_terminal_the_answer_decides(house, cli, monkeypatch, answer, code, erased):
    terminal = io.StringIO(f"{answer}\n")
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", terminal)
    assert cli("erase", "u_1")[0] == code
    assert house.bodies() == erased


@pytest.mark.parametrize(("given", "field"), [("u_1", "customer_id"), (ID, "complaint_id")])
def test_a_customer_is_named_by_id_or_by_a_complaint(house, cli, given, field):
    cli("erase", given, "--yes")
    assert house.bodies() == [{field: given}]


def test_erasing_somebody_twice_says_that_it_was_done_and_when(house, cli):
    assert "was erased at" in cli("erase", "u_1", "--yes")[1]
    again = {"customer_id": "u_1", "erased_at": NOW, "already": True, "remains": [REMAINS]}
    house.put("intake", "/internal/v1/erasures", again, method="POST")
    code, out, _ = cli("erase", "u_1", "--yes")
    assert (code, "was erased already, at" in out, "What remains" in out) == (0, True, True)


def test_usage_errors_end_with_2_and_help_with_0(house, cli):
    assert cli("story")[0] == 2
    assert cli("caes")[0] == 2
    assert cli("counts", "--wait", "soon")[0] == 2
    code, out, _ = cli("--help")
    assert (code, "counts" in out, "dlq" in out) == (0, True, True)
