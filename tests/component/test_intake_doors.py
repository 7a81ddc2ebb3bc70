"""Intake's doors: who may knock, what counts as the same message, what a customer may look up, and what is rejected."""

import asyncio
import base64
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from shared.platform.store import StoreDown
from tests.flow.people import World, running

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("doors")]

DOORS = ("http", "topic")
_ids = count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running(tmp_path_factory.mktemp("home"), deaf=("triage", "escalation", "followup")) as made:
        yield made


def a_complaint(**said: Any) -> dict[str, Any]:
    """A valid submission under a fresh source id."""
    serial = next(_ids)
    payload = {
        "channel": "web",
        "source": "shop",
        "source_id": f"shop-{serial}",
        "text": "The kettle leaks since the first day.",
        "customer": {"email": f"anna{serial}@example.com"},
    }
    return {name: value for name, value in (payload | said).items() if value is not ...}


async def send(world: World, door: str, payload: Any) -> None:
    """One submission through a door, settled when it returns."""
    if door == "http":
        await world.complain(payload)
    else:
        await world.publish(world.json(payload))
    await world.settled()


async def kept(world: World, payload: dict[str, Any]) -> dict[str, Any]:
    """What intake keeps of a submission."""
    return await world.kept("intake", await world.named(payload["source"], payload["source_id"]))


# -- who may knock


@pytest.mark.parametrize("path", ["/v1/complaints", "/v1/complaints/eml"])
async def test_only_keys_with_the_scope_submit_may_hand_in_complaints(world: World, path: str) -> None:
    before = await world.arrivals()
    for key, status in (("", 401), ("redress_nonsense", 401), (world.key_of("desk"), 403), (world.key_of("vault"), 403)):
        answer = await world.ask("POST", "intake", path, content=world.json(a_complaint()), key=key)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
    assert await world.arrivals() == before


async def test_a_key_that_may_only_submit_sees_nothing_but_tracking_links(world: World) -> None:
    key = world.key_of("submit")
    taken = await world.post("intake", "/v1/complaints", a_complaint(), key=key)
    name = taken.json()["complaint_id"]
    for path in (f"/internal/v1/story/{name}", f"/internal/v1/complaints/{name}/text", "/internal/v1/arrivals"):
        assert (await world.ask("GET", "intake", path, key=key)).status_code == 403
    link = taken.json()["tracking_url"]
    assert (await world.client.get(link)).status_code == 200


async def test_the_source_is_what_the_sender_says_or_else_the_name_of_its_key(world: World) -> None:
    named, nameless = a_complaint(source="crm"), a_complaint(source=...)
    key = world.key_of("submit")
    for payload in (named, nameless):
        assert (await world.post("intake", "/v1/complaints", payload, key=key)).status_code == 202
    assert await world.named("crm", named["source_id"])
    assert await world.named("only-submit", nameless["source_id"])


# -- 202


async def test_what_was_answered_with_202_is_in_the_store_already(world: World) -> None:
    payload = a_complaint()
    taken = await world.complain(payload)
    state = await world.kept("intake", taken["complaint_id"])
    assert (state["state"], state["door"]) == ("registered", "http")


async def test_a_tracking_link_tells_the_state_and_nothing_of_what_was_written(world: World) -> None:
    taken = await world.complain(a_complaint(text="Чайник течёт.", customer={"email": "anna@example.com", "name": "Анна"}))
    answer = await world.client.get(taken["tracking_url"])
    told = answer.json()
    assert (answer.status_code, told["complaint_id"], told["state"]) == (200, taken["complaint_id"], "registered")
    assert told["title"]["ru"].startswith("Мы получили")
    assert not [word for word in ("Чайник", "anna", "Анна", "cus_") if word in answer.text]
    assert answer.headers["cache-control"] == "no-store"


async def test_the_page_behind_a_tracking_link_names_the_hour_and_its_zone(world: World) -> None:
    taken = await world.complain(a_complaint(text="Чайник течёт."))
    page = await world.client.get(taken["tracking_url"], headers={"Accept": "text/html"})
    assert " по московскому времени</p>" in page.text
    assert "UTC" not in page.text


