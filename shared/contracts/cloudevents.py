"""CloudEvents 1.0 over Kafka: binary mode out; binary, structured and (at the one door for upstream) plain JSON in."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.contracts.errors import Problem, Unprocessable
from shared.contracts.strict_json import read_json

STRUCTURED = "application/cloudevents+json"
Headers = Iterable[tuple[str, bytes | None]]


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is said about an event beside its body."""

    id: str
    type: str
    source: str
    subject: str = ""
    time: str = ""
    correlation: str = ""
    causation: str = ""
    traceparent: str = ""


def rfc3339(instant: int) -> str:
    """An instant (UTC ms) as CloudEvents writes time."""
    return datetime.fromtimestamp(instant / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def headers_of(said: Attributes) -> list[tuple[str, bytes]]:
    """The record headers of binary mode; ids only, nothing personal."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", said.id.encode()),
        ("ce_type", said.type.encode()),
        ("ce_source", said.source.encode()),
        ("ce_subject", said.subject.encode()),
        ("ce_time", said.time.encode()),
        ("ce_correlationid", said.correlation.encode()),
        ("ce_causationid", said.causation.encode()),
        ("content-type", b"application/json"),
    ]
    if said.traceparent:
        headers += [("traceparent", said.traceparent.encode()), ("ce_traceparent", said.traceparent.encode())]
    return headers


def _clean(headers: Headers) -> dict[str, str]:
    """Headers by lower-case name; null and non-UTF-8 values are mended, the first of several wins."""
    clean: dict[str, str] = {}
    for name, value in headers or ():
        clean.setdefault(str(name).lower(), (value or b"").decode("utf-8", "replace"))
    return clean


def read(headers: Headers, value: bytes | None) -> tuple[Attributes | None, bytes | Any]:
    """The attributes and the body of a record.

    Binary mode gives the bytes of the body, structured mode the parsed `data`; a record without any `ce_` header
    gives no attributes. Raises `Unprocessable` for an empty body or a broken structured event.
    """
    clean = _clean(headers)
    if not value:
        raise Unprocessable("empty_body", [Problem("", "there is no body", "send the event as JSON")])
    if clean.get("content-type", "").startswith(STRUCTURED):
        return _structured(value)
    if "ce_type" not in clean and "ce_id" not in clean:
        return None, value
    return _attributes({name.removeprefix("ce_"): text for name, text in clean.items() if name.startswith("ce_")}, clean), value


def _attributes(said: Mapping[str, Any], headers: Mapping[str, str]) -> Attributes:
    def text(name: str) -> str:
        return str(said.get(name) or "")[:500]

    if text("specversion") not in ("", "1.0"):
        raise Unprocessable("unknown_specversion", [Problem("specversion", "only CloudEvents 1.0 is understood", "send 1.0")])
    return Attributes(
        id=text("id"),
        type=text("type"),
        source=text("source"),
        subject=text("subject"),
        time=text("time"),
        correlation=text("correlationid"),
        causation=text("causationid"),
        traceparent=headers.get("traceparent", text("traceparent"))[:100],
    )


def _structured(value: bytes) -> tuple[Attributes, Any]:
    event = read_json(value)
    if not isinstance(event, dict) or "data" not in event:
        raise Unprocessable("broken_cloudevent", [Problem("data", "a structured event needs `data`", "see CloudEvents 1.0")])
    return _attributes(event, {}), event["data"]


def dumps(value: Any) -> str:
    """JSON as we write it: UTF-8 without escapes, no spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
