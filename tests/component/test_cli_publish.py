"""`redress publish`: everything is checked first, sent safely, and told honestly."""

import json
from email.message import EmailMessage

import httpx2
import jsonschema
import pytest

from deploy.cli import sending_http, sending_kafka
from deploy.cli.preparing import Ready
from deploy.contracts.cli import cli_schemas
from shared.contracts import topics
from shared.platform.bus.connection import Connection
from tests.cli_house import Cli, FakeHouse, arrivals, at_home, counts_of, moved_in

SCHEMA = cli_schemas()["publish.json"]
LOAD_SCHEMA = cli_schemas()["load.json"]


def lines(*records):
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records)


def a_record(number=1, **more):
    return {"channel": "web", "source_id": f"shop-{number}", "text": "Чайник течёт", **more}


@pytest.fixture
def cli(capsys) -> Cli:
    return Cli(capsys)


@pytest.fixture
def house(monkeypatch, tmp_path) -> FakeHouse:
    made = moved_in(monkeypatch, tmp_path)
    monkeypatch.setattr(sending_http, "LONGEST_WAIT", 0.01)
    taken: set[str] = set()

    def take(request):
        record = json.loads(request.content)
        if record["text"] == "wrong":
            return 422, {"reason": "wrong_shape", "problems": [{"field": "text", "message": "is wrong", "remedy": "mend it"}]}
        double, state = record["source_id"] in taken, "rejected" if record["text"] == "спасибо" else "registered"
        taken.add(record["source_id"])
        return 202, {"complaint_id": "c_1", "state": state, "double": double, "tracking_url": "u"}

    made.put("intake", "/v1/complaints", take, method="POST")
    mail = (202, {"complaint_id": "c_2", "state": "registered", "double": False, "tracking_url": "u"})
    made.put("intake", "/v1/complaints/eml", mail, method="POST")
    return made


def test_outcomes_are_counted_and_refusals_named(house, cli, tmp_path):
    records = [a_record(1), a_record(1), a_record(2, text="спасибо"), a_record(3, text="wrong")]
    (tmp_path / "a.jsonl").write_text(lines(*records), encoding="utf-8")
    code, out, _ = cli("publish", "a.jsonl", "--http", "auto", "--json")
    found = json.loads(out)
    jsonschema.validate(found, SCHEMA)
    figures = {name: found[name] for name in ("read", "sent", "registered", "rejected", "doubles", "failed")}
    assert figures == {"read": 4, "sent": 3, "registered": 1, "rejected": 1, "doubles": 1, "failed": 1}
    assert (code, found["problems"]) == (1, [{"place": "line 4", "field": "text", "message": "is wrong", "remedy": "mend it"}])


def test_nothing_is_sent_while_anything_is_wrong(house, cli, tmp_path):
    (tmp_path / "a.jsonl").write_text(lines(a_record(1), {"channel": "web"}, a_record(2)), encoding="utf-8")
    code, out, _ = cli("publish", "a.jsonl", "--http", "auto")
    assert (code, house.asked) == (1, [])
    assert "line 2: source_id: is missing; name its key with --map source_id=NAME" in out
    code, out, _ = cli("publish", "a.jsonl", "--http", "auto", "--skip-invalid")
    assert (code, len(house.asked)) == (0, 2)


def test_only_the_first_twenty_problems_are_told(house, cli, tmp_path):
    (tmp_path / "a.jsonl").write_text(lines(*({"channel": "web", "source_id": str(n)} for n in range(50))))
    found = json.loads(cli("publish", "a.jsonl", "--http", "auto", "--json")[1])
    assert (found["invalid"], len(found["problems"])) == (50, 20)


