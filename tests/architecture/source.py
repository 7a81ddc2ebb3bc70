"""The code of the house as the architecture tests read it: every module once, with its syntax tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("shared", "services", "deploy")
SERVICES = ("intake", "triage", "escalation", "followup")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of Python."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """The path from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def name(self) -> str:
        """The name under which it is imported."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.text.count("\n")

    def functions(self) -> Iterator[Function]:
        """Every function and method in it, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@lru_cache
def read(path: Path) -> Module:
    """A module; each file is parsed once."""
    text = path.read_text(encoding="utf-8")
    return Module(path, text, ast.parse(text))


@lru_cache
def house() -> tuple[Module, ...]:
    """Every module that is shipped."""
    return tuple(read(path) for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))


def importable() -> list[str]:
    """The names of all modules but those that are programs."""
    return sorted(module.name for module in house() if module.path.stem != "__main__")


def domains() -> tuple[Module, ...]:
    """The rules of all four services."""
    return tuple(module for module in house() if "domain" in module.path.parts and module.path.stem != "__init__")


def handlers() -> tuple[Module, ...]:
    """The four `handlers.py`."""
    return tuple(read(ROOT / "services" / name / "handlers.py") for name in SERVICES)


def length(function: Function) -> int:
    """Lines from the first decorator's function line to the last line of the body."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def body_length(function: Function) -> int:
    """Lines of a function's body, its docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return (function.end_lineno or function.lineno) - body[0].lineno + 1
