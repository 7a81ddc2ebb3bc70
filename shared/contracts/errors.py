"""Two ways to fail: a wrong message, which is parked, and a wrong moment, which is retried."""

from dataclasses import dataclass, field


@dataclass
class Problem:
    """One thing wrong with an input: where, what, and what the sender can do about it."""

    field: str
    """Path of the offending field, e.g. `customer.email`; empty for the whole body."""
    message: str
    """What is wrong, without quoting the value."""
    remedy: str = ""
    """What the sender can change."""


@dataclass
class Unprocessable(Exception):  # noqa: N818 - named after what is said of the message
    """The message is wrong and will stay wrong: park it, go on with its neighbours."""

    reason: str
    """Machine-readable reason, e.g. `broken_json`; also the `dlq-reason` header."""
    problems: list[Problem] = field(default_factory=list)

    def __str__(self) -> str:
        """The reason and the fields, never the content."""
        return f"{self.reason}: {', '.join(p.field or '(body)' for p in self.problems)}" if self.problems else self.reason


class TryAgain(Exception):  # noqa: N818 - named after what the caller should do
    """The moment is wrong (store or broker out of reach): back off and do the same again."""


class NewerSchema(Exception):  # noqa: N818 - named after what was found
    """A stored document was written by a newer major version: stop instead of guessing."""
