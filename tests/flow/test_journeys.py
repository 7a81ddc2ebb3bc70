"""What happens to a complaint, told from the doors: each story in the order in which its people live it."""

import asyncio
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from services.escalation.domain.commands import AddNote
from shared.platform.decision import Declined
from tests.flow.people import CODE, DAY, HOUR, MINUTE, World
from tests.flow.stories import LATE, LEAK, RUDE, a_complaint

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("journeys")]

LADDER = ("frontline", "supervisor", "manager", "executive")


async def complain(world: World, text: str = LEAK, **said: Any) -> str:
    """A complaint over HTTP, and everything that follows from it at once; gives its id."""
    taken = await world.complain(a_complaint(text, **said))
    await world.quiet()
    return str(taken["complaint_id"])


def clock(case: dict[str, Any], kind: str) -> dict[str, Any]:
    """One promise of a case."""
    return next(found for found in case["clocks"] if found["kind"] == kind)


async def test_a_complaint_is_judged_acknowledged_answered_rated_and_closed(world: World) -> None:
    before = await world.arrivals()
    name = await complain(world)

    judged = (await world.kept("triage", name))["judgement"]
    for score in ("severity", "urgency"):
        assert judged[score] == sum(factor["points"] for factor in judged[f"{score}_factors"])
    case = await world.case(name)
    assert (case["state"], case["priority"], case["language"]) == ("open", judged["priority"], "ru")
    assert case["owner"] == f"tier:{case['tier']}"
    assert clock(case, "acknowledge")["state"] == "kept"
    assert clock(case, "resolve")["due_at"] > world.now

    (letter,) = world.letters(name)
    assert (letter.kind, letter.round, letter.attempt) == ("acknowledgement", 1, 1)
    assert str(letter.mail["To"]).endswith("@example.com")
    assert letter.mail["Auto-Submitted"] == "auto-generated"
    assert "Здравствуйте, Анна Носова" in letter.text
    assert name in letter.text

    took = await world.post("escalation", f"/v1/cases/{name}/take", key=world.key_of("desk"))
    assert took.json()["owner"] == "desk-person"
    await world.resolve(name, answer="Вернули деньги, приносим извинения.")
    case = await world.case(name)
    assert (case["state"], clock(case, "resolve")["state"]) == ("resolved", "kept")
    (answer,) = world.letters(name, "resolution")
    assert "Вернули деньги, приносим извинения." in answer.text

    page = world.survey_of(name)
    known = await world.get("followup", f"/internal/v1/story/{name}")
    for path in (page, f"{page}?solved=yes", page):  # the customer looks, and so does the scanner of a mail server
        looked = await world.ask("GET", "followup", path, key="")
        assert (looked.status_code, "<form" in looked.text) == (200, True)
    assert await world.get("followup", f"/internal/v1/story/{name}") == known
    assert (await world.answer(page, score=5, solved=True, words="Спасибо, быстро!")).status_code == 200
    assert (await world.answer(page, score=1, solved=False)).status_code == 404
    await world.quiet()
    survey = (await world.kept("followup", name))["surveys"][0]
    assert (survey["state"], survey["score"], survey["solved"]) == ("answered", 5, True)

    await world.later(8 * DAY)
    assert (await world.case(name))["state"] == "closed"
    after = await world.arrivals()
    assert (after["submitted"], after["registered"]) == (before["submitted"] + 1, before["registered"] + 1)


async def test_every_service_can_tell_its_part_of_the_story_with_reasons(world: World) -> None:
    name = await complain(world, RUDE)
    said = {}
    for service in ("intake", "triage", "escalation", "followup"):
        story = await world.get(service, f"/internal/v1/story/{name}")
        said[service] = {event for entry in story["history"] for event in entry["said"]}
        assert all(entry["policy"] and entry["by"] and entry["at"] for entry in story["history"])
        before = {entry["prev"] for entry in story["history"]}
        assert len(before) == len(story["history"])
        assert before - {""} <= {entry["hash"] for entry in story["history"]}
    assert "ComplaintRegistered" in said["intake"]
    assert "ComplaintTriaged" in said["triage"]
    assert {"CaseOpened", "CaseEscalated"} <= said["escalation"]
    assert {"NoticeRequested", "NoticeSent"} <= said["followup"]


