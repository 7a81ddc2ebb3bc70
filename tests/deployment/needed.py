"""Which files processes need: what the command line and the services import, and the data that lies beside it."""

import ast
from collections.abc import Iterator

from deploy.cli import VERBS
from shared.contracts.topics import SERVICES
from tests.architecture.source import Module, house

STARTS = ("deploy.cli.__main__", "deploy.probe", *(f"services.{name}.app" for name in SERVICES))
DATA = {".yaml", ".html", ".j2"}
"""What rules, pages and letters are written in."""


def imported(module: Module) -> Iterator[str]:
    """Every name that a module imports anywhere; some of them are no modules."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def needed_modules() -> set[str]:
    """The paths of all modules that a container can come to run."""
    modules = {module.name: module for module in house()} | {"deploy.cli.__main__": _main()}
    waiting = [*STARTS, *(f"deploy.cli.{verb}" for verb in VERBS.values())]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in modules:
            continue
        seen.add(name)
        waiting += [name.rpartition(".")[0], *imported(modules[name])]
    return {modules[name].place for name in seen}


def _main() -> Module:
    return next(module for module in house() if module.place == "deploy/cli/__main__.py")
