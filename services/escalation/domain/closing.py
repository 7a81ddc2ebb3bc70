"""When is a case over? When it stayed resolved for as long as the policy waits."""

from services.escalation.domain.case import Case
from services.escalation.domain.step import Circumstances, Step, about
from shared.contracts.events import CaseClosed
from shared.contracts.vocabulary import CaseState


def close_when_due(case: Case, given: Circumstances) -> Step | None:
    """Close a resolved case whose time to object is over; None before that."""
    if case.state is not CaseState.RESOLVED or case.close_at is None or given.now < case.close_at:
        return None
    closed = case.but(state=CaseState.CLOSED, closed_at=given.now, close_at=None, policy=given.policy_hash)
    return Step(closed, (CaseClosed(**about(closed, given), received_at=case.received_at or given.now),), why="stayed resolved")