async def test_a_missed_deadline_is_warned_of_moves_the_case_up_and_is_told_to_the_customer(world: World) -> None:
    name = await complain(world)
    case = await world.case(name)
    due = clock(case, "resolve")["due_at"]
    await world.move_to(due - MINUTE)
    assert clock(await world.case(name), "resolve")["state"] == "warned"
    assert world.letters(name, "escalation") == []

    await world.move_to(due)
    late = await world.case(name)
    assert late["tier"] == LADDER[LADDER.index(case["tier"]) + 1]
    assert (late["owner"], late["escalations"]) == (f"tier:{late['tier']}", 1)
    assert (clock(late, "resolve")["misses"], clock(late, "resolve")["state"]) == (1, "running")
    assert clock(late, "resolve")["due_at"] > due
    (letter,) = world.letters(name, "escalation")
    assert letter.cause == late["tier"]
    assert "старший специалист" in letter.text

    await world.move_to(clock(late, "resolve")["due_at"])
    later = await world.case(name)
    assert (later["tier"], clock(later, "resolve")["misses"]) == (LADDER[LADDER.index(case["tier"]) + 2], 2)
    assert [one.cause for one in world.letters(name, "escalation")] == [late["tier"], later["tier"]]


async def test_not_solved_reopens_the_case_in_a_new_round_with_a_new_survey(world: World) -> None:
    name = await complain(world)
    tier = (await world.case(name))["tier"]
    await world.resolve(name)
    first = world.survey_of(name)
    assert (await world.answer(first, score=1, solved=False, words="Ничего не вернули")).status_code == 200
    await world.quiet()

    case = await world.case(name)
    assert (case["state"], case["round"], case["reopenings"]) == ("open", 2, 1)
    assert case["tier"] == LADDER[LADDER.index(tier) + 1]
    assert clock(case, "resolve")["due_at"] > world.now
    assert [one.round for one in world.letters(name, "acknowledgement")] == [1, 2]
    words = await world.get("escalation", f"/v1/cases/{name}/words")
    assert [(note["kind"], note["text"]) for note in words["notes"]] == [("customer", "Ничего не вернули")]

    await world.resolve(name, answer="Теперь деньги отправлены.")
    second = world.survey_of(name, 2)
    assert second != first
    assert (await world.ask("GET", "followup", first, key="")).status_code == 404
    assert (await world.answer(second, score=4, solved=True)).status_code == 200
    await world.later(8 * DAY)
    assert (await world.case(name))["state"] == "closed"


async def test_a_survey_left_unanswered_is_gone_when_a_new_round_begins(world: World) -> None:
    name = await complain(world)
    await world.resolve(name)
    first = world.survey_of(name)
    reopened = await world.post("escalation", f"/v1/cases/{name}/reopen", {"reason": "wrong amount"})
    assert reopened.status_code == 200
    await world.quiet()
    assert (await world.answer(first, score=5, solved=True)).status_code == 404
    await world.resolve(name)
    assert (await world.answer(world.survey_of(name, 2), score=5, solved=True)).status_code == 200


async def test_an_offer_is_granted_by_the_policy_and_redeemed_once(world: World) -> None:
    name = await complain(world, RUDE)
    assert (await world.case(name))["priority"] in ("P1", "P2")
    await world.resolve(name, answer="Привезём новую вазу завтра.", remedy="replacement")
    (letter,) = world.letters(name, "offer")
    found = CODE.search(letter.text)
    assert found
    code = found.group()
    assert "500" in letter.text

    desk = world.key_of("desk")
    assert (await world.post("followup", "/v1/offers/redeem", {"code": code}, key="")).status_code == 401
    assert (await world.post("followup", "/v1/offers/redeem", {"code": code}, key=world.key_of("submit"))).status_code == 403
    looked = await world.post("followup", "/v1/offers/look", {"code": code}, key=desk)
    assert (looked.json()["state"], looked.json()["amount_minor"], looked.json()["currency"]) == ("made", 50_000, "RUB")
    mistyped = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert (await world.post("followup", "/v1/offers/redeem", {"code": mistyped}, key=desk)).status_code == 404
    once = await world.post("followup", "/v1/offers/redeem", {"code": code.lower().replace("-", " ")}, key=desk)
    assert (once.status_code, once.json()["state"]) == (200, "redeemed")
    twice = await world.post("followup", "/v1/offers/redeem", {"code": code}, key=desk)
    assert (twice.status_code, twice.json()["reason"]) == (409, "already_redeemed")


