"""The boundaries between two steps, by name: the fault tests kill the process there; otherwise nothing happens."""

from collections.abc import Callable

_hook: Callable[[str], None] | None = None


def set_hook(hook: Callable[[str], None] | None) -> None:
    """Call `hook` at each boundary; None switches it off."""
    global _hook  # noqa: PLW0603 - one process, one hook
    _hook = hook


def step(name: str) -> None:
    """A boundary: what was done before is done, what comes after is not begun."""
    if _hook is not None:
        _hook(name)
