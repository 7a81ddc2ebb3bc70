"""A rejected submission is taken after all."""

from services.intake.domain.complaint import Complaint, ComplaintState
from services.intake.domain.policy_model import IntakePolicy
from shared.contracts.vocabulary import Flag


def admitted(complaint: Complaint, policy: IntakePolicy, now: int, policy_hash: str = "") -> Complaint:
    """The complaint as if taken now; its clocks still start when it was received, within the policy's limit."""
    return complaint.model_copy(
        update={
            "state": ComplaintState.REGISTERED,
            "reason": None,
            "registered_at": now,
            "received_at": max(complaint.received_at, now - policy.max_backdate_ms),
            "flags": (*complaint.flags, Flag.ADMITTED),
            "policy": policy_hash,
        }
    )


def why_not_admitted(complaint: Complaint | None, erased: bool) -> str:
    """The reason against it, or nothing."""
    if complaint is None:
        return "unknown_complaint"
    if complaint.state is ComplaintState.REGISTERED:
        return "already_registered"
    return "customer_erased" if erased or complaint.erased else ""
