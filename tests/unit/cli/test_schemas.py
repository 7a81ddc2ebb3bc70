"""Every verb that prints JSON has a schema, and demands what it prints."""

import jsonschema
import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from deploy.cli import VERBS, build
from deploy.contracts.cli import PRINTED, cli_schemas


def verbs_with_json() -> set[str]:
    """By the options that the command line takes."""
    found = set()
    for verb in VERBS:
        command = typer.main.get_command(build([verb])).commands[verb]
        found |= {f"{verb}{name}" for name in _with_json(command)}
    return found


def _with_json(command: TyperCommand | TyperGroup) -> set[str]:
    if isinstance(command, TyperGroup):
        return {f"-{name}" for name, inner in command.commands.items() if _with_json(inner)}
    return {""} if any("--json" in option.opts for option in command.params) else set()


def test_every_verb_that_prints_json_has_a_schema():
    assert verbs_with_json() == set(PRINTED)


@pytest.mark.parametrize("name", cli_schemas())
def test_every_schema_is_one_and_demands_what_is_printed(name):
    schema = cli_schemas()[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert set(schema["required"]) == set(schema["properties"])
