"""One message on its way to one aggregate."""

from dataclasses import dataclass
from typing import Any

from shared.platform.decision import Decision, Refused
from shared.platform.service import Hearing


@dataclass(slots=True)
class Item:
    """A message, the rule that hears it, and where it came from."""

    hearing: Hearing
    aggregate: str
    """Id of the aggregate; empty until `prepare` finds it."""
    message: Any
    cause: str
    """Id of the event, firing or command: what an aggregate remembers, and what derived ids start from."""
    arrival: str
    """What knocked: `topic/<epoch>/<topic>/<partition>/<offset>`, or a door's id."""
    by: str
    correlation: str = ""
    traceparent: str = ""
    facts: Any = None
    erased: bool = False
    expect: int | None = None
    """Version of the aggregate that the caller looked at (`If-Match`); another one refuses the command."""
    raw: Any = None
    """The record it was decoded from, should it have to be parked."""

    @property
    def key(self) -> tuple[str, str]:
        """The aggregate's name in the whole store."""
        return self.hearing.keeps.collection, self.aggregate


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an item was settled."""

    kind: str
    """`done`, `registered`, `rejected`, `double`, `repeat`, `refused`, `parked`, `stale`."""
    answer: Decision[Any] | Refused | Exception | None = None
    state: Any = None
    """The aggregate's state after it."""


Outcomes = dict[int, Outcome]
"""How the items of a batch were settled, by position."""


def customer_of(message: Any) -> str | None:
    """The customer whom a message concerns, if it names one."""
    addressee = getattr(message, "addressee", None)
    found = getattr(addressee, "customer_id", None) or getattr(message, "customer_id", None)
    return found if isinstance(found, str) else None