async def test_a_broken_promise_is_made_good_and_an_unused_offer_gives_its_money_back(world: World) -> None:
    name = await complain(world)
    await world.move_to(clock(await world.case(name), "resolve")["due_at"])
    await world.resolve(name)
    (offer,) = (await world.kept("followup", name))["offers"]
    assert (offer["state"], offer["rule"]) == ("made", "broken_promise_ru")
    committed = await _committed(world)
    await world.move_to(offer["expires_at"])
    assert (await world.kept("followup", name))["offers"][0]["state"] == "expired"
    assert await _committed(world) == committed - offer["amount"]["minor"]
    code = CODE.search(world.letters(name, "offer")[0].text)
    assert code
    late = await world.post("followup", "/v1/offers/redeem", {"code": code.group()})
    assert (late.status_code, late.json()["reason"]) == (409, "expired")


async def _committed(world: World) -> int:
    budgets = (await world.get("followup", "/v1/satisfaction"))["budgets"]
    return sum(budget["committed_minor"] for budget in budgets if budget["currency"] == "RUB")


async def test_who_cannot_be_written_to_is_a_task_for_a_person(world: World) -> None:
    name = await complain(world, LATE, customer=...)
    case = await world.case(name)
    assert case["attention"] == ["no_route"]
    assert (clock(case, "acknowledge")["state"], clock(case, "resolve")["state"]) == ("stopped", "running")
    assert world.letters(name) == []
    await world.resolve(name)
    assert world.letters(name) == []
    kept = await world.kept("followup", name)
    assert {(notice["kind"], notice["reason"]) for notice in kept["notices"]} == {
        ("acknowledgement", "no_route"),
        ("resolution", "no_route"),
    }
    assert (kept["surveys"], kept["offers"]) == ([], [])


async def test_the_same_message_over_http_and_the_topic_is_one_case_and_one_letter(world: World) -> None:
    before = await world.arrivals()
    payload = a_complaint()
    await world.publish(world.json(payload))
    await world.complain(payload)
    await world.publish(world.json(payload), partition=1)
    await world.quiet()
    name = await world.named("shop", payload["source_id"])
    assert len(world.letters(name)) == 1
    cases = await world.get("escalation", "/v1/cases", customer_id=(await world.case(name))["customer_id"])
    assert [case["complaint_id"] for case in cases["cases"]] == [name]
    after = await world.arrivals()
    grown = {outcome: after[outcome] - before[outcome] for outcome in after if after[outcome] != before[outcome]}
    assert grown == {"submitted": 3, "registered": 1, "double": 2}


async def test_a_reused_source_id_is_refused_and_once_mended_it_is_a_case_of_its_own(world: World) -> None:
    payload = a_complaint()
    await world.complain(payload)
    other = payload | {"text": "Кофеварка не включается."}
    assert (await world.post("intake", "/v1/complaints", other)).status_code == 422
    await world.publish(world.json(other))
    await world.quiet()
    first = await world.named("shop", payload["source_id"])
    assert (await world.get("intake", f"/internal/v1/complaints/{first}/text"))["text"] == payload["text"]

    (record,) = (await world.get("intake", "/internal/v1/parked", limit=1))["parked"]
    assert record["reason"] == "source_id_reused"
    mended = other | {"source_id": f"{payload['source_id']}-2"}
    where = {"arrival": record["arrival"]}
    done = await world.ask("POST", "intake", "/internal/v1/parked/replay", params=where, content=world.json(mended))
    assert done.json()["outcome"] == "registered"
    await world.quiet()
    second = await world.named("shop", mended["source_id"])
    assert (await world.case(second))["customer_id"] == (await world.case(first))["customer_id"]
    assert [len(world.letters(name)) for name in (first, second)] == [1, 1]
    again = await world.ask("POST", "intake", "/internal/v1/parked/replay", params=where, content=world.json(mended))
    assert again.status_code == 409
    await world.quiet()
    assert len(world.letters(second)) == 1


