"""What intake says of a complaint, from what it keeps of it."""

from services.intake.domain.complaint import Complaint, ComplaintState
from services.intake.domain.known import Known
from shared.contracts.events import ComplaintRegistered, CustomerSeen, Event, SubmissionRejected
from shared.contracts.vocabulary import RejectionReason


def announcement_of(complaint: Complaint) -> Event:
    """That it was taken, or that it was not and why."""
    if complaint.state is ComplaintState.REGISTERED:
        return _registered(complaint)
    return SubmissionRejected(
        complaint_id=complaint.complaint_id,
        source=complaint.source,
        reason=complaint.reason or RejectionReason.OTHER,
        rejected_at=complaint.registered_at,
        policy=complaint.policy,
    )


def first_sight(complaint: Complaint, known: Known, now: int) -> tuple[CustomerSeen, ...]:
    """That its customer is met for the first time, if so; also where the first thing they sent was rejected."""
    return (CustomerSeen(customer_id=complaint.customer_id, seen_at=now),) if known.is_new_customer else ()


def _registered(complaint: Complaint) -> ComplaintRegistered:
    return ComplaintRegistered(
        complaint_id=complaint.complaint_id,
        source=complaint.source,
        addressee=complaint.addressee,
        received_at=complaint.received_at,
        registered_at=complaint.registered_at,
        masked_subject=complaint.masked_subject,
        masked_text=complaint.masked_text,
        truncated=complaint.truncated,
        flags=complaint.flags,
        is_public=complaint.is_public,
        author_reach=complaint.author_reach,
        rating=complaint.rating,
        country=complaint.country,
        product=complaint.product,
        in_reply_to=complaint.in_reply_to,
        attachments=len(complaint.attachments),
        policy=complaint.policy,
    )
