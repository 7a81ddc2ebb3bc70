"""What others may call says in a sentence what it is for."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOMS, Module, house

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public(module: Module) -> Iterator[tuple[str, Documented]]:
    """The module, its public classes with their public methods, and its public functions; not what is nested in functions."""
    yield module.place, module.tree
    for node in module.tree.body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            yield f"{module.place}:{node.lineno} {node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from ((f"{module.place}:{m.lineno} {node.name}.{m.name}", m) for m in node.body if _is_public_method(m))


def _is_public_method(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")


@pytest.mark.parametrize("room", ROOMS)
def test_everything_public_says_what_it_is_for(room: str) -> None:
    places = [(place, node) for module in house() if module.place.startswith(f"{room}/") for place, node in public(module)]
    assert [place for place, node in places if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_first_line_is_a_sentence(room: str) -> None:
    modules = [module for module in house() if module.place.startswith(f"{room}/")]
    first = [(place, (ast.get_docstring(node) or "").split("\n")[0]) for module in modules for place, node in public(module)]
    assert [place for place, line in first if line and not line.endswith((".", "?"))] == []
