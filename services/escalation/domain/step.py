"""What does a transition answer? The case as it is now and what is to be said of it, or a refusal."""

from dataclasses import dataclass
from typing import Any, Protocol

from services.escalation.domain.case import Case
from services.escalation.domain.policy_model import EscalationPolicy
from shared.contracts.events import Event
from shared.contracts.sealed import Sealed


class Circumstances(Protocol):
    """What a transition knows beside the case and what happened."""

    @property
    def now(self) -> int:
        """Business instant, UTC ms."""

    @property
    def policy(self) -> EscalationPolicy:
        """The policy in force."""

    @property
    def policy_hash(self) -> str:
        """Its hash."""

    @property
    def by(self) -> str:
        """Who acts: a service, the timer, or a person."""

    @property
    def erased(self) -> bool:
        """Whether the customer was erased."""


@dataclass(frozen=True, slots=True)
class Step:
    """A case after something happened, and the events that tell it."""

    case: Case
    events: tuple[Event, ...] = ()
    seal: tuple[Sealed, ...] = ()
    """Texts in plain that have to be sealed before anything is kept."""
    why: str = ""

    def then(self, later: "Step | None") -> "Step":
        """Both steps as one, this one first."""
        if later is None:
            return self
        why = "; ".join(reason for reason in (self.why, later.why) if reason)
        return Step(later.case, self.events + later.events, self.seal + later.seal, why)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that cannot be done now."""

    reason: str
    message: str


def about(case: Case, given: Circumstances) -> dict[str, Any]:
    """What every event about a case says."""
    return {
        "complaint_id": case.complaint_id,
        "customer_id": case.customer_id,
        "round": case.round,
        "tier": case.tier,
        "at": given.now,
        "by": given.by,
        "policy": given.policy_hash,
    }
