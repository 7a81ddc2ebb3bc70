"""One JSON Schema per event, as consumers of any language read it."""

from typing import Any

from pydantic import TypeAdapter

from shared.contracts.events import SAID, SUBMITTED_TYPE, ComplaintSubmitted

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BASE = "https://redress.dev/schemas"


def schema_files() -> dict[str, dict[str, Any]]:
    """File name to schema, for every event that crosses a service boundary."""
    files = {"ComplaintSubmitted.v1.json": _named(submitted_schema(), SUBMITTED_TYPE)}
    for event in SAID:
        files[f"{event.__name__}.v{event.version}.json"] = _named(event.model_json_schema(), event.type_name())
    return files


def submitted_schema() -> dict[str, Any]:
    """The union over all channels."""
    return TypeAdapter(ComplaintSubmitted).json_schema(by_alias=True)


def _named(schema: dict[str, Any], type_name: str) -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": f"{BASE}/{type_name}.json"} | schema
