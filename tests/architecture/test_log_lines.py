"""What we log ourselves is meant to be read: every field that our own lines name is one that the log lets through."""

import ast

from shared.platform.redaction import ALLOWED
from tests.architecture.source import Module, house

LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "level"}
OF_THE_LIBRARY = {"exc_info", "stack_info"}


def unknown_fields(module: Module) -> list[str]:
    """Fields of `log.…(…)` that would be dropped."""
    lines = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and _is_a_line(node)]
    return [
        f"{module.place}:{line.lineno} {field.arg}"
        for line in lines
        for field in line.keywords
        if field.arg and field.arg not in ALLOWED | OF_THE_LIBRARY
    ]


def _is_a_line(call: ast.Call) -> bool:
    name = call.func
    if isinstance(name, ast.Name):
        return name.id == "level"  # one of `log.warning` and `log.error`, chosen before
    return isinstance(name, ast.Attribute) and isinstance(name.value, ast.Name) and name.value.id == "log" and name.attr in LEVELS


def test_no_field_of_our_own_lines_is_dropped() -> None:
    assert [place for module in house() for place in unknown_fields(module)] == []


def test_the_look_finds_lines_at_all() -> None:
    assert sum(_is_a_line(node) for module in house() for node in ast.walk(module.tree) if isinstance(node, ast.Call)) > 20
