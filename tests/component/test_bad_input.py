"""Everything odd or wrong that a stranger can send, over both doors: the count adds up, the log tells nothing."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.contracts.events import SUBMITTED_TYPE
from shared.contracts.topics import INPUT_BYTES
from tests.component.strangers import CANARY, DOORS, MAILBOX, a_complaint, grown, house, kept, log, send, sent, with_raw, world
from tests.flow.people import Headers, World

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("bad-input")]
__all__ = ["house", "log", "world"]

# -- accepted, cleaned and flagged


@dataclass(frozen=True)
class Odd:
    """Something odd that is taken all the same."""

    name: str
    said: dict[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    keeps: dict[str, Any] = field(default_factory=dict)


DEEP: dict[str, Any] = {}
_inner = DEEP
for _ in range(60):
    _inner["deeper"] = {}
    _inner = _inner["deeper"]

TAKEN = [
    Odd("nothing but the least", {"source_id": "least", "customer": ...}),
    Odd("unknown fields", {"mood": CANARY, "customer": {"email": MAILBOX, "shoe_size": 43}}),
    Odd("an unknown field nested 60 deep", {"extra": DEEP}),
    Odd("null where something may be absent", {"order": None, "subject": None, "customer": {"email": MAILBOX, "phone": None}}),
    Odd("an unknown channel", {"channel": "fax"}, ("unknown_channel",), {"channel": "other"}),
    Odd("an unknown kind of contact", {"customer": {"contacts": [{"kind": "pigeon", "value": f"@{CANARY}"}]}}),
    Odd("an unknown language", {"language": "tlh"}, (), {"language": "ru"}),
    Odd("an address that is none", {"customer": {"email": CANARY}}, ("contact_unreadable",)),
    Odd("NUL in the text", {"text": f"Чай\x00ник течёт. {CANARY}"}, ("control_characters_removed",)),
    Odd(
        "NUL in every other field",
        {
            "source": "sh\x00op",
            "subject": f"Чай\x00ник {CANARY}",
            "order": "A\x00-1",
            "brand": "Nor\x00dlys",
            "country": "R\x00U",
            "product": "ket\x00tle",
            "customer": {"email": MAILBOX, "name": f"Ан\x00на {CANARY}", "id": "4\x002"},
            "attachments": [{"name": "a\x00.jpg", "media_type": "image/\x00jpeg"}],
        },
        ("control_characters_removed",),
        {"product": "kettle", "country": "RU", "attachments": [{"media_type": "application/octet-stream", "size": 0}]},
    ),
    Odd("marks that turn the text around", {"text": f"Чайник \u202eёчет\u202c. {CANARY}"}, ("bidi_marks_removed",)),
    Odd("escapes of a whole pair", {"text": f"Чайник течёт \U0001f621 {CANARY}"}),
    Odd("1970", {"received_at": "1970-01-01T00:00:00Z"}, ("received_too_old",)),
    Odd("the year 1", {"received_at": "0001-01-01T00:00:00+14:00"}, ("received_too_old",)),
    Odd("before 1970, as a number", {"received_at": -62_135_596_800_000}, ("received_too_old",)),
    Odd("2090", {"received_at": "2090-05-05T10:00:00+03:00"}, ("received_in_future",)),
    Odd("the largest instant", {"received_at": 2**63 - 1}, ("received_in_future",)),
    Odd("the last second there is", {"received_at": "9999-12-31T23:59:59-12:00"}, ("received_in_future",)),
    Odd("a text beyond what events carry", {"text": f"Чайник течёт. {CANARY} " * 4_000}, ("truncated",), {"truncated": True}),
]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("odd", TAKEN, ids=lambda odd: odd.name)
async def test_what_is_odd_is_taken_cleaned_and_flagged(world: World, door: str, odd: Odd) -> None:
    before = await world.arrivals()
    payload = a_complaint(**odd.said)
    payload["source_id"] += f"-{door}"
    answers = await send(world, door, sent(payload))
    assert [answer.status_code for answer in answers] == [202] * len(answers)
    assert await grown(world, before) == {"submitted": 1, "registered": 1}
    state = await kept(world, payload)
    assert tuple(state["flags"]) == odd.flags
    assert {name: state[name] for name in odd.keeps} == odd.keeps
    assert not {"\x00", "\u202e", "\u202c"} & set(json.dumps(state, ensure_ascii=False))
    assert "\\u0000" not in json.dumps(state)


@pytest.mark.parametrize("door", DOORS)
async def test_a_body_of_exactly_the_limit_is_taken(world: World, door: str) -> None:
    before = await world.arrivals()
    payload = a_complaint(padding="")
    payload["padding"] = "x" * (INPUT_BYTES - len(sent(payload)))
    await send(world, door, sent(payload))
    assert await grown(world, before) == {"submitted": 1, "registered": 1}


@pytest.mark.parametrize("door", DOORS)
async def test_a_byte_order_mark_is_ignored(world: World, door: str) -> None:
    before = await world.arrivals()
    await send(world, door, b"\xef\xbb\xbf" + sent(a_complaint()))
    assert await grown(world, before) == {"submitted": 1, "registered": 1}


async def test_an_instant_without_offset_is_read_as_utc_on_the_topic_and_refused_over_http(world: World) -> None:
    before = await world.arrivals()
    payload = a_complaint(received_at="2026-11-16T05:30:00")
    (answer,) = await send(world, "http", sent(payload))
    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (422, "received_at")
    assert "+03:00" in answer.json()["problems"][0]["remedy"]
    await send(world, "topic", sent(payload))
    state = await kept(world, payload)
    assert state["flags"] == ["time_zone_assumed"]
    assert state["received_at"] == 1_794_807_000_000
    assert await grown(world, before) == {"submitted": 1, "registered": 1}


EVENT: Headers = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"4711"),
    ("ce_type", SUBMITTED_TYPE.encode()),
    ("ce_source", b"/shop"),
    ("content-type", b"application/json"),
]
HEADERS: list[tuple[str, Headers]] = [
    ("none", []),
    ("binary mode", EVENT),
    ("null values", [("trace", None), ("ce_subject", None), *EVENT]),
    ("values that are not UTF-8", [("trace", b"\xff\xfe\x80"), ("ce_subject", "тест".encode("cp1251")), *EVENT]),
    ("a name that is not ASCII", [("заголовок", b"x"), *EVENT]),
    ("a foreign reply_to", [("reply_to", b"customers.v1"), ("correlation_id", b"1"), *EVENT]),
    ("the same name twice", [*EVENT, ("ce_id", b"4712")]),
    ("a correlation of theirs", [("ce_correlationid", b"abc"), ("traceparent", b"not a trace"), *EVENT]),
]


@pytest.mark.parametrize("headers", [headers for _, headers in HEADERS], ids=[name for name, _ in HEADERS])
async def test_headers_of_strangers_do_no_harm_to_them_or_their_neighbours(world: World, headers: Headers) -> None:
    before = await world.arrivals()
    await send(world, "topic", sent(a_complaint()), sent(a_complaint()), sent(a_complaint()), headers=headers)
    assert await grown(world, before) == {"submitted": 3, "registered": 3}


@pytest.mark.parametrize("codec", ["none", "gzip", "lz4", "snappy", "zstd"])
async def test_every_codec_is_read(world: World, codec: str) -> None:
    before = await world.arrivals()
    bodies = [sent(a_complaint()) for _ in range(3)]
    await world.publish(*bodies, codec=codec)
    await world.settled()
    assert await grown(world, before) == {"submitted": 3, "registered": 3}


@pytest.mark.parametrize("key", [None, b"", b"\xff\x00", CANARY.encode()], ids=["none", "empty", "binary", "personal"])
async def test_any_record_key_is_taken(world: World, key: bytes | None) -> None:
    before = await world.arrivals()
    await world.publish(sent(a_complaint()), key=key)
    await world.settled()
    assert await grown(world, before) == {"submitted": 1, "registered": 1}


async def test_headers_that_are_no_text_do_no_harm_over_http(world: World) -> None:
    before = await world.arrivals()
    odd = [(b"X-Trace", b"\xff\xfe"), (b"ce-subject", b"%FF\xe9"), (b"Cookie", b"\x80")]
    answer = await world.knock(sent(a_complaint()), odd)
    assert answer.status_code == 202
    assert await grown(world, before) == {"submitted": 1, "registered": 1}


@pytest.mark.parametrize("door", DOORS)
async def test_a_binary_cloudevent_names_its_source_where_the_body_does_not(world: World, door: str) -> None:
    before = await world.arrivals()
    payload = a_complaint(source=...)
    await send(world, door, sent(payload), headers=EVENT)
    assert await grown(world, before) == {"submitted": 1, "registered": 1}
    assert await world.named("/shop" if door == "topic" else "local", payload["source_id"])  # the key's name goes first


@pytest.mark.parametrize("door", DOORS)
async def test_a_structured_cloudevent_is_taken(world: World, door: str) -> None:
    before = await world.arrivals()
    payload = a_complaint()
    event = {"specversion": "1.0", "id": "1", "type": SUBMITTED_TYPE, "source": "/shop", "data": payload}
    await send(world, door, sent(event), headers=[("content-type", b"application/cloudevents+json; charset=utf-8")])
    assert await grown(world, before) == {"submitted": 1, "registered": 1}
    assert (await kept(world, payload))["state"] == "registered"


# -- refused


@dataclass(frozen=True)
class Wrong:
    """Something that can never be understood."""

    name: str
    body: Callable[[], bytes]
    reason: str
    field: str = ""
    headers: Headers = ()
    status: int = 422


def shaped(name: str, place: str, **said: Any) -> Wrong:
    """A field of the wrong shape."""
    return Wrong(name, lambda: sent(a_complaint(**said)), "wrong_shape", place)


def typed(name: str, reason: str, **attributes: str) -> Wrong:
    """A CloudEvent that says something else of itself."""
    said = {"ce_specversion": "1.0", "ce_id": "1", "ce_type": SUBMITTED_TYPE, "ce_source": "/shop"} | attributes
    place = "specversion" if reason == "unknown_specversion" else "ce_type"
    return Wrong(name, lambda: sent(a_complaint()), reason, place, [(n, v.encode()) for n, v in said.items()])


def structured(name: str, body: bytes, reason: str, place: str = "") -> Wrong:
    """A structured CloudEvent that is wrong."""
    return Wrong(name, lambda: body, reason, place, [("content-type", b"application/cloudevents+json")])


def event(**said: Any) -> bytes:
    """A structured CloudEvent."""
    return sent({"specversion": "1.0", "id": "1", "type": SUBMITTED_TYPE, "source": "/shop", "data": a_complaint()} | said)


REFUSED = [
    Wrong("a body that stops in the middle", lambda: sent(a_complaint())[:-3], "broken_json"),
    Wrong("a letter instead of JSON", f"Здравствуйте! {CANARY}".encode, "broken_json"),
    Wrong("something after the JSON", lambda: sent(a_complaint()) + b" {}", "broken_json"),
    Wrong("a raw line break in a text", lambda: sent(a_complaint()).replace(b". ", b".\n"), "broken_json"),
    Wrong("Windows-1251", lambda: json.dumps(a_complaint(), ensure_ascii=False).encode("cp1251"), "not_utf8"),
    Wrong("UTF-16", lambda: json.dumps(a_complaint(), ensure_ascii=False).encode("utf-16"), "not_utf8"),
    Wrong("a surrogate in its own bytes", lambda: sent(a_complaint()).replace(b". ", b"\xed\xa0\xbd"), "not_utf8"),
    Wrong("an empty body", lambda: b"", "empty_body"),
    Wrong("a list", lambda: sent([a_complaint()]), "wrong_shape"),
    Wrong("a string", lambda: sent(CANARY), "wrong_shape"),
    Wrong("null", lambda: b"null", "wrong_shape"),
    shaped("no text", "text", text=...),
    shaped("a null for a text", "text", text=None),
    shaped("an empty text", "text", text=""),
    shaped("a number for a text", "text", text=4711),
    shaped("no source id", "source_id", source_id=...),
    shaped("an empty source id", "source_id", source_id=""),
    shaped("a number for a source id", "source_id", source_id=4711),
    shaped("no channel", "channel", channel=...),
    shaped("a number for a channel", "channel", channel=3),
    shaped("a string for a customer", "customer", customer=MAILBOX),
    shaped("a list for an address", "customer.email", customer={"email": [MAILBOX]}),
    shaped("an object for contacts", "customer.contacts", customer={"contacts": {"kind": "email", "value": MAILBOX}}),
    shaped("a contact without a value", "customer.contacts.0.value", customer={"contacts": [{"kind": "email"}]}),
    shaped("a string for a size", "attachments.0.size", attachments=[{"name": CANARY, "size": "big"}]),
    shaped("six stars", "rating", channel="review", rating=6),
    shaped("a string for stars", "rating", channel="review", rating="5"),
    shaped("a word for a truth", "is_public", channel="social", is_public="yes"),
    shaped("a truth for an instant", "received_at", received_at=[]),
    shaped("a subject without end", "subject", subject=CANARY * 40),
    Wrong("a day in words", lambda: sent(a_complaint(received_at="вчера")), "invalid", "received_at"),
    Wrong("a thirteenth month", lambda: sent(a_complaint(received_at="2026-13-01T00:00:00Z")), "invalid", "received_at"),
    Wrong("100,000 nested brackets", lambda: b"[" * 100_000, "too_deep"),
    Wrong("100,000 nested brackets in a field", lambda: with_raw("x", "[" * 100_000 + "]" * 100_000), "too_deep"),
    Wrong("100,000 nested objects", lambda: with_raw("x", '{"a":' * 100_000 + "1" + "}" * 100_000), "too_deep"),
    Wrong("a key that stands twice", lambda: with_raw("text", '"another"'), "duplicate_key", "text"),
    Wrong("a key that stands twice, deeper", lambda: with_raw("x", '{"a": 1, "a": 2}'), "duplicate_key", "a"),
    Wrong("NaN", lambda: with_raw("x", "NaN"), "not_finite"),
    Wrong("Infinity", lambda: with_raw("x", "[-Infinity]"), "not_finite"),
    Wrong("a number beyond all numbers", lambda: with_raw("x", "1e999"), "not_finite"),
    Wrong("an integer over 64 bit", lambda: with_raw("x", str(2**63)), "integer_too_large"),
    Wrong("an integer under 64 bit", lambda: with_raw("x", str(-(2**63) - 1)), "integer_too_large"),
    Wrong("an integer of 5,000 digits", lambda: with_raw("x", "9" * 5_000), "integer_too_large"),
    Wrong("a lone surrogate in a value", lambda: with_raw("x", r'"\ud83d"'), "lone_surrogate"),
    Wrong("a lone surrogate in a key", lambda: with_raw("x", r'{"\udc00": 1}'), "lone_surrogate"),
    Wrong("over a million bytes", lambda: sent(a_complaint(padding="x" * INPUT_BYTES)), "too_large", status=413),
    typed("another event", "unknown_type", ce_type="redress.ComplaintRegistered.v1"),
    typed("an event of nobody", "unknown_type", ce_type="com.example.canary"),
    typed("the next major version", "unknown_type", ce_type="redress.ComplaintSubmitted.v2"),
    typed("another CloudEvents", "unknown_specversion", ce_specversion="2.0"),
    structured("a structured event without data", sent({"specversion": "1.0", "id": "1"}), "broken_cloudevent", "data"),
    structured("a structured event that is broken", event()[:-3], "broken_json"),
    structured("a structured event of the next major", event(type="redress.ComplaintSubmitted.v2"), "unknown_type", "ce_type"),
    structured("a structured event around a wrong body", event(data={"channel": "web", "source_id": "1"}), "wrong_shape", "text"),
]


@pytest.mark.parametrize("wrong", REFUSED, ids=lambda wrong: wrong.name)
async def test_over_http_what_is_wrong_gets_a_clear_problem_and_its_neighbours_pass(world: World, wrong: Wrong) -> None:
    before = await world.arrivals()
    first, answer, last = await send(world, "http", sent(a_complaint()), wrong.body(), sent(a_complaint()), headers=wrong.headers)
    assert (first.status_code, answer.status_code, last.status_code) == (202, wrong.status, 202)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["reason"] == {"too_large": "too_large"}.get(wrong.reason, wrong.reason)
    assert problem["detail"]
    if wrong.status == 422:
        assert wrong.field in [found["field"] for found in problem["problems"]]
        assert all(found["message"] and found["remedy"] for found in problem["problems"])
    assert CANARY not in answer.text
    assert MAILBOX not in answer.text
    assert await grown(world, before) == {"submitted": 2, "registered": 2}


@pytest.mark.parametrize("wrong", REFUSED, ids=lambda wrong: wrong.name)
async def test_on_the_topic_what_is_wrong_is_parked_with_its_reason_and_its_neighbours_pass(world: World, wrong: Wrong) -> None:
    before = await world.arrivals()
    body = wrong.body()
    await send(world, "topic", sent(a_complaint()), body, sent(a_complaint()), headers=wrong.headers)
    assert await grown(world, before) == {"submitted": 3, "registered": 2, "parked": 1}
    listed = await world.get("intake", "/internal/v1/parked", limit=1)
    (record,) = listed["parked"]
    assert record["reason"] == wrong.reason
    assert wrong.field in [found["field"] for found in record["fields"]]
    assert all(found["message"] and found["remedy"] for found in record["fields"])
    assert CANARY not in json.dumps(listed, ensure_ascii=False)
    assert MAILBOX not in json.dumps(listed)
    shown = await world.get("intake", "/internal/v1/parked/content", arrival=record["arrival"])
    assert shown["body"] == body.decode("utf-8", "replace")


@pytest.mark.parametrize("second", DOORS)
@pytest.mark.parametrize("first", DOORS)
async def test_a_source_id_that_was_used_for_another_text_is_refused(world: World, first: str, second: str) -> None:
    payload = a_complaint()
    await send(world, first, sent(payload))
    before = await world.arrivals()
    bodies = sent(a_complaint()), sent(payload | {"text": f"Кофеварка молчит. {CANARY}"}), sent(a_complaint())
    answers = await send(world, second, *bodies)
    if second == "http":
        problem = answers[1].json()
        assert (answers[1].status_code, problem["reason"]) == (422, "source_id_reused")
        assert problem["problems"][0]["field"] == "source_id"
        assert problem["problems"][0]["remedy"]
        assert await grown(world, before) == {"submitted": 2, "registered": 2}
    else:
        assert await grown(world, before) == {"submitted": 3, "registered": 2, "parked": 1}
        (record,) = (await world.get("intake", "/internal/v1/parked", limit=1))["parked"]
        assert (record["reason"], record["fields"][0]["field"]) == ("source_id_reused", "source_id")


async def test_a_batch_full_of_rubbish_neither_stops_the_consumer_nor_costs_a_neighbour(world: World) -> None:
    before = await world.arrivals()
    small = [wrong for wrong in REFUSED if len(wrong.body()) < 50_000]
    mixed: list[Any] = []
    for wrong in small:
        mixed += [sent(a_complaint()), (wrong.body(), wrong.headers)]
    await world.publish(*mixed)
    await world.settled()
    assert await grown(world, before) == {"submitted": 2 * len(small), "registered": len(small), "parked": len(small)}
    assert not (await world.get("intake", "/internal/v1/counts"))["stopped"]


async def test_the_log_speaks_of_what_was_parked_by_reason_only(world: World, log: io.StringIO) -> None:
    await send(world, "topic", b"{" + CANARY.encode())
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    (record,) = (await world.get("intake", "/internal/v1/parked", limit=1))["parked"]
    parked = [(line["reason"], line["arrival"]) for line in lines if line["event"] == "parked"]
    assert parked[-1:] == [("broken_json", record["arrival"])]
    metrics = await world.ask("GET", "intake", "/metrics", key="")
    assert 'redress_parked_total{reason="broken_json",service="intake"}' in metrics.text
    assert CANARY not in metrics.text
    assert MAILBOX not in metrics.text
