"""Intake hears what comes in and settles it once: a complaint, not a complaint, or the same again."""

from dataclasses import replace

from services.intake.domain.admission import admitted, why_not_admitted
from services.intake.domain.announcing import announcement_of, first_sight
from services.intake.domain.commands import AdmitRejected, EraseCustomer
from services.intake.domain.complaint import Complaint
from services.intake.domain.customer_record import Customer
from services.intake.domain.fingerprint import ensure_same
from services.intake.domain.policy_model import IntakePolicy
from services.intake.domain.registration import register
from shared.contracts.events import ComplaintRegistered, CustomerErased, CustomerSeen, Submission, SubmissionRejected
from shared.platform.decision import NOTHING, Decision, Effect, Given, Refused
from shared.platform.service import Service

intake = Service(
    "intake",
    keeps=(Complaint, Customer),
    says=(ComplaintRegistered, SubmissionRejected, CustomerSeen, CustomerErased),
)


@intake.hears(Submission, keeps=Complaint, about=lambda _: "")
def settle_submission(submission: Submission, kept: Complaint | None, given: Given[IntakePolicy]) -> Decision[Complaint]:
    """Take a submission as a complaint or reject it; the same again is a double. `prepare` names the aggregate."""
    if kept is not None:
        ensure_same(kept.fingerprint, given.facts.fingerprint)
        return Decision(keep=kept.heard_again(given.facts.door), outcome="double", why="the same source id and the same text")
    known = replace(given.facts, erased=given.facts.erased or given.erased)
    settled = register(submission, known, given.policy, given.now, given.policy_hash)
    state, reason = settled.complaint.state.value, settled.complaint.reason
    say = (*first_sight(settled.complaint, known, given.now), *settled.say)
    return Decision(keep=settled.complaint, say=say, seal=settled.seal, why=reason or state, outcome=state)


@intake.obeys(AdmitRejected, keeps=Complaint)
def admit_rejected(_: AdmitRejected, kept: Complaint | None, given: Given[IntakePolicy]) -> Decision[Complaint] | Refused:
    """Take a rejected submission as a complaint after all."""
    reason = why_not_admitted(kept, given.erased)
    if kept is None or reason:
        return Refused(reason)
    complaint = admitted(kept, given.policy, given.now, given.policy_hash)
    return Decision(keep=complaint, say=[announcement_of(complaint)], why=f"admitted by {given.by}", outcome="registered")


@intake.obeys(EraseCustomer, keeps=Customer)
def erase_customer(command: EraseCustomer, kept: Customer | None, given: Given[IntakePolicy]) -> Decision[Customer]:
    """Leave a stub of a customer, tell all services, and have the key destroyed; the door knows that there is one."""
    if kept is not None and kept.erased_at is not None:
        return NOTHING
    customer = Customer(customer_id=command.customer_id, erased_at=given.now, erased_by=given.by)
    erased = CustomerErased(customer_id=command.customer_id, erased_at=given.now, erased_by=given.by)
    forget = Effect(f"{command.customer_id}|forget", "forget", {"customer_id": command.customer_id, "erased_at": given.now})
    return Decision(keep=customer, say=[erased], do=[forget], why="erasure asked for")
