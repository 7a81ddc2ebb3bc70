"""The official CloudEvents SDK reads what we publish, and we read what it publishes, over Kafka and over HTTP."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings import http as http_binding
from cloudevents.core.bindings import kafka as kafka_binding
from cloudevents.core.bindings.kafka import KafkaMessage
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from starlette.requests import Request

from deploy.contracts.examples import Example, examples
from services.intake.http import _headers_of
from services.intake.upstream import read_submission
from shared.contracts import cloudevents
from shared.contracts.cloudevents import Attributes, headers_of
from shared.contracts.errors import Unprocessable
from shared.contracts.events import BY_TYPE, SUBMITTED_TYPE
from shared.platform.bus.producer import wire_of
from tests.builders import NOW, a_registered

RECORDED = [e for e in examples() if e.headers]
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
BODY = {"channel": "web", "source_id": "shop-4711", "text": "Чайник «Заря» течёт. 😀", "customer": {"email": "anna@example.ru"}}


def _event(data: Any = None, **more: Any) -> CloudEvent:
    said = {
        "type": SUBMITTED_TYPE,
        "source": "/магазин",
        "id": "e-1",
        "subject": "shop-4711",
        "time": datetime(2026, 3, 17, 7, 42, 1, tzinfo=UTC),
        "datacontenttype": "application/json",
    }
    return CloudEvent(said | more, BODY if data is None else data)


def _read(message: KafkaMessage) -> tuple[Attributes, Any]:
    said, body = cloudevents.read(list(message.headers.items()), message.value)
    assert said is not None
    return said, body


@pytest.mark.parametrize("example", RECORDED, ids=lambda e: e.name)
def test_the_sdk_reads_every_example_as_it_is_published(example: Example) -> None:
    message = KafkaMessage({name: text.encode() for name, text in example.headers.items()}, b"key", example.value)
    event = kafka_binding.from_kafka(message, JSONFormat())
    assert isinstance(event, CloudEvent)
    assert (event.get_id(), event.get_type()) == (example.headers["ce_id"], example.type)
    assert event.get_data() == example.body
    assert event.get_extension("correlationid") == example.headers.get("ce_correlationid")


def test_the_sdk_reads_a_record_of_our_producer() -> None:
    registered = a_registered(masked_text="Чайник течёт. 😀", registered_at=NOW)
    entry = {
        "id": "e1", "type": registered.type_name(), "source": "/redress/intake", "key": registered.subject, "corr": "a1",
        "time": cloudevents.rfc3339(NOW), "cause": "topic/run/complaints.submitted.v1/0/0", "trace": TRACE,
        "body": registered.model_dump_json(),
    }  # fmt: skip
    value, headers = wire_of(entry)
    event = kafka_binding.from_kafka(KafkaMessage(dict(headers), b"cmp_1", value), JSONFormat())
    data = event.get_data()
    assert isinstance(data, dict)
    assert data["masked_text"] == "Чайник течёт. 😀"
    assert event.get_time() == datetime.fromtimestamp(NOW / 1000, UTC)
    assert event.get_subject() == "cmp_1"
    assert event.get_extension("traceparent") == TRACE
    assert event.get_extension("causationid") == "topic/run/complaints.submitted.v1/0/0"


def test_the_sdk_reads_an_event_of_which_little_is_known() -> None:
    headers = dict(headers_of(Attributes(id="e1", type="redress.CaseClosed.v1", source="/redress/escalation")))
    event = kafka_binding.from_kafka(KafkaMessage(headers, None, b"{}"), JSONFormat())
    assert event.get_subject() is None


@pytest.mark.parametrize("write", [kafka_binding.to_binary, kafka_binding.to_structured], ids=["binary", "structured"])
def test_we_read_what_the_sdk_publishes(write: Any) -> None:
    event = _event(traceparent=TRACE, correlationid="order-7", partitionkey="shop-4711")
    said, body = _read(write(event, JSONFormat()))
    assert said == Attributes(
        id="e-1",
        type=SUBMITTED_TYPE,
        source="/магазин",
        subject="shop-4711",
        time="2026-03-17T07:42:01Z",
        correlation="order-7",
        traceparent=TRACE,
    )
    submission = read_submission(body, said)
    assert (submission.text, submission.source) == (BODY["text"], "/магазин")


@pytest.mark.parametrize("write", [kafka_binding.to_binary, kafka_binding.to_structured], ids=["binary", "structured"])
def test_a_body_that_the_sdk_was_given_as_bytes_is_read_too(write: Any) -> None:
    said, body = _read(write(_event(json.dumps(BODY, ensure_ascii=False).encode()), JSONFormat()))
    assert read_submission(body, said).text == BODY["text"]


@pytest.mark.parametrize("write", [kafka_binding.to_binary, kafka_binding.to_structured], ids=["binary", "structured"])
def test_the_version_before_1_0_is_refused_by_name(write: Any) -> None:
    from cloudevents.core.v03.event import CloudEvent as Old

    old = Old({"type": SUBMITTED_TYPE, "source": "/s", "id": "1", "specversion": "0.3"}, BODY)
    with pytest.raises(Unprocessable, match="unknown_specversion"):
        _read(write(old, JSONFormat()))


@pytest.mark.parametrize("write", [http_binding.to_binary, http_binding.to_structured], ids=["binary", "structured"])
def test_the_door_reads_what_the_sdk_posts(write: Any) -> None:
    message = write(_event(traceparent=TRACE), JSONFormat())
    raw = [(name.lower().encode(), value.encode()) for name, value in message.headers.items()]
    request = Request({"type": "http", "headers": raw})
    said, body = cloudevents.read(_headers_of(request), message.body)
    assert said is not None
    assert (said.id, said.source, said.traceparent) == ("e-1", "/магазин", TRACE)
    assert read_submission(body, said).text == BODY["text"]


@pytest.mark.parametrize("example", [e for e in RECORDED if e.type in BY_TYPE], ids=lambda e: e.name)
def test_an_event_survives_the_way_through_the_sdk_and_back(example: Example) -> None:
    there = KafkaMessage({name: text.encode() for name, text in example.headers.items()}, None, example.value)
    event = kafka_binding.from_kafka(there, JSONFormat())
    said, body = _read(kafka_binding.to_structured(event, JSONFormat()))
    assert (said.id, said.type, said.causation) == (
        example.headers["ce_id"],
        example.type,
        example.headers.get("ce_causationid", ""),
    )
    assert BY_TYPE[said.type].model_validate(body) == BY_TYPE[said.type].model_validate_json(example.value)