@pytest.mark.parametrize(
    ("options", "meant"),
    [
        (("--set", "chanel=web"), "channel"),
        (("--map", "customer.mail=text"), "customer.email"),
        (("--set", "email=a@example.org"), "customer.email"),
        (("--map", "text=txt"), "text"),
        (("--map", "order=Source_id"), "source_id"),
    ],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_misspelt_field_or_column_is_refused_with_the_name_that_was_meant(house, cli, tmp_path, name, options, meant):
    (tmp_path / "a.jsonl").write_text(lines(a_record()), encoding="utf-8")
    (tmp_path / "a.csv").write_text("channel,source_id,text,order\nweb,1,Чайник,\n", encoding="utf-8")
    code, out, err = cli("publish", name, "--http", "auto", *options)
    assert (code, out, house.asked) == (2, "", [])
    assert f"Did you mean {meant}?" in err


def test_a_column_that_is_empty_in_every_row_is_still_a_column(house, cli, tmp_path):
    (tmp_path / "a.csv").write_text("channel,source_id,text,mail\nweb,1,Чайник,\n", encoding="utf-8")
    assert cli("publish", "a.csv", "--http", "auto", "--map", "customer.email=mail")[0] == 0


def test_a_name_like_nothing_in_the_file_is_answered_with_what_is_there(house, cli, tmp_path):
    (tmp_path / "a.csv").write_text("nr,body\n1,Чайник\n", encoding="utf-8")
    code, _, err = cli("publish", "a.csv", "--http", "auto", "--map", "text=narrative")
    assert (code, "Choose from nr, body." in " ".join(err.split())) == (2, True)


def test_options_that_letters_would_swallow_are_refused(house, cli, tmp_path):
    (tmp_path / "1.eml").write_bytes(b"Subject: x\n\ny")
    assert cli("publish", "1.eml", "--set", "channel=email")[0] == 2


def test_each_record_has_a_key_of_its_own_which_a_retry_repeats(house, cli, tmp_path):
    (tmp_path / "a.jsonl").write_text(lines(*(a_record(n) for n in range(40))), encoding="utf-8")
    answers = iter(range(10_000))
    take = house.routes["POST", "intake", "/v1/complaints"]
    busy = (503, {"reason": "try_again", "detail": "nothing was taken"})
    house.put("intake", "/v1/complaints", lambda r: busy if next(answers) % 3 == 0 else take(r), method="POST")
    code, out, _ = cli("publish", "a.jsonl", "--http", "auto", "--json")
    assert (code, json.loads(out)["registered"]) == (0, 40)
    keys: dict[str, set[bytes]] = {}
    for request in house.asked:
        keys.setdefault(request.headers["Idempotency-Key"], set()).add(request.content)
    assert len(keys) == 40
    assert all(len(bodies) == 1 for bodies in keys.values())
    assert len(house.asked) > 40


def test_letters_go_to_the_mail_door_as_they_are(house, cli, tmp_path):
    letter = EmailMessage()
    letter["Subject"], letter["From"] = "Чайник", "anna@example.org"
    letter.set_content("Течёт")
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.eml").write_bytes(letter.as_bytes())
    code, out, _ = cli("publish", "mail")
    (sent,) = house.asked
    assert (code, sent.url.path, sent.content) == (0, "/v1/complaints/eml", letter.as_bytes())
    assert sent.headers["Content-Type"] == "message/rfc822"
    assert "1 record accepted" in out


def test_an_intake_that_is_away_ends_with_4(house, cli, tmp_path):
    house.away = {"intake"}
    (tmp_path / "a.jsonl").write_text(lines(a_record()), encoding="utf-8")
    code, _, err = cli("publish", "a.jsonl", "--http", "auto")
    assert code == 4
    assert "intake cannot be reached" in err


def test_the_houses_own_key_is_not_shown_to_strangers(house, cli, monkeypatch, tmp_path):
    monkeypatch.delenv("REDRESS_SERVICE_KEY")
    (tmp_path / "api_key").write_text("redress_own\n")
    (tmp_path / "a.jsonl").write_text(lines(a_record()), encoding="utf-8")
    cli("publish", "a.jsonl", "--http", "http://elsewhere.test")
    cli("publish", "a.jsonl", "--http", "http://intake.test/v1/complaints")
    shown = {request.url.host: request.headers.get("Authorization") for request in house.asked}
    assert shown == {"elsewhere.test": None, "intake.test": "Bearer redress_own"}


def test_without_kafka_and_without_http_the_ways_are_named(cli, monkeypatch, tmp_path):
    at_home(monkeypatch, tmp_path)
    (tmp_path / "a.jsonl").write_text(lines(a_record()), encoding="utf-8")
    code, _, err = cli("publish", "a.jsonl")
    assert code == 4
    assert "--http" in err


def test_a_file_that_is_missing_or_empty_is_told(house, cli, tmp_path):
    (tmp_path / "empty.jsonl").write_text("")
    assert cli("publish", "nowhere.jsonl", "--http", "auto")[0] == 1
    code, out, _ = cli("publish", "empty.jsonl", "--http", "auto")
    assert code == 1
    assert "nothing in it" in out


class FakeProducer:
    """Confirms what it is told to; remembers everything."""

    def __init__(self, connection, service, confirms=lambda entry: True):
        self.connection, self.confirms = connection, confirms
        self.calls, self.stopped = [], False

    async def publish(self, entries):
        self.calls.append(list(entries))
        return [(0, 1) if self.confirms(entry) else None for entry in entries]

    async def stop(self):
        self.stopped = True


@pytest.fixture
def producers(monkeypatch):
    made = []

    def make(connection, service):
        made.append(FakeProducer(connection, service, make.confirms))
        return made[-1]

    make.confirms = lambda entry: True
    monkeypatch.setattr(sending_kafka, "Producer", make)
    made_by = make
    made_by.made = made
    return made_by


def on_kafka(monkeypatch, tmp_path, cli, records):
    at_home(monkeypatch, tmp_path)
    monkeypatch.setenv("REDRESS_KAFKA", "kafka.test:9092")
    (tmp_path / "a.jsonl").write_text(lines(*records), encoding="utf-8")
    return cli("publish", "a.jsonl", "--json")


def test_kafka_gets_cloudevents_whose_keys_tell_nothing(producers, monkeypatch, tmp_path, cli):
    phone = "+79161234567"
    code, out, _ = on_kafka(
        monkeypatch, tmp_path, cli, [a_record(source_id=phone, source="shop"), a_record(source_id=phone, source="b c")]
    )
    found = json.loads(out)
    jsonschema.validate(found, SCHEMA)
    assert (code, found["sent"], found["registered"], found["read_by_intake"]) == (0, 2, None, None)
    (entries,) = producers.made[0].calls
    assert {entry["topic"] for entry in entries} == {topics.SUBMITTED.name}
    assert [entry["source"] for entry in entries] == ["/upstream/shop", "/upstream/b%20c"]
    assert entries[0]["type"] == "redress.ComplaintSubmitted.v1"
    assert entries[0]["key"] != entries[1]["key"]
    assert phone not in "".join(entry["key"] + entry["id"] + entry["source"] for entry in entries)
    assert json.loads(entries[0]["body"])["text"] == "Чайник течёт"
    assert producers.made[0].stopped


def test_what_kafka_does_not_confirm_is_sent_again_and_then_told(producers, monkeypatch, tmp_path, cli):
    async def at_once(_):
        return None

    monkeypatch.setattr(sending_kafka.asyncio, "sleep", at_once)
    producers.confirms = lambda entry: "shop-2" not in entry["body"]
    code, out, _ = on_kafka(monkeypatch, tmp_path, cli, [a_record(n) for n in range(4)])
    found = json.loads(out)
    assert (code, found["sent"], found["failed"], found["problems"][0]["place"]) == (1, 3, 1, "line 3")
    assert [len(call) for call in producers.made[0].calls] == [4, 1, 1, 1, 1]
    producers.confirms = lambda entry: False
    code, _, err = on_kafka(monkeypatch, tmp_path, cli, [a_record()])
    assert code == 4
    assert "kafka.test:9092" in err


async def test_an_embedded_broker_is_never_filled(producers, monkeypatch):
    waits = []

    async def drained():
        waits.append(sum(len(call) for call in producers.made[0].calls))
        return True

    records = (Ready(str(n), b"x" * 100_000, "web", str(n)) for n in range(40))
    tally = await sending_kafka.send_all(Connection("x:1", "test"), records, lambda: None, drained)
    assert tally.sent == 40
    assert len(waits) >= 2
    assert all(later - earlier <= 30 for earlier, later in zip([0, *waits], waits, strict=False))


async def test_many_senders_share_one_batch(producers):
    async with sending_kafka.coalescing(Connection("x:1", "test")) as publish:
        import asyncio

        results = await asyncio.gather(*(publish(Ready(str(n), b"{}", "web", str(n))) for n in range(50)))
    assert results == [True] * 50
    assert len(producers.made[0].calls) < 10


def test_a_load_run_reports_and_counts(house, cli):
    house.put("intake", "/internal/v1/counts", counts_of("intake"))
    house.put("intake", "/internal/v1/arrivals", arrivals())
    code, out, err = cli("load", "--rate", "100", "--seconds", "0.2", "--json")
    found = json.loads(out)
    jsonschema.validate(found, LOAD_SCHEMA)
    assert (code, err) == (0, "")
    assert (found["sent"], found["accepted"], found["failed"]) == (20, 20, 0)
    assert found["p50_ms"] <= found["p99_ms"] <= found["max_ms"]
    assert len({record["source_id"] for record in house.bodies()}) == 20


def test_patience_follows_retry_after():
    asked = httpx2.Response(503, headers={"Retry-After": "3"})
    assert sending_http._patience(asked, 0) == 3.0
    assert sending_http._patience(httpx2.Response(503, headers={"Retry-After": "Wed, 21 Oct"}), 2) == pytest.approx(0.8)
