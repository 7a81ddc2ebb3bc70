"""One JSON Schema per event, as consumers of any language read it."""

from typing import Any

from shared.contracts.events import SAID, SUBMITTED_TYPE
from shared.contracts.json_schema import schema_of, submitted_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BASE = "https://redress.dev/schemas"


def schema_files() -> dict[str, dict[str, Any]]:
    """File name to schema, for every event that crosses a service boundary."""
    files = {file_of(SUBMITTED_TYPE): _named(submitted_schema(), SUBMITTED_TYPE)}
    for event in SAID:
        files[file_of(event.type_name())] = _named(schema_of(event), event.type_name())
    return files


def file_of(type_name: str) -> str:
    """`redress.CaseOpened.v1` lies in `CaseOpened.v1.json`."""
    return f"{type_name.removeprefix('redress.')}.json"


def _named(schema: dict[str, Any], type_name: str) -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": f"{BASE}/{type_name}.json"} | schema
