"""Stories in which something is missing: triage, Kafka, money, and a customer who wants to be forgotten."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.topics import SERVICES
from shared.platform.policy import default_policy
from tests.flow.people import DAY, MINUTE, World, running, until
from tests.flow.stories import LEAK, RUDE, a_complaint

pytestmark = pytest.mark.xdist_group("troubles")


async def test_while_triage_is_silent_the_case_opens_all_the_same_and_is_flagged(tmp_path: Path) -> None:
    async with running(tmp_path, deaf=("triage",)) as world:
        taken = await world.complain(a_complaint(RUDE))
        name = taken["complaint_id"]
        await world.quiet(("intake", "escalation", "followup"))
        case = await world.case(name)
        assert (case["state"], case["tier"], case["priority"], case["attention"]) == ("open", "frontline", "P3", [])
        assert {clock["kind"] for clock in case["clocks"]} == {"acknowledge", "resolve"}
        assert [letter.kind for letter in world.letters(name)] == ["acknowledgement"]

        await world.move_to(world.now + 31 * MINUTE, rest=False)
        flagged = await until(lambda: _with_attention(world, name), "nobody was told")
        assert (flagged["attention"], flagged["tier"]) == (["untriaged"], "frontline")

        world.house.services["triage"].runtime.start_consuming()
        await until(lambda: _judged(world, name), "triage did not catch up")
        await world.quiet()
        case = await world.case(name)
        assert (case["attention"], case["tier"]) == ([], "supervisor")
        assert (await world.arrivals())["registered"] == 1


async def _with_attention(world: World, name: str) -> dict[str, Any] | None:
    case = await world.case(name)
    return case if case["attention"] else None


async def _judged(world: World, name: str) -> bool:
    return bool((await world.case(name))["urgency"] > 0)


async def test_while_kafka_is_down_complaints_are_taken_and_when_it_is_back_everything_flows(tmp_path: Path) -> None:
    async with running(tmp_path) as world:
        early = (await world.complain(a_complaint()))["complaint_id"]
        await world.quiet()
        world.broker.down()
        taken = [await world.complain(a_complaint()) for _ in range(5)]
        for answer in taken:
            assert (await world.client.get(answer["tracking_url"])).json()["state"] == "registered"
        assert (await world.ask("GET", "escalation", f"/v1/cases/{taken[0]['complaint_id']}")).status_code == 404
        resolved = await world.post("escalation", f"/v1/cases/{early}/resolve", {"remedy": "refund", "answer": "Вернули."})
        assert resolved.status_code == 200
        ready = await world.ask("GET", "intake", "/readyz", key="")
        assert (ready.status_code, "Kafka does not answer" in ready.json()["reasons"]) == (503, True)
        assert (await world.ask("GET", "intake", "/healthz", key="")).status_code == 200

        world.broker.up()
        await world.quiet()
        for answer in taken:
            name = answer["complaint_id"]
            assert (await world.case(name))["state"] == "open"
            assert [letter.kind for letter in world.letters(name)] == ["acknowledgement"]
        assert [letter.kind for letter in world.letters(early)] == ["acknowledgement", "resolution", "survey"]
        counted = await world.arrivals()
        assert (counted["submitted"], counted["registered"]) == (6, 6)
        assert not await world.house.troubles()


async def test_a_month_whose_money_is_spent_grants_no_more_offers(tmp_path: Path) -> None:
    shipped = default_policy("followup", None).read_text("utf-8")
    poor = shipped.replace("    RUB: 20000000\n", "    RUB: 120000\n").replace("  buckets: 8\n", "  buckets: 1\n")
    assert poor.count("RUB: 120000") == poor.count("buckets: 1\n") == 1
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "followup.yaml").write_text(poor, encoding="utf-8")
    async with running(tmp_path / "home", policies=policies) as world:
        names = [(await world.complain(a_complaint(RUDE)))["complaint_id"] for _ in range(3)]
        await world.quiet()
        for name in names:
            await world.resolve(name, remedy="replacement")
        offers = [(await world.kept("followup", name))["offers"][0] for name in names]
        assert [offer["state"] for offer in offers] == ["made", "made", "denied"]
        assert [len(world.letters(name, "offer")) for name in names] == [1, 1, 0]
        standing = await world.get("followup", "/v1/satisfaction")
        (budget,) = standing["budgets"]
        assert (budget["limit_minor"], budget["committed_minor"]) == (120_000, 100_000)
        assert standing["offer_state"] == {"made": 2, "denied": 1}

        await world.later(31 * DAY)  # a new month has money of its own
        next_month = (await world.complain(a_complaint(RUDE)))["complaint_id"]
        await world.quiet()
        await world.resolve(next_month, remedy="replacement")
        assert (await world.kept("followup", next_month))["offers"][0]["state"] == "made"


async def test_an_erased_customer_is_forgotten_everywhere_and_comes_back_only_as_somebody_new(tmp_path: Path) -> None:
    email, words = "maria.vetrova@example.com", "Самовар-невидимка протекает"
    customer = {"email": email, "name": "Мария Ветрова"}
    payload = a_complaint(f"{words}. {LEAK}", customer=customer)
    async with running(tmp_path) as world:
        taken = await world.complain(payload)
        dated = a_complaint(f"{words} снова.", customer=customer, received_at="2026-11-16T08:00:00+03:00")
        undated = a_complaint(f"{words} опять.", customer=customer)
        await world.publish(*(world.json(payload | {"text": 1}) for payload in (dated, undated)))
        await world.quiet()
        name = taken["complaint_id"]
        note = await world.post("escalation", f"/v1/cases/{name}/notes", {"text": "Ветрова звонила про самовар"})
        assert note.status_code == 200
        await world.resolve(name, answer="Мария, самовар заменим.")
        await world.answer(world.survey_of(name), score=1, solved=False, words="Самовар всё течёт")
        await world.quiet()
        sent = len(world.letters(name))
        before = await _customer(world, name)

        assert (
            await world.post("intake", "/internal/v1/erasures", {"complaint_id": name}, key=world.key_of("desk"))
        ).status_code == 403
        erased = await world.post("intake", "/internal/v1/erasures", {"complaint_id": name})
        assert erased.status_code == 200
        places = {row["where"] for row in erased.json()["remains"]}
        assert {"complaints.submitted.v1", "parked", "stores", "backups"} <= places
        await world.quiet()
        for service in SERVICES:
            story = json.dumps(await world.get(service, f"/internal/v1/story/{name}"), ensure_ascii=False)
            assert [word for word in ("амовар", "Ветрова", email) if word in story] == []
        assert (await world.get("intake", f"/internal/v1/complaints/{name}/text"))["text"] is None
        page = await world.client.get(taken["tracking_url"])
        assert page.json()["title"] == {"ru": "Ваши данные удалены", "en": "Your data has been erased"}

        # time goes on, and nobody writes to her
        await world.later(30 * DAY)
        assert len(world.letters(name)) == sent
        assert (await world.post("intake", "/internal/v1/erasures", {"complaint_id": name})).status_code == 200

        # the old message once more, through both doors, and the one that was parked
        again = await world.complain(payload)
        assert (again["complaint_id"], again["double"]) == (name, True)
        await world.publish(world.json(payload))
        records = (await world.get("intake", "/internal/v1/parked"))["parked"]
        for record, mended in zip(sorted(records, key=lambda row: row["offset"]), (dated, undated), strict=True):
            where = {"arrival": record["arrival"]}
            done = await world.ask("POST", "intake", "/internal/v1/parked/replay", params=where, content=world.json(mended))
            assert done.json()["outcome"] == "rejected"
            stub = await world.kept("intake", await world.named("shop", mended["source_id"]))
            assert (stub["reason"], stub["customer_id"], stub["masked_text"]) == ("customer_erased", before, "")
        await world.quiet()
        assert (await world.kept("intake", name))["masked_text"] == ""
        assert len(world.letters(name)) == sent

        # she writes again: somebody new
        new = (await world.complain(a_complaint(customer=customer)))["complaint_id"]
        await world.quiet()
        assert await _customer(world, new) != before
        assert [letter.mail["To"] for letter in world.letters(new)] == [email]
        counted = await world.arrivals()
        assert (counted["registered"], counted["rejected"], counted["double"], counted["parked"]) == (2, 2, 2, 0)
    _nothing_is_left_in_the_files(tmp_path, words)


async def _customer(world: World, name: str) -> str:
    return str((await world.kept("intake", name))["customer_id"])


def _nothing_is_left_in_the_files(home: Path, words: str) -> None:
    """Neither in rows nor in pages that were freed; and the test would see it if it were."""
    files = sorted(home.glob("*.sqlite*"))
    assert len([file for file in files if file.suffix == ".sqlite"]) == len(SERVICES)
    for file in files:
        assert words.encode() not in file.read_bytes(), file.name
    with sqlite3.connect(home / "intake.sqlite") as store:
        assert LEAK[:20] in "".join(str(row) for row in store.execute("select * from complaints"))
    store.close()
