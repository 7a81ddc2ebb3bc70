"""CloudEvents over Kafka: what our records carry, and what records of others are understood as."""

import base64
import json
from typing import Any

import pytest

from shared.contracts.cloudevents import Attributes, dumps, headers_of, read, rfc3339
from shared.contracts.errors import Unprocessable

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
WHOLE = Attributes(
    id="e1",
    type="redress.CaseOpened.v1",
    source="/redress/escalation",
    subject="c_1",
    time="2026-03-17T07:42:07.000Z",
    correlation="a1",
    causation="e0",
    traceparent=TRACE,
)


def test_what_we_write_is_read_back_the_same() -> None:
    assert read(headers_of(WHOLE), b"{}") == (WHOLE, b"{}")


def test_what_is_not_said_is_left_out_instead_of_empty() -> None:
    headers = headers_of(Attributes(id="e1", type="t", source="/s"))
    assert [name for name, _ in headers] == ["ce_specversion", "ce_id", "ce_type", "ce_source", "content-type"]
    assert all(value for _, value in headers)


def test_a_record_without_event_headers_has_no_attributes() -> None:
    assert read([("trace-id", b"1"), ("content-type", b"application/json")], b"{}") == (None, b"{}")


@pytest.mark.parametrize("value", [None, b""])
def test_a_record_without_a_body_is_refused(value: bytes | None) -> None:
    with pytest.raises(Unprocessable, match="empty_body"):
        read(headers_of(WHOLE), value)


def test_header_names_are_read_in_any_case_and_the_first_of_two_counts() -> None:
    said, _ = read([("CE_ID", b"first"), ("ce_id", b"second"), ("Ce_Type", b"t")], b"{}")
    assert said is not None
    assert (said.id, said.type) == ("first", "t")


def test_null_and_broken_header_values_are_mended() -> None:
    said, _ = read([("ce_id", b"caf\xe9"), ("ce_type", None), ("ce_source", "/почта".encode())], b"{}")
    assert said is not None
    assert (said.id, said.type, said.source) == ("caf\ufffd", "", "/почта")


@pytest.mark.parametrize(
    ("headers", "trace"),
    [
        ([("traceparent", TRACE.encode())], TRACE),
        ([("ce_traceparent", TRACE.encode())], TRACE),
        ([("traceparent", b""), ("ce_traceparent", TRACE.encode())], TRACE),
        ([("traceparent", b"anna@example.com"), ("ce_traceparent", TRACE.encode())], TRACE),
        ([("traceparent", b"anna@example.com")], ""),
    ],
)
def test_a_trace_is_carried_on_only_if_it_is_one(headers: list[tuple[str, bytes]], trace: str) -> None:
    said, _ = read([("ce_id", b"1"), *headers], b"{}")
    assert said is not None
    assert said.traceparent == trace


def _structured(**event: Any) -> tuple[Attributes | None, Any]:
    return read([("content-type", b"application/cloudevents+json; charset=utf-8")], json.dumps(event).encode())


def test_a_structured_event_gives_its_data() -> None:
    said, data = _structured(specversion="1.0", id="7", type="t", source="/s", correlationid="a", data={"текст": "Чайник"})
    assert said == Attributes(id="7", type="t", source="/s", correlation="a")
    assert data == {"текст": "Чайник"}


def test_bytes_inside_of_a_structured_event_are_unpacked() -> None:
    packed = base64.b64encode('{"text": "Чайник"}'.encode()).decode()
    assert _structured(id="7", type="t", source="/s", data_base64=packed)[1] == '{"text": "Чайник"}'.encode()


@pytest.mark.parametrize(
    "event",
    [{"id": "7"}, {"id": "7", "data_base64": "?"}, {"id": "7", "data_base64": 5}, {"id": "7", "data_base64": "é"}],
    ids=["no data", "not base64", "a number", "not ASCII"],
)
def test_a_structured_event_without_readable_data_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(Unprocessable, match="broken_cloudevent"):
        _structured(**event)


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"[]", "broken_cloudevent"), (b"{", "broken_json"), (b'{"data": 1, "data": 2}', "duplicate_key")],
)
def test_a_structured_event_is_read_as_strictly_as_a_plain_body(body: bytes, reason: str) -> None:
    with pytest.raises(Unprocessable, match=reason):
        read([("content-type", b"application/cloudevents+json")], body)


@pytest.mark.parametrize("version", ["0.3", "2.0", "one"])
def test_another_version_of_cloudevents_is_refused_in_both_modes(version: str) -> None:
    with pytest.raises(Unprocessable, match="unknown_specversion"):
        read([("ce_specversion", version.encode()), ("ce_id", b"1")], b"{}")
    with pytest.raises(Unprocessable, match="unknown_specversion"):
        _structured(specversion=version, id="1", data={})


def test_attributes_of_absurd_length_are_cut() -> None:
    said, _ = read([("ce_id", b"x" * 100_000)], b"{}")
    assert said is not None
    assert len(said.id) == 500


def test_time_is_written_in_utc_with_milliseconds() -> None:
    assert rfc3339(1_773_733_327_005) == "2026-03-17T07:42:07.005Z"
    assert rfc3339(0) == "1970-01-01T00:00:00.000Z"


def test_our_json_holds_cyrillic_as_it_is_and_no_spaces() -> None:
    assert dumps({"т": ["Чай", 1]}) == '{"т":["Чай",1]}'
