"""One AsyncAPI 3 document per service: what it hears and says, with payloads and headers, and no host."""

import inspect
from typing import Any

from deploy.contracts.examples import Example, examples
from deploy.contracts.headers import CLOUD_EVENT, UPSTREAM, parked_message, typed
from shared.contracts import topics
from shared.contracts.events import SUBMITTED_TYPE, CustomerErased, Submission
from shared.contracts.json_schema import inlined, schema_of, submitted_schema
from shared.contracts.topics import Topic, dead_letters_of
from shared.platform.service import Service, unique

KAFKA_BINDING = "0.5.0"
Shown = dict[str, Any]


def document_of(service: Service, version: str) -> Shown:
    """The AsyncAPI 3.0 document of one service."""
    heard, said = heard_by(service), list(service.says)
    messages = list(dict.fromkeys([*heard, *said]))
    letters = dead_letters_of(service.name)
    recorded = examples()
    channels = {_channel(topic): _channel_of(topic, messages) for topic in unique(m.topic for m in messages)}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Redress {service.name}",
            "version": version,
            "description": _about(service),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels | {_channel(letters): _bare_channel(letters, {"ParkedRecord": _ref("messages", "ParkedRecord")})},
        "operations": {
            **{f"hear{name_of(m)}": _hears(service, m) for m in heard},
            **{f"say{name_of(m)}": _says(m) for m in said},
            "exportParkedRecord": _operation("send", letters, "ParkedRecord", "Copy what was parked, encrypted."),
        },
        "components": {
            "schemas": {"CloudEvent": CLOUD_EVENT, "Upstream": UPSTREAM},
            "messages": {name_of(m): _message(m, recorded) for m in messages} | {"ParkedRecord": parked_message(letters)},
        },
    }


def heard_by(service: Service) -> list[type[Any]]:
    """The events a service listens to; erasures concern every service but the one that does them."""
    heard = [message for message in service.hearings if hasattr(message, "topic")]
    return heard if service.name == "intake" else [*heard, CustomerErased]


def name_of(message: type[Any]) -> str:
    """The event's name; what upstream systems send is one event, whatever its channel."""
    return "ComplaintSubmitted" if message is Submission else message.__name__


def _about(service: Service) -> str:
    rules = next(iter(service.hearings.values()))[0].decide
    return inspect.getdoc(inspect.getmodule(rules)) or ""


def _channel(topic: Topic) -> str:
    return topic.name.replace(".", "_")


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _channel_of(topic: Topic, messages: list[type[Any]]) -> Shown:
    return _bare_channel(topic, {name_of(m): _ref("messages", name_of(m)) for m in messages if m.topic == topic})


def _bare_channel(topic: Topic, messages: Shown) -> Shown:
    kept = "for ever" if topic.retention_ms < 0 else f"{topic.retention_ms // topics.DAY_MS} days"
    confidential = " May hold raw words and contacts: an ACL of its own." if topic.confidential else ""
    settings = {"cleanup.policy": [topic.cleanup], "retention.ms": topic.retention_ms}
    return {
        "address": topic.name,
        "description": f"Keyed by {topic.key}, kept {kept}.{confidential}",
        "messages": messages,
        "bindings": {"kafka": {"partitions": topic.partitions, "topicConfiguration": settings, "bindingVersion": KAFKA_BINDING}},
    }


def _operation(action: str, topic: Topic, message: str, summary: str) -> Shown:
    channel = f"#/channels/{_channel(topic)}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "summary": summary.split("\n", maxsplit=1)[0],
        "messages": [{"$ref": f"{channel}/messages/{message}"}],
    }


def _hears(service: Service, message: type[Any]) -> Shown:
    hearings = service.hearings.get(message, [])
    does = inspect.getdoc(hearings[0].decide) if hearings else "Blank what is held of an erased customer."
    group = {"type": "string", "const": f"{service.name}.{message.topic.name}"}
    bindings = {"bindings": {"kafka": {"groupId": group, "bindingVersion": KAFKA_BINDING}}}
    return _operation("receive", message.topic, name_of(message), does or "") | bindings


def _says(message: type[Any]) -> Shown:
    return _operation("send", message.topic, name_of(message), inspect.getdoc(message) or "")


def _message(message: type[Any], recorded: list[Example]) -> Shown:
    upstream = message is Submission
    type_name = SUBMITTED_TYPE if upstream else message.type_name()
    schema = submitted_schema() if upstream else schema_of(message)
    key = {"type": "string", "description": f"The {message.topic.key}."}
    return {
        "name": type_name,
        "title": name_of(message),
        "summary": str(schema["description"]).split("\n", maxsplit=1)[0],
        "contentType": "application/json",
        "headers": typed("Upstream" if upstream else "CloudEvent", type_name),
        "payload": inlined(schema),
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {"kafka": {"key": key, "bindingVersion": KAFKA_BINDING}},
        "examples": [_shown(e) for e in recorded if e.type == type_name],
    }


def _shown(example: Example) -> Shown:
    headers = {"headers": example.headers} if example.headers else {}
    return {"name": example.name} | headers | {"payload": example.body}
