"""Rules, contracts and text tools: no clock, no chance, no I/O, no logging, no waiting."""

import ast

import pytest

from tests.architecture.source import Module, domains, house

BANNED_MODULES = {
    *("time", "random", "secrets", "uuid", "logging", "structlog", "asyncio", "threading", "multiprocessing", "concurrent"),
    *("socket", "ssl", "subprocess", "os", "sys", "shutil", "tempfile", "pathlib", "io", "sqlite3", "urllib", "http"),
}
BANNED_CALLS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter", "getenv", "sleep", "read_text", "write_text"}
BANNED_NAMES = {"open", "print", "input", "exec", "eval", "breakpoint", "globals"}
DOMAINS = {module.place for module in domains()}
PURE = [m for m in house() if m.place in DOMAINS or m.name.startswith(("shared.contracts", "shared.text"))]
TABLES = {
    "shared/text/language.py": {"pathlib"},
}
"""Modules that read a table beside them once, at import, and what they may import for it."""


def impurities(module: Module) -> list[str]:
    """Everything in a module that a pure rule must not have."""
    allowed = TABLES.get(module.place, set())
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            found.append(f"line {node.lineno}: async")
        elif isinstance(node, ast.Import):
            names = {alias.name.split(".")[0] for alias in node.names}
            found += [f"line {node.lineno}: imports {name}" for name in (names & BANNED_MODULES) - allowed]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in BANNED_MODULES - allowed:
            found.append(f"line {node.lineno}: imports from {node.module}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in BANNED_CALLS:
            found.append(f"line {node.lineno}: calls .{node.func.attr}()")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BANNED_NAMES:
            found.append(f"line {node.lineno}: calls {node.func.id}()")
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found.append(f"line {node.lineno}: changes what lies outside of it")
    return found


@pytest.mark.parametrize("module", PURE, ids=lambda module: module.name)
def test_a_rule_knows_only_what_it_is_given(module: Module) -> None:
    assert impurities(module) == []


@pytest.mark.parametrize(
    "code",
    [
        "async def rule(): pass",
        "import random",
        "from time import time",
        "def rule(): return datetime.now(UTC)",
        "def rule(): print('x')",
        "def rule():\n    global count\n    count = 1",
    ],
)
def test_the_check_itself_sees_what_is_impure(code: str) -> None:
    module = house()[0]
    assert impurities(Module(module.path, code, ast.parse(code)))
