"""What escalation says: who has the case, which promises run, and how it ended."""

from typing import ClassVar

from pydantic import Field

from shared.contracts import topics
from shared.contracts.events.base import Event
from shared.contracts.fields import Actor, Addressee, Clock, ComplaintId, CustomerId, Instant, PolicyHash, Round, Tier
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import Category, ClockKind, EscalationReason, Priority, Remedy


class CaseEvent(Event):
    """What every fact about a case says."""

    topic: ClassVar = topics.CASES

    complaint_id: ComplaintId
    customer_id: CustomerId
    round: Round
    tier: Tier
    at: Instant = Field(description="When it happened, business time.")
    by: Actor
    policy: PolicyHash


class CaseOpened(CaseEvent):
    """A case was opened for a complaint, in a tier, with its clocks running."""

    priority: Priority
    owner: Actor
    clocks: tuple[Clock, ...] = Field(description="Every deadline that runs.")
    received_at: Instant
    answer_by: Instant | None = Field(
        None, description="By when the customer hears from us at the latest, whatever priority triage still gives."
    )
    addressee: Addressee


class CaseAssigned(CaseEvent):
    """A case has a new owner; always exactly one."""

    owner: Actor
    previous_owner: Actor


class CaseEscalated(CaseEvent):
    """A case moved up the ladder; `tier` is where it is now."""

    from_tier: Tier
    owner: Actor
    reason: EscalationReason
    clock: ClockKind | None = Field(None, description="The clock that was missed, if that is why.")
    priority: Priority
    answer_by: Instant | None = Field(None, description="By when the customer hears from us; null where no clock runs.")
    tell_customer: bool = Field(description="Whether policy grants the customer a notice of this step.")
    addressee: Addressee


class DeadlineApproaching(CaseEvent):
    """A clock will run out soon."""

    clock: ClockKind
    due_at: Instant
    owner: Actor


class DeadlineMissed(CaseEvent):
    """A clock ran out before its promise was kept."""

    clock: ClockKind
    due_at: Instant
    owner: Actor


class CaseResolved(CaseEvent):
    """A case was answered with a remedy."""

    owner: Actor
    remedy: Remedy
    answer: Sealed | None = Field(None, description="What the customer is told, in the agent's words, sealed.")
    priority: Priority
    severity: int = Field(0, description="Severity at the end, 0 to 100.", ge=0, le=100)
    category: Category = Category.OTHER
    received_at: Instant
    kept: bool = Field(description="Whether the resolve clock was kept.")
    addressee: Addressee


class CaseReopened(CaseEvent):
    """A resolved or closed case is open again, in a new round."""

    owner: Actor
    priority: Priority
    clocks: tuple[Clock, ...] = Field(description="Every deadline that runs.")
    asked_by_customer: bool = Field(False, description="Whether the customer said that it is not solved.")
    addressee: Addressee


class CaseClosed(CaseEvent):
    """A resolved case stayed resolved."""

    received_at: Instant
