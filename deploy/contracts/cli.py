"""One JSON Schema per verb of the command line that prints data."""

from typing import Any

from pydantic import BaseModel

from deploy.cli import shapes, shapes_erasing, shapes_losses, shapes_setup
from deploy.cli.shapes_story import Story
from deploy.contracts.schemas import BASE, DIALECT
from deploy.demo.summary import Summary

PRINTED: dict[str, type[BaseModel]] = {
    "demo": Summary,
    "up": shapes_setup.Running,
    "counts": shapes.Counts,
    "cases": shapes.Cases,
    "story": Story,
    "dlq-list": shapes.ParkedList,
    "dlq-show": shapes.ParkedContent,
    "dlq-dismiss": shapes.Dismissed,
    "dlq-replay": shapes.Replays,
    "losses-list": shapes_losses.LossList,
    "losses-write-off": shapes_losses.WrittenOff,
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


def cli_schemas() -> dict[str, dict[str, Any]]:
    """File name to schema."""
    return {f"{verb}.json": _schema(verb, model) for verb, model in PRINTED.items()}


def _schema(verb: str, model: type[BaseModel]) -> dict[str, Any]:
    head = {"$schema": DIALECT, "$id": f"{BASE}/cli/{verb}.json"}
    return head | model.model_json_schema(mode="serialization") | {"title": f"redress {verb.replace('-', ' ', 1)}"}