async def test_a_tracking_link_cannot_be_guessed(world: World) -> None:
    taken = await world.complain(a_complaint())
    link, name = taken["tracking_url"], taken["complaint_id"]
    for wrong in (link[:-1], link[:-1] + ("0" if link[-1] != "0" else "1"), link.rsplit("/", 1)[0] + f"/{name}", link + "0"):
        assert (await world.client.get(wrong)).status_code == 404
    assert len(link.rsplit(".", 1)[1]) == 32


async def test_when_the_store_is_down_the_door_says_try_again_and_the_same_request_then_counts_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await world.arrivals()
    payload = a_complaint()
    store = world.house.services["intake"].runtime.store

    async def down(*_: Any) -> Any:
        raise StoreDown("no disk")

    with monkeypatch.context() as patch:
        patch.setattr(store, "save", down)
        refused = await world.post("intake", "/v1/complaints", payload, headers={"Idempotency-Key": "again"})
    assert (refused.status_code, refused.json()["reason"]) == (503, "try_again")
    assert int(refused.headers["retry-after"]) > 0
    taken = await world.post("intake", "/v1/complaints", payload, headers={"Idempotency-Key": "again"})
    assert (taken.status_code, taken.json()["double"]) == (202, False)
    after = await world.arrivals()
    assert (after["submitted"], after["registered"]) == (before["submitted"] + 1, before["registered"] + 1)


# -- the same again


async def test_the_same_request_again_is_no_new_arrival(world: World) -> None:
    before = await world.arrivals()
    payload, headers = a_complaint(), {"Idempotency-Key": "order-17"}
    answers = [await world.post("intake", "/v1/complaints", payload, headers=headers) for _ in range(3)]
    assert {answer.json()["complaint_id"] for answer in answers} == {answers[0].json()["complaint_id"]}
    assert [answer.json()["double"] for answer in answers] == [False, False, False]
    after = await world.arrivals()
    assert (after["submitted"], after["double"]) == (before["submitted"] + 1, before["double"])


async def test_another_message_under_a_used_idempotency_key_is_another_request(world: World) -> None:
    headers = {"Idempotency-Key": "order-18"}
    first = await world.post("intake", "/v1/complaints", a_complaint(), headers=headers)
    second = await world.post("intake", "/v1/complaints", a_complaint(), headers=headers)
    assert first.json()["complaint_id"] != second.json()["complaint_id"]


async def test_ten_at_once_are_one_complaint(world: World) -> None:
    before = await world.arrivals()
    payload = a_complaint()
    answers = await asyncio.gather(*(world.post("intake", "/v1/complaints", payload) for _ in range(10)))
    assert [answer.status_code for answer in answers] == [202] * 10
    assert len({answer.json()["complaint_id"] for answer in answers}) == 1
    assert sorted(answer.json()["double"] for answer in answers) == [False] + [True] * 9
    after = await world.arrivals()
    assert after["registered"] == before["registered"] + 1
    assert after["double"] == before["double"] + 9


@pytest.mark.parametrize("second", DOORS)
@pytest.mark.parametrize("first", DOORS)
async def test_the_same_message_through_any_two_doors_is_one_complaint(world: World, first: str, second: str) -> None:
    before = await world.arrivals()
    payload = a_complaint()
    await send(world, first, payload)
    state = await kept(world, payload)
    await send(world, second, payload)
    after = await world.arrivals()
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert grown == {"submitted": 2, "registered": 1, "double": 1}
    assert (await kept(world, payload))["registered_at"] == state["registered_at"]


async def test_a_retry_with_another_instant_of_receipt_or_order_of_fields_is_a_double(world: World) -> None:
    payload = a_complaint(received_at="2026-11-16T08:00:00+03:00", order="A-1")
    await world.complain(payload)
    again = dict(reversed((payload | {"received_at": "2026-11-16T08:00:07+03:00"}).items()))
    assert (await world.complain(again))["double"] is True


async def test_the_same_id_of_two_senders_is_two_complaints(world: World) -> None:
    first, second = a_complaint(source="shop"), a_complaint(source="crm")
    second["source_id"] = first["source_id"]
    answers = [await world.complain(first), await world.complain(second)]
    assert answers[0]["complaint_id"] != answers[1]["complaint_id"]


