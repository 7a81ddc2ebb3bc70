"""The stored form of an aggregate: its state, what it has seen, and what it still has to say, in one document."""

from dataclasses import dataclass, field
from typing import Any

from shared.contracts.kept import Kept


@dataclass(slots=True)
class Document:
    """One aggregate as it lies in the store; changed only by compare-and-set on `ver`."""

    id: str
    state: Kept
    ver: int = 0
    """Version in the store; 0 means not stored yet."""
    arrival: str = ""
    """The arrival that created it: any other arrival of the same thing is a double."""
    outcome: str = ""
    """How that arrival was settled."""
    seen: dict[str, int] = field(default_factory=dict)
    """Ids of what it has heard, with the machine instant (ms); forgotten by age, never by count."""
    settled: dict[str, str] = field(default_factory=dict)
    """Commands that touched it: request id to outcome, so that a repeated request gets the same answer."""
    head: str = ""
    """Hash of its latest history entry."""
    out: list[dict[str, Any]] = field(default_factory=list)
    """Outbox in order: events, effects and history that the announcer still has to hand over."""
    upd: int = 0
    """Machine instant of the last change, ms."""
    indexed: tuple[object, ...] | None = None
    """What the store's index columns hold, where it has noted that: only what changed is written to its indexes."""

    @property
    def collection(self) -> str:
        """Where it lies."""
        return self.state.collection

    @property
    def key(self) -> tuple[str, str]:
        """Its name in the whole store."""
        return self.state.collection, self.id


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row that one transaction writes beside documents, where it is absent: its state as JSON already, for speed."""

    keeps: type[Kept]
    id: str
    state: str
    """The state's JSON; fields that have their default may be missing."""
    index: tuple[str | int | None, ...]
    """Values of the `indexed` fields, in their order."""
    upd: int
    """Machine instant, ms."""
    due: int | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """What `find` is asked: equality, one-of (a tuple) or a range (`Between`) over declared index fields."""

    where: dict[str, Any] = field(default_factory=dict)
    sort: str = ""
    """Index field to sort by, `-` before it for descending; default: by id."""
    limit: int = 100
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Between:
    """A half-open range [low, high) of an integer index field; None is open."""

    low: int | None = None
    high: int | None = None
