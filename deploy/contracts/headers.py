"""The record headers as AsyncAPI shows them: CloudEvents in binary mode, and those of a parked record."""

from typing import Any

from shared.contracts.topics import Topic

_ATTRIBUTES: dict[str, Any] = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {"type": "string", "description": "Idempotency key: the same id is the same event."},
    "ce_type": {"type": "string", "description": "Type and major version."},
    "ce_source": {"type": "string", "description": "Who says it, e.g. /redress/intake."},
    "ce_subject": {"type": "string", "description": "The id the event is about; equals the record key."},
    "ce_time": {"type": "string", "format": "date-time", "description": "Business instant."},
    "ce_correlationid": {"type": "string", "description": "The same in everything that one arrival led to."},
    "ce_causationid": {"type": "string", "description": "Id of what caused this event."},
    "ce_traceparent": {"type": "string", "description": "W3C trace context, as a CloudEvents extension."},
    "traceparent": {"type": "string", "description": "The same for tracing libraries."},
    "content-type": {"type": "string", "const": "application/json"},
}
CLOUD_EVENT: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0 in binary mode; header values are UTF-8.",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "content-type"],
    "properties": _ATTRIBUTES,
}
UPSTREAM: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0 in binary mode, in structured mode (then `content-type` alone), or no headers at all.",
    "properties": {
        "ce_specversion": _ATTRIBUTES["ce_specversion"],
        "ce_id": {"type": "string", "description": "Kept as data; what makes two records one complaint is `source_id`."},
        "ce_type": _ATTRIBUTES["ce_type"],
        "ce_source": {"type": "string", "description": "Stands in for `source` where the body has none."},
        "ce_time": {"type": "string", "format": "date-time"},
        "traceparent": {"type": "string", "description": "W3C trace context."},
        "content-type": {"type": "string", "examples": ["application/json", "application/cloudevents+json"]},
    },
}


def typed(schema: str, type_name: str) -> dict[str, Any]:
    """The headers of one event: those of all, and its type."""
    kind = {"type": "object", "properties": {"ce_type": {"type": "string", "const": type_name}}}
    return {"allOf": [{"$ref": f"#/components/schemas/{schema}"}, kind]}


def parked_message(letters: Topic) -> dict[str, Any]:
    """The export of a record that was not understood; the service's store has the durable one."""
    return {
        "name": "parked",
        "title": "ParkedRecord",
        "summary": "A record that was not understood: encrypted, with its origin and the reason.",
        "contentType": "application/octet-stream",
        "headers": {
            "type": "object",
            "required": ["dlq-origin", "dlq-reason", "dlq-attempts", "dlq-at"],
            "properties": {
                "dlq-origin": {"type": "string", "description": "Topic, partition and offset, with slashes between."},
                "dlq-reason": {"type": "string", "description": "Machine-readable, e.g. broken_json."},
                "dlq-attempts": {"type": "string", "description": "How often it was tried."},
                "dlq-at": {"type": "string", "description": "When it was parked, milliseconds since 1970."},
                "content-type": {"type": "string", "const": "application/octet-stream"},
            },
        },
        "payload": {"type": "string", "format": "binary", "description": "AES-256-GCM under the key of the dead letters."},
        "bindings": {"kafka": {"key": {"type": "string", "description": f"The {letters.key}."}, "bindingVersion": "0.5.0"}},
    }
