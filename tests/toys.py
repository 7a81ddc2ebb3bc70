"""A small service for tests of the platform: it counts what it hears, rings once, and sends one letter."""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import BaseModel

from shared.contracts.cloudevents import Attributes, headers_of
from shared.contracts.events import AlertRaised, ComplaintRegistered, ComplaintTriaged
from shared.contracts.kept import Kept
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import AlertKind, Priority
from shared.platform.decision import Decision, Effect, Given, Rang, Refused, Settled
from shared.platform.service import Service


class Count(Kept):
    """How often an aggregate heard its event."""

    collection: ClassVar[str] = "counts"
    indexed: ClassVar[tuple[str, ...]] = ("heard", "customer_id")

    heard: int = 0
    rung: int = 0
    letter: str = ""
    customer_id: str = ""
    text: str = ""
    wake: int | None = None
    secret: Sealed | None = None

    @property
    def due(self) -> int | None:
        """The alarm, if one is set."""
        return self.wake

    def forgotten(self) -> "Count":
        """Without the text."""
        return self.model_copy(update={"text": "", "secret": None})


class Add(BaseModel):
    """A command."""

    amount: int


class ClosedVault:
    """A vault that seals by reversing: enough to see that sealing happens, and where."""

    async def seal(self, texts: Sequence[Sealed]) -> None:
        """A token for each."""
        for text in texts:
            text.token = f"v1.{text.customer_id}.{(text.plain or '')[::-1]}"

    async def open(self, tokens: Sequence[str], by: str, why: str) -> list[str | None]:
        """The reverse."""
        return [token.split(".", 2)[2][::-1] for token in tokens]


class MemoryPublisher:
    """Confirms everything and remembers it, unless told to fail."""

    remembers = False

    def __init__(self) -> None:
        """Starts healthy."""
        self.entries: list[dict[str, Any]] = []
        self.down = False

    async def publish(self, entries: Sequence[dict[str, Any]]) -> list[tuple[int, int] | None]:
        """See the protocol."""
        await asyncio.sleep(0)
        if self.down:
            return [None] * len(entries)
        first = len(self.entries)
        self.entries += entries
        return [(0, first + i) for i in range(len(entries))]

    def said(self, name: str) -> list[dict[str, Any]]:
        """Published entries of one event type."""
        return [e for e in self.entries if e["type"] == f"redress.{name}.v1"]


def a_toy(alarm: int | None = None) -> Service:
    """A fresh toy service; `alarm`: business ms after now at which an aggregate rings once."""
    toy = Service("triage", keeps=(Count,), says=(ComplaintTriaged, AlertRaised))

    @toy.hears(ComplaintRegistered, keeps=Count)
    def count(complaint: ComplaintRegistered, kept: Count | None, given: Given[Any]) -> Decision[Count]:
        if complaint.masked_text == "boom":
            raise ValueError("a bug that must not show customer words")
        kept = kept or Count(wake=given.now + alarm if alarm is not None else None)
        customer = complaint.addressee.customer_id
        secret = Sealed(customer, plain=complaint.masked_text)
        now = kept.model_copy(
            update={"heard": kept.heard + 1, "customer_id": customer, "text": complaint.masked_text, "secret": secret}
        )
        said = ComplaintTriaged(
            complaint_id=complaint.complaint_id, customer_id=customer, severity=1, urgency=1, priority=Priority.P4,
            triaged_at=given.now, policy=given.policy_hash, rules="1",
        )  # fmt: skip
        letter = Effect(f"{complaint.complaint_id}|letter", "mail", {"to": secret})
        return Decision(keep=now, say=[said], do=[letter] if kept.heard == 0 else [], seal=[secret], outcome="counted")

    @toy.obeys(Add, keeps=Count)
    def add(command: Add, kept: Count | None, given: Given[Any]) -> Decision[Count] | Refused:
        if command.amount < 0:
            return Refused("negative", "Only positive amounts can be added.")
        kept = kept or Count()
        return Decision(keep=kept.model_copy(update={"heard": kept.heard + command.amount}), outcome="added")

    @toy.rings(Count)
    def ring(rang: Rang, kept: Count, given: Given[Any]) -> Decision[Count]:
        raised = AlertRaised(
            complaint_id="x", customer_id=kept.customer_id, alert=AlertKind.PRESS, severity=1, raised_at=given.now, policy=""
        )
        return Decision(keep=kept.model_copy(update={"rung": kept.rung + 1, "wake": None}), say=[raised])

    @toy.settles(Count)
    def settle(settled: Settled, kept: Count, given: Given[Any]) -> Decision[Count]:
        return Decision(keep=kept.model_copy(update={"letter": settled.state}))

    return toy


def wire(event: Any, event_id: str, **said: str) -> tuple[bytes, list[tuple[str, bytes | None]]]:
    """An event as a record carries it: value and headers."""
    about = Attributes(
        id=event_id, type=event.type_name(), source=said.pop("source", "/redress/intake"), subject=event.subject, **said
    )
    return event.model_dump_json().encode(), list(headers_of(about))
