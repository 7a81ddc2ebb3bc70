"""How a verb fails: one sentence, one remedy, one exit code; never a traceback."""

import errno
from dataclasses import dataclass

from deploy.cli.words import say

FAILED, USAGE, NOT_QUIET, UNREACHABLE, INTERRUPTED = 1, 2, 3, 4, 130
"""Exit codes beside 0."""
REASONS = {
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.ENOENT: "missing",
    errno.EISDIR: "folder",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "no_folder",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EROFS: "read_only",
}
"""What a file system says no with that has words of ours."""


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


def reason_of(error: OSError) -> str:
    """What the file system has against it."""
    known = REASONS.get(error.errno or 0)
    return say(f"file.{known}") if known else error.strerror or type(error).__name__


def unreadable(path: object, error: OSError) -> Trouble:
    """A file that cannot be read or written."""
    return trouble("file", path=path, reason=reason_of(error))


def unreachable(service: str, url: str, reason: str) -> Trouble:
    """A service does not answer."""
    return trouble("unreachable", code=UNREACHABLE, service=service, url=url, reason=reason)
