"""Who has the case? Exactly one owner: the queue of a tier until an agent takes it."""

from services.escalation.domain.case import Case
from services.escalation.domain.standing import UNKNOWN, unless_open
from services.escalation.domain.step import Circumstances, Refusal, Step, about
from shared.contracts.events import CaseAssigned


def queue_of(tier: str) -> str:
    """The owner of a case that nobody has taken."""
    return f"tier:{tier}"


def take(case: Case | None, given: Circumstances) -> Step | Refusal:
    """The one who asks becomes the owner, also in the place of a colleague."""
    if case is None:
        return UNKNOWN
    refusal = unless_open(case)
    if refusal:
        return refusal
    if case.owner == given.by:
        return Refusal("already_yours", "You have this case already.")
    return assigned(case, given.by, given)


def assigned(case: Case, owner: str, given: Circumstances) -> Step:
    """The case with another owner, and the event that says so."""
    kept = case.but(owner=owner, policy=given.policy_hash)
    event = CaseAssigned(**about(kept, given), owner=owner, previous_owner=case.owner)
    return Step(kept, (event,), why=f"owner {case.owner} -> {owner}")