@pytest.mark.parametrize("door", DOORS)
async def test_one_person_is_one_customer_over_all_channels(world: World, door: str) -> None:
    email, phone = f"boris{door}@example.com", "+7 907 123-45-67" if door == "http" else "+7 907 123-45-68"
    said = [
        a_complaint(customer={"email": email.upper()}),
        a_complaint(channel="email", customer={"email": email, "phone": phone}),
        a_complaint(channel="phone", customer={"phone": phone.replace(" ", "").replace("-", "").replace("+7", "8")}),
    ]
    for payload in said:
        await send(world, door, payload)
    assert len({(await kept(world, payload))["customer_id"] for payload in said}) == 1
    stranger = a_complaint()
    await send(world, door, stranger)
    assert (await kept(world, stranger))["customer_id"] != (await kept(world, said[0]))["customer_id"]


# -- seven channels

CHANNELS: dict[str, dict[str, Any]] = {
    "web": {"page_url": "https://shop.example.com/contact", "form": "complaint"},
    "email": {"message_id": "<1@example.com>", "to": "care@example.org", "subject": "Чайник"},
    "chat": {"conversation_id": "c-1", "platform": "telegram"},
    "phone": {"call_id": "t-1", "operator_id": "17", "duration_s": 240},
    "social": {"network": "vk", "post_url": "https://vk.com/wall1_1", "author_reach": 12_000},
    "review": {"platform": "market", "rating": 1, "review_url": "https://market.example.com/r/1"},
    "in_person": {"office": "Tverskaya 1", "operator_id": "3"},
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("channel", CHANNELS)
async def test_every_channel_is_taken_with_its_own_fields(world: World, channel: str, door: str) -> None:
    payload = a_complaint(
        channel=channel,
        text="Чайник течёт с первого дня, верните деньги!",
        received_at="2026-11-16T08:30:00+03:00",
        brand="Nordlys",
        country="RU",
        product="kettle",
        order="A-4711",
        attachments=[{"name": "photo.jpg", "media_type": "image/jpeg", "size": 12}],
        **CHANNELS[channel],
    )
    await send(world, door, payload)
    state = await kept(world, payload)
    assert (state["state"], state["channel"], state["language"], state["flags"]) == ("registered", channel, "ru", [])
    assert (state["country"], state["product"], state["received_at"]) == ("RU", "kettle", 1_794_807_000_000)
    assert state["attachments"] == [{"media_type": "image/jpeg", "size": 12}]
    assert (state["is_public"], state["author_reach"]) == (
        channel in ("social", "review"),
        12_000 if channel == "social" else None,
    )


@pytest.mark.parametrize("door", DOORS)
async def test_nothing_that_identifies_a_person_is_said_or_kept_in_plain(world: World, door: str) -> None:
    payload = a_complaint(
        text="Позвоните мне: +7 907 765-43-21 или vera@example.com, карта 4111 1111 1111 1111.",
        subject="От vera@example.com",
        customer={"email": "vera@example.com", "name": "Вера Сомова", "phone": "+7 907 765-43-22", "id": f"client-{door}"},
        attachments=[{"name": "паспорт Сомовой.jpg"}],
    )
    await send(world, door, payload)
    complaint_id = await world.named("shop", payload["source_id"])
    story = (await world.ask("GET", "intake", f"/internal/v1/story/{complaint_id}")).text
    personal = ("765-43-21", "765-43-22", "vera@", "4111 1111", "Сомов", "client-", payload["source_id"])
    assert [word for word in personal if word in story] == []
    whole = await world.get("intake", f"/internal/v1/complaints/{complaint_id}/text")
    assert whole["text"] == payload["text"]


# -- mail


def a_mail(**said: str) -> EmailMessage:
    """A mail as a mailbox hands it over."""
    mail = EmailMessage(policy=SMTP)
    headers = {
        "From": "Анна Носова <anna.nosova@example.com>",
        "To": "care@example.org",
        "Subject": "Чайник течёт",
        "Date": "Mon, 16 Nov 2026 08:15:00 +0300",
        "Message-ID": f"<{next(_ids)}@mail.example.com>",
    }
    for name, value in (headers | said).items():
        mail[name] = value
    mail.set_content("Чайник течёт с первого дня.\n\n> Спасибо за заказ!\n", charset="koi8-r", cte="base64")
    return mail


async def post_mail(world: World, raw: bytes) -> Any:
    return await world.ask("POST", "intake", "/v1/complaints/eml", content=raw, headers={"Content-Type": "message/rfc822"})


async def test_a_mail_is_a_complaint_with_its_own_words_and_its_senders_address(world: World) -> None:
    mail = a_mail()
    taken = await post_mail(world, mail.as_bytes())
    assert taken.status_code == 202
    state = await world.kept("intake", taken.json()["complaint_id"])
    assert (state["channel"], state["language"], state["masked_subject"]) == ("email", "ru", "Чайник течёт")
    assert state["masked_text"] == "Чайник течёт с первого дня."
    assert state["received_at"] == 1_794_806_100_000
    assert [contact["kind"] for contact in state["addressee"]["contacts"]] == ["email"]
    again = await post_mail(world, mail.as_bytes())
    assert (again.json()["complaint_id"], again.json()["double"]) == (taken.json()["complaint_id"], True)


@pytest.mark.parametrize(
    "said", [{"Auto-Submitted": "auto-replied"}, {"Subject": "Автоответ: я в отпуске"}, {"Precedence": "bulk"}], ids=str
)
async def test_an_automatic_mail_is_rejected_and_kept(world: World, said: dict[str, str]) -> None:
    before = await world.arrivals()
    taken = await post_mail(world, a_mail(**said).as_bytes())
    assert (taken.status_code, taken.json()["state"], taken.json()["reason"]) == (202, "rejected", "automatic_reply")
    after = await world.arrivals()
    assert after["rejected"] == before["rejected"] + 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "mail_unreadable"),
        (b"\x00\xff\xfe", "mail_unreadable"),
        (base64.b64encode(b"no mail at all"), "mail_unreadable"),
        (b"Content-Type: multipart/mixed; boundary=x\n\n" + b"\n--x\n" * 30_000, "mail_too_many_parts"),
    ],
    ids=["empty", "binary", "no headers", "parts without end"],
)
async def test_what_is_no_mail_is_refused_with_a_remedy(world: World, raw: bytes, reason: str) -> None:
    before = await world.arrivals()
    answer = await post_mail(world, raw)
    assert (answer.status_code, answer.json()["reason"]) == (422, reason)
    assert answer.json()["problems"][0]["remedy"]
    assert await world.arrivals() == before


