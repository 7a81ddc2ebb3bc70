"""Which letter is owed for which event, and under which name, so that it is never owed twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.followup.domain.policy_model import FollowupPolicy
from shared.contracts.events import CaseEscalated, CaseOpened, CaseReopened, CaseResolved
from shared.contracts.fields import Clock
from shared.contracts.vocabulary import ClockKind, EscalationReason, NoticeKind


@dataclass(frozen=True, slots=True)
class Owed:
    """A letter that a customer is owed; `slots` are the fields of its order that its event fills."""

    kind: NoticeKind
    complaint_id: str
    round: int
    slots: Mapping[str, Any] = field(default_factory=dict)
    cause: str = "once"
    """What tells two letters of one kind and round apart."""

    @property
    def notice_id(self) -> str:
        """The name of what the letter is for."""
        return f"{self.complaint_id}|{self.kind}|{self.round}|{self.cause}"


def acknowledgement_of(case: CaseOpened | CaseReopened, policy: FollowupPolicy) -> Owed | None:
    """We have it, and by when we answer; for a reopened case: we have it again."""
    first = isinstance(case, CaseOpened)
    if not (policy.notices.acknowledgement if first else policy.notices.reopening):
        return None
    answer_by = (case.answer_by if isinstance(case, CaseOpened) else None) or _answer_by(case.clocks)
    slots = {"answer_by": answer_by, "received_at": case.received_at if isinstance(case, CaseOpened) else None}
    return Owed(NoticeKind.ACKNOWLEDGEMENT, case.complaint_id, case.round, slots)


def escalation_of(case: CaseEscalated, policy: FollowupPolicy) -> Owed | None:
    """Who looks at it now, and by when; one letter a tier and round, where the ladder's policy grants it."""
    if not (policy.notices.escalation and case.tell_customer):
        return None
    unheard = case.clock is ClockKind.ACKNOWLEDGE  # no time was ever named to the customer, so none was broken
    slots = {
        "tier": case.tier,
        "reason": EscalationReason.OTHER if unheard else case.reason,
        "answer_by": case.answer_by,
    }
    return Owed(NoticeKind.ESCALATION, case.complaint_id, case.round, slots, cause=case.tier)


def resolution_of(case: CaseResolved, policy: FollowupPolicy) -> Owed | None:
    """The answer, what we do, and our apology where we were wrong or late."""
    if not policy.notices.resolution:
        return None
    slots = {
        "answer": case.answer.token if case.answer else None,
        "remedy": case.remedy,
        "apologise": case.remedy in policy.apologise_after,
        "late": not case.kept,
    }
    return Owed(NoticeKind.RESOLUTION, case.complaint_id, case.round, slots)


def _answer_by(clocks: tuple[Clock, ...]) -> int | None:
    return min((clock.due_at for clock in clocks if clock.kind is ClockKind.RESOLVE), default=None)
