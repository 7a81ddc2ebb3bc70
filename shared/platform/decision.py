"""What a rule is given and what it answers; plain values, so that a unit test needs no event loop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from shared.contracts.events import Event
from shared.contracts.kept import Kept
from shared.contracts.sealed import Sealed

P = TypeVar("P")
S_co = TypeVar("S_co", bound=Kept, covariant=True)


@dataclass(frozen=True, slots=True)
class Given(Generic[P]):
    """All that a decision may know besides the message and the kept state."""

    now: int
    """Business instant, UTC ms."""
    policy: P
    policy_hash: str
    cause: str
    """Id of the event, timer firing, effect or command that asks: derived ids start from it."""
    by: str
    """Who asks: a service name, `timer`, or the actor of an API key."""
    facts: Any = None
    """What the declared `facts` reader fetched; None where none is declared."""
    erased: bool = False
    """True when the customer concerned was erased: keep and say nothing personal."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to be done to the outside world once; `key` names what it is for, so that it is never done twice."""

    key: str
    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)
    """JSON values and tokens only: nothing personal in plain."""


@dataclass(frozen=True, slots=True)
class Decision(Generic[S_co]):
    """Keep this state, say these events, do these effects; all of it in one atomic write."""

    keep: S_co | None = None
    """The new state; None leaves it as it is."""
    say: Sequence[Event] = ()
    do: Sequence[Effect] = ()
    seal: Sequence[Sealed] = ()
    """Every `Sealed` that this decision made from plain text: the platform seals them before save."""
    why: str = ""
    """One short phrase for the history: ids, numbers and policy terms only."""
    outcome: str = "done"
    """How the message was settled; intake says `registered`, `rejected` or `double`."""

    @property
    def is_empty(self) -> bool:
        """True when nothing is to be written."""
        return self.keep is None and not self.say and not self.do


@dataclass(frozen=True, slots=True)
class Refused:
    """A command cannot be done: 409 with the reason over HTTP, recorded on topics."""

    reason: str
    """Machine-readable, e.g. `already_resolved`."""
    message: str = ""
    """One sentence for the person who asked."""


class Declined(Exception):  # noqa: N818 - named after the answer
    """A rule answered a command with `Refused`: raised by a door, becomes 409 with the reason."""

    def __init__(self, answer: Refused) -> None:
        """`answer` is what the rule said."""
        super().__init__(answer.reason)
        self.answer = answer


NOTHING: Decision[Any] = Decision()
"""The answer to a message that changes nothing."""


@dataclass(frozen=True, slots=True)
class Rang:
    """A timer fired: the aggregate had asked to be woken at `due` (business ms)."""

    due: int


@dataclass(frozen=True, slots=True)
class Settled:
    """An effect of this aggregate ended: `state` is sent, failed or unknown."""

    key: str
    kind: str
    state: str
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


class Command:
    """Marks the pydantic models that a person or a program sends to one aggregate over HTTP."""
