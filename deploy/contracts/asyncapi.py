"""One AsyncAPI 3 document per service: what it hears and says, with payloads and headers, and no host."""

import inspect
from typing import Any

from deploy.contracts.schemas import submitted_schema
from shared.contracts import topics
from shared.contracts.events import SUBMITTED_TYPE, CustomerErased, Event, Submission
from shared.contracts.topics import Topic
from shared.platform.service import Hearing, Service, unique

HEADERS: dict[str, Any] = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source"],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "description": "Idempotency key: the same id is the same event."},
        "ce_type": {"type": "string", "description": "Type and major version."},
        "ce_source": {"type": "string", "description": "Who says it, e.g. /redress/intake."},
        "ce_subject": {"type": "string", "description": "The id the event is about; equals the record key."},
        "ce_time": {"type": "string", "format": "date-time", "description": "Business instant."},
        "ce_correlationid": {"type": "string", "description": "The same in everything that one arrival led to."},
        "ce_causationid": {"type": "string", "description": "Id of what caused this event."},
        "traceparent": {"type": "string", "description": "W3C trace context."},
        "content-type": {"type": "string", "const": "application/json"},
    },
}


def document_of(service: Service, version: str, description: str) -> dict[str, Any]:
    """The AsyncAPI 3.0 document of one service."""
    heard: list[type[Any]] = [m for m in service.hearings if hasattr(m, "topic")]
    if service.name != "intake":
        heard.append(CustomerErased)
    said: list[type[Event]] = list(service.says)
    used = unique(m.topic for m in [*heard, *said])
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Redress {service.name}",
            "version": version,
            "description": description,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {_channel(topic): _channel_of(topic, [m for m in [*heard, *said] if m.topic == topic]) for topic in used},
        "operations": {
            **{f"hear{_name(m)}": _operation("receive", m, _description(service, m)) for m in heard},
            **{f"say{_name(m)}": _operation("send", m, inspect.getdoc(m) or "") for m in said},
        },
        "components": {"messages": {_name(m): _message(m) for m in dict.fromkeys([*heard, *said])}},
    }


def _name(message: type[Any]) -> str:
    return "ComplaintSubmitted" if message is Submission else message.__name__


def _channel(topic: Topic) -> str:
    return topic.name.replace(".", "_")


def _channel_of(topic: Topic, messages: list[type[Any]]) -> dict[str, Any]:
    return {
        "address": topic.name,
        "description": f"Keyed by {topic.key}. {topic.partitions} partitions, cleanup {topic.cleanup}, "
        + ("kept for ever." if topic.retention_ms < 0 else f"kept {topic.retention_ms // topics.DAY_MS} days."),
        "messages": {_name(m): {"$ref": f"#/components/messages/{_name(m)}"} for m in dict.fromkeys(messages)},
        "bindings": {"kafka": {"partitions": topic.partitions, "bindingVersion": "0.5.0"}},
    }


def _operation(action: str, message: type[Any], description: str) -> dict[str, Any]:
    channel = _channel(message.topic)
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": description.split("\n", maxsplit=1)[0],
        "messages": [{"$ref": f"#/channels/{channel}/messages/{_name(message)}"}],
    }


def _description(service: Service, message: type[Any]) -> str:
    hearings: list[Hearing] = service.hearings.get(message, [])
    return inspect.getdoc(hearings[0].decide) or "" if hearings else "Blank what is held of an erased customer."


def _message(message: type[Any]) -> dict[str, Any]:
    type_name = SUBMITTED_TYPE if message is Submission else message.type_name()
    schema = submitted_schema() if message is Submission else message.model_json_schema()
    return {
        "name": type_name,
        "title": _name(message),
        "summary": (inspect.getdoc(message) or "").split("\n")[0],
        "contentType": "application/json",
        "headers": HEADERS,
        "payload": _inlined(schema),
    }


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without `$defs`: references into a payload are not resolved alike by every tool."""
    defs = schema.get("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                name = str(node["$ref"]).rsplit("/", 1)[-1]
                beside = {k: resolve(v) for k, v in node.items() if k != "$ref"}
                return resolve(defs[name]) | beside
            return {k: resolve(v) for k, v in node.items() if k not in ("$defs", "discriminator")}
        return [resolve(item) for item in node] if isinstance(node, list) else node

    return dict(resolve(schema))
