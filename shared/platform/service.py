"""What one service hears and obeys: the table from a message to the plain function that decides on it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shared.contracts.events import SAID, Event
from shared.contracts.kept import Kept
from shared.contracts.topics import Topic
from shared.platform.decision import Decision, Rang, Refused, Settled

Rule = Callable[[Any, Any, Any], "Decision[Any] | Refused"]
F = TypeVar("F", bound=Rule)


@dataclass(frozen=True, slots=True)
class Hearing:
    """One rule: what it hears, which aggregates it is about, and the function that decides."""

    message: type[Any]
    keeps: type[Kept]
    about: Callable[[Any], str]
    decide: Rule


@dataclass
class Service:
    """A service as data: its name and its rules; the processor runs it, the contracts document it."""

    name: str
    keeps: tuple[type[Kept], ...]
    """Every state this service stores."""
    says: tuple[type[Event], ...]
    """Every event it may say; saying another one is a bug that the processor refuses."""
    hearings: dict[type[Any], list[Hearing]] = field(default_factory=dict)
    timers: dict[type[Kept], Hearing] = field(default_factory=dict)
    settlers: dict[type[Kept], Hearing] = field(default_factory=dict)

    def hears(self, message: type[Any], keeps: type[Kept], about: Callable[[Any], str] | None = None) -> Callable[[F], F]:
        """Register the rule for an event of a topic; `about` names the aggregate (default: the event's subject)."""

        def register(decide: F) -> F:
            hearing = Hearing(message, keeps, about or (lambda event: str(event.subject)), decide)
            self.hearings.setdefault(message, []).append(hearing)
            return decide

        return register

    def obeys(self, command: type[Any], keeps: type[Kept]) -> Callable[[F], F]:
        """Register the rule for a command that a door hands in with the aggregate's id."""

        def register(decide: F) -> F:
            self.hearings[command] = [Hearing(command, keeps, lambda _: "", decide)]
            return decide

        return register

    def rings(self, keeps: type[Kept]) -> Callable[[F], F]:
        """Register the rule for `Rang`: the aggregate's `due` has come."""

        def register(decide: F) -> F:
            self.timers[keeps] = Hearing(Rang, keeps, lambda _: "", decide)
            return decide

        return register

    def settles(self, keeps: type[Kept]) -> Callable[[F], F]:
        """Register the rule for `Settled`: an effect that this aggregate asked for has ended."""

        def register(decide: F) -> F:
            self.settlers[keeps] = Hearing(Settled, keeps, lambda _: "", decide)
            return decide

        return register

    @property
    def events_heard(self) -> list[type[Event]]:
        """The events of topics among the messages, in order of registration."""
        return [message for message in self.hearings if message in SAID]

    @property
    def topics_heard(self) -> list[Topic]:
        """The topics to subscribe to, once each."""
        return unique(message.topic for message in self.hearings if hasattr(message, "topic"))


def unique(topics: Iterable[Topic]) -> list[Topic]:
    """The topics without repetition, in order."""
    return list(dict.fromkeys(topics))
