"""The JSON Schema of each event, as its consumers may rely on it: vocabularies stay open, channels are told apart."""

from typing import Any

from pydantic import TypeAdapter

from shared.contracts.events import ComplaintSubmitted, Event
from shared.contracts.events.submitted import VARIANTS


def schema_of(event: type[Event]) -> dict[str, Any]:
    """The schema of an event that a service says."""
    return dict(_opened(event.model_json_schema()))


def submitted_schema() -> dict[str, Any]:
    """The schema of what upstream systems say: exactly one of the channels, or one that this version does not know."""
    schema = dict(_opened(TypeAdapter(ComplaintSubmitted).json_schema(by_alias=True)))
    schema["$defs"]["OtherComplaint"]["properties"]["channel"]["not"] = {"enum": list(VARIANTS)}
    return schema | {"title": "ComplaintSubmitted", "description": "A complaint came in over one of seven channels."}


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
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


def _opened(node: Any) -> Any:
    """A later version may add words, so a vocabulary is published as words known so far and not as all that can ever come."""
    if isinstance(node, list):
        return [_opened(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "other" in node.get("enum", ()):
        about = f"{node.get('description', '')} Open: read a word that you do not know as `other`.".strip()
        kept = {k: v for k, v in node.items() if k != "enum"}
        return kept | {"description": about, "anyOf": [{"enum": node["enum"]}, {"type": "string"}]}
    return {k: _opened(v) for k, v in node.items()}
