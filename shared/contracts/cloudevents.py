"""CloudEvents 1.0 over Kafka: binary mode out; binary, structured and (at the one door for upstream) plain JSON in."""

import base64
import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from shared.contracts.errors import Problem, Unprocessable
from shared.contracts.strict_json import read_json

STRUCTURED = "application/cloudevents+json"
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
"""What else stands there is dropped: it would be copied into everything that this event leads to."""
LONGEST = 500
"""Characters of an attribute that are read."""
Headers = Iterable[tuple[str, bytes | None]]


class Attributes(NamedTuple):
    """What is said about an event beside its body."""

    id: str
    type: str
    source: str
    subject: str = ""
    time: str = ""
    correlation: str = ""
    causation: str = ""
    traceparent: str = ""


@lru_cache(maxsize=1_024)
def rfc3339(instant: int) -> str:
    """An instant (UTC ms) as CloudEvents writes time."""
    return datetime.fromtimestamp(instant / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def headers_of(said: Attributes) -> list[tuple[str, bytes]]:
    """The record headers of binary mode; ids only, nothing personal.

    What is not said is left out: CloudEvents knows no empty attributes, and strict readers refuse them.
    """
    named = [
        ("ce_specversion", "1.0"),
        ("ce_id", said.id),
        ("ce_type", said.type),
        ("ce_source", said.source),
        ("ce_subject", said.subject),
        ("ce_time", said.time),
        ("ce_correlationid", said.correlation),
        ("ce_causationid", said.causation),
        ("content-type", "application/json"),
        ("traceparent", said.traceparent),
        ("ce_traceparent", said.traceparent),
    ]
    return [(name, text.encode()) for name, text in named if text]


def type_of(headers: Headers) -> bytes | None:
    """The type that binary mode names, as it stands there: enough to pass over what is not one's business."""
    for name, value in headers or ():
        if name == "ce_type":
            return value
    return None


def read(headers: Headers, value: bytes | None) -> tuple[Attributes | None, bytes | Any]:
    """The attributes and the body of a record.

    Binary mode gives the bytes of the body, structured mode the parsed `data`; a record without any `ce_` header
    gives no attributes. Raises `Unprocessable` for an empty body or a broken structured event.
    """
    raw = {str(name).lower(): text for name, text in reversed(tuple(headers or ()))}  # of several the first wins
    if not value:
        raise Unprocessable("empty_body", [Problem("", "there is no body", "send the event as JSON")])

    def header(name: str) -> str:  # null and non-UTF-8 values are mended
        return (raw.get(name) or b"").decode("utf-8", "replace")

    if header("content-type").startswith(STRUCTURED):
        return _structured(value)
    if "ce_type" not in raw and "ce_id" not in raw:
        return None, value
    return _attributes(lambda name: header(f"ce_{name}"), header("traceparent")), value


def _attributes(said: Callable[[str], str], trace: str = "") -> Attributes:
    if said("specversion") not in ("", "1.0"):
        raise Unprocessable("unknown_specversion", [Problem("specversion", "only CloudEvents 1.0 is understood", "send 1.0")])
    return Attributes(
        id=said("id")[:LONGEST],
        type=said("type")[:LONGEST],
        source=said("source")[:LONGEST],
        subject=said("subject")[:LONGEST],
        time=said("time")[:LONGEST],
        correlation=said("correlationid")[:LONGEST],
        causation=said("causationid")[:LONGEST],
        traceparent=next(filter(_TRACEPARENT.fullmatch, (trace, said("traceparent"))), ""),
    )


def _structured(value: bytes) -> tuple[Attributes, Any]:
    event = read_json(value)
    if not isinstance(event, dict) or not event.keys() & {"data", "data_base64"}:
        raise Unprocessable("broken_cloudevent", [Problem("data", "a structured event needs `data`", "see CloudEvents 1.0")])
    attributes = _attributes(lambda name: str(event.get(name) or ""))
    return attributes, event["data"] if "data" in event else _unpacked(event["data_base64"])


def _unpacked(packed: Any) -> bytes:
    """The body of a producer that gave its library bytes instead of JSON."""
    try:
        return base64.b64decode(packed, validate=True)
    except (TypeError, ValueError):
        problem = Problem("data_base64", "not base64", "send the body as JSON in `data`")
        raise Unprocessable("broken_cloudevent", [problem]) from None


def dumps(value: Any) -> str:
    """JSON as we write it: UTF-8 without escapes, no spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
