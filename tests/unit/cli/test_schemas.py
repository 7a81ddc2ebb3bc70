"""The committed schemas of the command line are those of its models."""

import json
from pathlib import Path

import jsonschema

import deploy
from deploy.cli.schemas import schema_files

DIRECTORY = Path(deploy.__file__).parents[1] / "docs" / "schemas" / "cli"


def test_the_committed_schemas_are_current():
    committed = {path.name: path.read_text("utf-8") for path in DIRECTORY.glob("*.json")}
    assert committed == schema_files(), "run: python -m deploy.cli.schemas"


def test_every_schema_is_one_and_demands_what_is_printed():
    for name, text in schema_files().items():
        schema = json.loads(text)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert set(schema["required"]) == set(schema["properties"]), name
