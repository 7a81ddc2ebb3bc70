"""How a verb fails: one sentence, one remedy, one exit code; never a traceback."""

from dataclasses import dataclass

from deploy.cli.words import say

FAILED, USAGE, NOT_QUIET, UNREACHABLE, INTERRUPTED = 1, 2, 3, 4, 130
"""Exit codes beside 0."""


@dataclass
class Trouble(Exception):  # noqa: N818 - named after what the operator has
    """A verb could not do what it was told."""

    message: str
    remedy: str = ""
    code: int = FAILED

    def __str__(self) -> str:
        """Message and remedy."""
        return f"{self.message} {self.remedy}".strip()


class NotThere(Trouble):
    """A service was asked for something that it does not have."""


def trouble(key: str, /, remedy: str = "", code: int = FAILED, **values: object) -> Trouble:
    """A trouble by the keys of its words: `trouble.<key>`, and `remedy.<remedy>` (default: the same key)."""
    return Trouble(say(f"trouble.{key}", **values), say(f"remedy.{remedy or key}", **values), code)


def unreachable(service: str, url: str, reason: str) -> Trouble:
    """A service does not answer."""
    return trouble("unreachable", code=UNREACHABLE, service=service, url=url, reason=reason)