# -- understood, not taken


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Спасибо большое за помощь!", "not_a_complaint"),
        ("...", "no_words"),
        ("Предлагаем вам продвижение сайтов, прайс-лист по запросу", "advertising"),
    ],
    ids=["thanks", "no words", "advertising"],
)
async def test_what_is_no_complaint_is_rejected_with_its_reason_and_a_tracking_link(
    world: World, text: str, reason: str, door: str
) -> None:
    before = await world.arrivals()
    payload = a_complaint(text=text)
    await send(world, door, payload)
    state = await kept(world, payload)
    assert (state["state"], state["reason"]) == ("rejected", reason)
    after = await world.arrivals()
    assert (after["rejected"], after["registered"]) == (before["rejected"] + 1, before["registered"])


async def test_a_rejected_submission_is_listed_and_admitted_once(world: World) -> None:
    payload = a_complaint(text="Спасибо, отлично!")
    taken = await world.complain(payload)
    name = taken["complaint_id"]
    assert taken["state"] == "rejected"
    listed = (await world.get("intake", "/internal/v1/rejected"))["rejected"]
    assert [row["reason"] for row in listed if row["complaint_id"] == name] == ["not_a_complaint"]
    before = await world.arrivals()
    path = f"/internal/v1/rejected/{name}/admit"
    assert (await world.post("intake", path, key=world.key_of("desk"))).status_code == 403
    assert (await world.post("intake", path)).json() == {"complaint_id": name, "state": "registered"}
    again = await world.post("intake", path)
    assert (again.status_code, again.json()["reason"]) == (409, "already_registered")
    after = await world.arrivals()
    assert (after["registered"], after["rejected"]) == (before["registered"] + 1, before["rejected"] - 1)
    assert (await kept(world, payload))["flags"] == ["admitted"]
    assert (await world.post("intake", "/internal/v1/rejected/c_nowhere/admit")).status_code == 404