async def test_a_rejected_message_makes_no_case_until_it_is_admitted(world: World) -> None:
    taken = await world.complain(a_complaint("Спасибо за быструю доставку!"))
    await world.quiet()
    name = taken["complaint_id"]
    assert (taken["state"], taken["reason"]) == ("rejected", "not_a_complaint")
    assert (await world.ask("GET", "escalation", f"/v1/cases/{name}")).status_code == 404
    assert world.letters(name) == []
    assert (await world.client.get(taken["tracking_url"])).json()["state"] == "rejected"

    assert (await world.post("intake", f"/internal/v1/rejected/{name}/admit")).status_code == 200
    await world.quiet()
    assert (await world.case(name))["state"] == "open"
    assert [letter.kind for letter in world.letters(name)] == ["acknowledgement"]
    assert (await world.client.get(taken["tracking_url"])).json()["state"] == "registered"


async def test_a_mail_is_answered_to_its_sender_and_an_automatic_one_never(world: World) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "Oliver Twist <oliver.twist@example.com>", "care@example.org"
    mail["Subject"], mail["Message-ID"] = "Parcel", "<parcel-1@example.com>"
    mail.set_content(LATE)
    door = "/v1/complaints/eml"
    taken = await world.ask("POST", "intake", door, content=mail.as_bytes())
    mail.replace_header("Message-ID", "<parcel-2@example.com>")
    mail["Auto-Submitted"] = "auto-replied"
    robot = await world.ask("POST", "intake", door, content=mail.as_bytes())
    await world.quiet()

    name = taken.json()["complaint_id"]
    (letter,) = world.letters(name)
    assert (letter.mail["To"], letter.mail["Content-Language"] or "en") == ("oliver.twist@example.com", "en")
    assert "Oliver Twist" in letter.text
    case = await world.case(name)
    assert (case["channel"], case["language"], case["summary"]) == ("email", "en", "Parcel")
    assert robot.json()["reason"] == "automatic_reply"
    assert world.letters(robot.json()["complaint_id"]) == []


async def test_the_tracking_link_of_the_letter_shows_the_customer_how_it_stands(world: World) -> None:
    payload = a_complaint()
    taken = await world.complain(payload)
    await world.quiet()
    (letter,) = world.letters(taken["complaint_id"])
    link = taken["tracking_url"]
    assert link in letter.text
    assert (await world.client.get(link)).json()["state"] == "registered"
    page = await world.client.get(link, headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "Мы получили вашу жалобу" in page.text
    assert payload["customer"]["email"] not in page.text


async def test_clocks_start_when_the_customer_said_it_and_not_when_the_message_got_here(world: World) -> None:
    three_hours_ago = world.now - 3 * HOUR
    name = await complain(world, received_at=three_hours_ago)
    fresh = await complain(world)
    assert (await world.case(name))["received_at"] == three_hours_ago
    assert clock(await world.case(name), "resolve")["due_at"] <= clock(await world.case(fresh), "resolve")["due_at"]


async def test_agents_who_looked_at_the_same_version_do_not_overwrite_each_other(world: World) -> None:
    name = await complain(world)
    shown = await world.ask("GET", "escalation", f"/v1/cases/{name}")
    wish = {"If-Match": shown.headers["etag"]}
    keys = [world.house.key, world.key_of("desk")] * 4
    asking = (world.post("escalation", f"/v1/cases/{name}/take", key=key, headers=wish) for key in keys)
    answers = await asyncio.gather(*asking)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["reason"] == "changed_meanwhile"


async def test_that_holds_too_for_commands_that_are_settled_in_one_batch(world: World) -> None:
    name = await complain(world)
    version = (await world.case(name))["version"]
    doors = world.house.services["escalation"].runtime.doors
    notes = [AddNote(text=f"note {place}") for place in range(8)]
    asking = (doors.do(note, name, by="desk", request=note.text, expect=version) for note in notes)
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert [isinstance(answer, Declined) for answer in answers] == [False] + [True] * 7
    assert (await world.case(name))["notes"] == 1


async def test_nothing_was_ever_sent_twice(world: World) -> None:
    keys = [(letter.mail["X-Redress-Complaint"], letter.kind, letter.round, letter.cause) for letter in world.letters()]
    assert len(keys) == len(set(keys)) > 0
    assert {letter.attempt for letter in world.letters()} == {1}
