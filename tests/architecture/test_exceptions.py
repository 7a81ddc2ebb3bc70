"""Whoever catches everything says why, or raises it again."""

import ast

from tests.architecture.source import Module, house

BROAD = {"Exception", "BaseException"}


def silent_nets(module: Module) -> list[str]:
    """Handlers for everything that neither raise again nor carry a comment with their reason."""
    lines = module.text.splitlines()
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _raises(node):
            if "  # " not in lines[node.lineno - 1]:
                found.append(f"{module.place}:{node.lineno}")
        elif isinstance(node, ast.Call) and _suppresses_everything(node) and "  # " not in lines[node.lineno - 1]:
            found.append(f"{module.place}:{node.lineno}")
    return found


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in BROAD for kind in kinds)


def _raises(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) for statement in handler.body for node in ast.walk(statement))


def _suppresses_everything(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name == "suppress" and any(isinstance(kind, ast.Name) and kind.id in BROAD for kind in call.args)


def test_catching_everything_is_explained_or_raised_again() -> None:
    assert [place for module in house() for place in silent_nets(module)] == []


def test_the_check_itself_sees_a_silent_net() -> None:
    module = house()[0]
    for code in (
        "try:\n    x()\nexcept Exception:\n    pass\n",
        "with suppress(Exception):\n    x()\n",
        "try:\n    x()\nexcept:\n    y()\n",
    ):
        assert silent_nets(Module(module.path, code, ast.parse(code)))
    explained = "try:\n    x()\nexcept Exception:  # it may fail in many ways\n    pass\n"
    assert silent_nets(Module(module.path, explained, ast.parse(explained))) == []
