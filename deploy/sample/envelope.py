"""What each upstream system puts around the words: its id of the message, the customer as it knows them, its own fields."""

from collections.abc import Callable
from random import Random
from typing import Any

from deploy.sample.book import Body, Line
from deploy.sample.people import Person
from shared.contracts.vocabulary import Channel

BRANDS: dict[Line, str] = {
    "retail": "Nordlys Market",
    "card": "Nordlys Card",
    "mobile": "Nordlys Mobile",
    "travel": "Nordlys Travel",
    "food": "Nordlys Eats",
    "group": "Nordlys Market",
}
SOURCES = {
    Channel.WEB: "site-forms",
    Channel.EMAIL: "mailroom",
    Channel.CHAT: "chat-desk",
    Channel.PHONE: "contact-centre",
    Channel.SOCIAL: "social-watch",
    Channel.REVIEW: "review-watch",
    Channel.IN_PERSON: "counters",
}


def envelope(channel: Channel, serial: int, body: Body, person: Person, rng: Random) -> dict[str, Any]:
    """Channel, source and id, and the fields that only this channel has."""
    number = 40_000 + serial * 17
    fields = _FIELDS[channel](number, body, person, rng)
    source_id = fields.get("message_id") or f"{channel.value.replace('_', '-')}-{number}"
    return {"channel": channel.value, "source": SOURCES[channel], "source_id": source_id, **fields}


def customer(channel: Channel, person: Person, rng: Random, sure: bool) -> dict[str, Any]:
    """The customer as the system of this channel knows them; `sure` when the e-mail must be among it."""
    mail, phone = sure or rng.random() < _KNOWS_MAIL[channel], rng.random() < _KNOWS_PHONE[channel]
    known: dict[str, Any] = {"name": person.name} if rng.random() < 0.85 else {}
    if mail:
        known["email"] = person.email
    if phone or (channel in (Channel.IN_PERSON, Channel.WEB) and not mail):
        known["phone"] = person.phone
    if channel in (Channel.CHAT, Channel.SOCIAL):
        known["contacts"] = [{"kind": channel.value, "value": person.handle}]
    if channel in (Channel.IN_PERSON, Channel.WEB) and rng.random() < 0.5:
        known["id"] = f"C-{300_000 + person.number}"
    return known


_KNOWS_MAIL = {
    Channel.WEB: 0.95,
    Channel.EMAIL: 1.0,
    Channel.CHAT: 0.75,
    Channel.PHONE: 0.7,
    Channel.SOCIAL: 0.5,
    Channel.REVIEW: 0.65,
    Channel.IN_PERSON: 0.7,
}
_KNOWS_PHONE = {
    Channel.WEB: 0.4,
    Channel.EMAIL: 0.1,
    Channel.CHAT: 0.2,
    Channel.PHONE: 1.0,
    Channel.SOCIAL: 0.0,
    Channel.REVIEW: 0.0,
    Channel.IN_PERSON: 0.8,
}


def _web(number: int, body: Body, person: Person, rng: Random) -> dict[str, Any]:
    form = rng.choice(("complaint", "contact", "order-help"))
    return {"form": form, "page_url": f"https://{body.line}.example.com/{person.tongue}/{form}"}


def _email(number: int, body: Body, person: Person, rng: Random) -> dict[str, Any]:
    fields = {"message_id": f"<{number:x}.{rng.getrandbits(40):x}@mail.example.org>", "to": "care@example.org"}
    return {**fields, "automatic": True} if body.kind == "automatic" else fields


def _chat(number: int, body: Body, person: Person, rng: Random) -> dict[str, Any]:
    return {"conversation_id": f"conv-{number % 9973:04d}-{person.number}", "platform": rng.choice(("site", "app", "messenger"))}


def _phone(number: int, body: Body, person: Person, rng: Random) -> dict[str, Any]:
    return {
        "call_id": f"call-{number}",
        "operator_id": f"op-{rng.randint(11, 48)}",
        "duration_s": 45 + len(body.text) + rng.randint(0, 600),
    }


def _social(number: int, body: Body, person: Person, rng: Random) -> dict[str, Any]:
    public = rng.random() < 0.8
    reach = int(10 ** rng.uniform(1.3, 3.6 if rng.random() < 0.9 else 5.4))
    fields = {"network": rng.choice(("Plaza", "Skvorets", "Circle")), "is_public": public, "author_reach": reach}
    return {**fields, "post_url": f"https://social.example.com/{person.handle[1:]}/{number}"} if public else fields


def _review(number: int, body: Body, person: Person, rng: Random) -> dict[str, Any]:
    rating = body.stars or rng.choices((1, 2, 3), (65, 25, 10))[0]
    return {
        "platform": rng.choice(("Honest Stars", "Otzyvchik", "App shop")),
        "rating": rating,
        "review_url": f"https://reviews.example.com/r/{number}",
    }


def _in_person(number: int, body: Body, person: Person, rng: Random) -> dict[str, Any]:
    return {"office": f"{person.country}-{rng.randint(1, 30):02d}", "operator_id": f"desk-{rng.randint(1, 9)}"}


_FIELDS: dict[Channel, Callable[[int, Body, Person, Random], dict[str, Any]]] = {
    Channel.WEB: _web,
    Channel.EMAIL: _email,
    Channel.CHAT: _chat,
    Channel.PHONE: _phone,
    Channel.SOCIAL: _social,
    Channel.REVIEW: _review,
    Channel.IN_PERSON: _in_person,
}
