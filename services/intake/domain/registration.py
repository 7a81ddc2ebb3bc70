"""A submission becomes a complaint, taken or rejected."""

import re
from dataclasses import dataclass
from typing import Any, Final

from services.intake.domain.acceptance import is_abusive, rejection_of
from services.intake.domain.announcing import announcement_of
from services.intake.domain.complaint import Complaint, ComplaintState, KeptAttachment
from services.intake.domain.customer import contacts_of
from services.intake.domain.email_quotes import own_words
from services.intake.domain.excerpt import excerpt_of, masked_value
from services.intake.domain.identity import is_complaint_id
from services.intake.domain.known import Known
from services.intake.domain.policy_model import IntakePolicy
from services.intake.domain.receipt import Receipt, receipt_of
from services.intake.domain.sealing import SealedParts, sealed_parts
from services.intake.domain.source import channel_name, channel_of
from services.intake.domain.tongue import tongue_of
from shared.contracts.events import Event, Submission
from shared.contracts.fields import Addressee
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import Channel, Flag, RejectionReason
from shared.text.cleaning import clean

_MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9][\w!#$&^.+-]{0,99}/[A-Za-z0-9][\w!#$&^.+-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Registration:
    """What becomes of a submission: a state to keep, an event to say, texts to seal."""

    complaint: Complaint
    say: tuple[Event, ...]
    seal: tuple[Sealed, ...] = ()


def register(submission: Submission, known: Known, policy: IntakePolicy, now: int, policy_hash: str = "") -> Registration:
    """Settle a submission that was not met before; an unreadable instant is `Unprocessable`, anything else gets an outcome."""
    receipt = receipt_of(submission.received_at, now, policy, known.lenient_time)
    if known.erased:
        return _announced(_stub(submission, known, receipt, now, policy_hash))
    subject, text = clean(submission.subject_line or ""), clean(submission.text)
    contacts = contacts_of(submission, known.source, policy)
    parts = sealed_parts(submission, subject.text, text.text, contacts, known)
    said = own_words(text.text) if channel_of(submission) is Channel.EMAIL else text.text  # the whole text stays sealed
    excerpt = excerpt_of(said)
    rejection = rejection_of(submission, subject.text, said, policy)
    noticed = {
        Flag.TRUNCATED: excerpt.truncated,
        Flag.UNKNOWN_CHANNEL: channel_of(submission) is Channel.OTHER,
        Flag.CONTACT_UNREADABLE: contacts.is_any_unreadable,
        Flag.ABUSIVE: is_abusive(text.text, policy),
    }
    flags = (*receipt.flags, *subject.flags, *text.flags, *(flag for flag, is_so in noticed.items() if is_so))
    complaint = _stub(submission, known, receipt, now, policy_hash).model_copy(
        update={
            "state": ComplaintState.REJECTED if rejection else ComplaintState.REGISTERED,
            "reason": rejection,
            "erased": False,
            "flags": tuple(dict.fromkeys(flags)),
            "masked_text": excerpt.text,
            "masked_subject": excerpt_of(subject.text).text,
            "truncated": excerpt.truncated,
            **_sealed_fields(submission, parts, known),
            **_business_fields(submission),
        }
    )
    return _announced(complaint, parts)


def _stub(submission: Submission, known: Known, receipt: Receipt, now: int, policy_hash: str) -> Complaint:
    """What may be kept of an erased customer's complaint: that it came."""
    channel = channel_of(submission)
    return Complaint(
        complaint_id=known.complaint_id,
        state=ComplaintState.REJECTED,
        reason=RejectionReason.CUSTOMER_ERASED,
        channel=channel,
        customer_id=known.customer_id,
        source=known.source,
        door=known.door,
        fingerprint=known.fingerprint,
        received_at=receipt.received_at,
        registered_at=now,
        addressee=Addressee(customer_id=known.customer_id, channel=channel),
        policy=policy_hash,
        erased=True,
    )


def _sealed_fields(submission: Submission, parts: SealedParts, known: Known) -> dict[str, Any]:
    language = tongue_of(submission)
    addressee = Addressee(
        customer_id=known.customer_id,
        language=language,
        channel=channel_of(submission),
        contacts=parts.contacts,
        name=parts.name,
        brand=masked_value(submission.brand),
    )
    return {"language": language, "addressee": addressee, "text": parts.text, "subject": parts.subject, "details": parts.details}


def _business_fields(submission: Submission) -> dict[str, Any]:
    earlier = submission.in_reply_to
    is_said_in_public = channel_name(submission) in ("social", "review")
    return {
        "attachments": tuple(
            KeptAttachment(media_type=_media_type(one.media_type), size=one.size) for one in submission.attachments
        ),
        "is_public": is_said_in_public and bool(getattr(submission, "is_public", False)),
        "author_reach": getattr(submission, "author_reach", None),
        "rating": getattr(submission, "rating", None),
        "country": masked_value(submission.country),
        "product": masked_value(submission.product),
        "in_reply_to": earlier if earlier and is_complaint_id(earlier) else None,
    }


def _media_type(said: str) -> str:
    """The type as the sender names it; what is none could be anything, even words of the customer."""
    return said.lower() if _MEDIA_TYPE.fullmatch(said) else "application/octet-stream"


def _announced(complaint: Complaint, parts: SealedParts | None = None) -> Registration:
    return Registration(complaint, (announcement_of(complaint),), tuple(parts.all) if parts else ())
