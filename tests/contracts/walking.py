"""Walks an example beside its schema, so that a test can change every place of a kind."""

from collections.abc import Callable
from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]


def changed(value: Any, schema: Schema, change: Callable[[Any, Schema], Any]) -> Any:
    """The value with `change(part, schema of the part)` in place of every part, the inner ones first."""
    fitting = _fitting(value, schema)
    if isinstance(value, dict):
        properties = fitting.get("properties", {})
        value = {name: changed(part, properties.get(name, {}), change) for name, part in value.items()}
    elif isinstance(value, list):
        value = [changed(part, fitting.get("items", {}), change) for part in value]
    return change(value, fitting)


def vocabulary_of(schema: Schema) -> list[str]:
    """The words of an open vocabulary; empty where the schema is none."""
    words = [word for option in schema.get("anyOf", ()) for word in option.get("enum", ())]
    return words if "other" in words else []


def _fitting(value: Any, schema: Schema) -> Schema:
    """The alternative that the value fits; vocabularies are one schema."""
    options = [] if "type" in schema else [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    for option in options:
        if Draft202012Validator(option).is_valid(value):
            return _fitting(value, option)
    return schema
