"""The JSON Schema of every verb that prints data, as committed in docs/schemas/cli; run this module to write the files."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from deploy.cli import shapes, shapes_erasing, shapes_setup
from deploy.cli.shapes_story import Story

BASE = "https://redress.dev/schemas/cli"
PRINTED: dict[str, type[BaseModel]] = {
    "counts": shapes.Counts,
    "cases": shapes.Cases,
    "story": Story,
    "dlq-list": shapes.ParkedList,
    "dlq-show": shapes.ParkedContent,
    "dlq-dismiss": shapes.Dismissed,
    "dlq-replay": shapes.Replays,
    "rejected-list": shapes.RejectedList,
    "rejected-admit": shapes.Admitted,
    "effects-list": shapes.EffectList,
    "effects-mark-sent": shapes.EffectResolved,
    "effects-retry": shapes.EffectResolved,
    "erase-closed": shapes_erasing.ErasedMany,
    "erase": shapes_erasing.Erased,
    "publish": shapes_setup.Published,
    "load": shapes_setup.Loaded,
    "topics-init": shapes_setup.Topics,
    "db-init": shapes_setup.Stores,
    "policy-check": shapes_setup.Policies,
    "doctor": shapes_setup.Findings,
    "keys-issue": shapes_setup.Issued,
    "keys-list": shapes_setup.Keys,
    "keys-revoke": shapes_setup.Revoked,
    "keys-init": shapes_setup.KeyFiles,
    "keys-rewrap": shapes_setup.Rewrapped,
    "config-show": shapes_setup.Config,
}
"""Verb to the shape that its `--json` prints."""


def schema_files() -> dict[str, str]:
    """File name to text."""
    return {f"{verb}.json": _text(verb, model) for verb, model in PRINTED.items()}


def _text(verb: str, model: type[BaseModel]) -> str:
    head: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{BASE}/{verb}.json"}
    schema = head | model.model_json_schema(mode="serialization") | {"title": f"redress {verb.replace('-', ' ', 1)}"}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write(directory: Path) -> None:
    """Write every file, and remove those of verbs that are gone."""
    directory.mkdir(parents=True, exist_ok=True)
    files = schema_files()
    for stale in directory.glob("*.json"):
        if stale.name not in files:
            stale.unlink()
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).parents[2] / "docs" / "schemas" / "cli")
