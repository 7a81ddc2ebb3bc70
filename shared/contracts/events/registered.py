"""What intake says: a complaint was taken, refused, or its customer met or forgotten."""

from typing import ClassVar

from pydantic import Field

from shared.contracts import topics
from shared.contracts.events.base import Event
from shared.contracts.fields import Actor, Addressee, ComplaintId, CustomerId, Instant, PolicyHash
from shared.contracts.vocabulary import Flag, RejectionReason

MASKED_TEXT_BYTES = 65_536
"""The longest masked text an event carries, UTF-8 bytes; the whole text is asked of intake by the complaint's id."""


class ComplaintRegistered(Event):
    """A complaint was taken; from here on its clocks run."""

    topic: ClassVar = topics.REGISTERED

    complaint_id: ComplaintId
    source: str = Field(description="The system that sent it.", max_length=200)
    addressee: Addressee
    received_at: Instant = Field(
        description="When the customer complained: what the sender said, within limits. Clocks start here."
    )
    registered_at: Instant = Field(description="When intake took it.")
    masked_subject: str = Field("", description="Subject with personal data masked.")
    masked_text: str = Field(description="Text with personal data masked, at most 64 KiB; empty after erasure.")
    truncated: bool = Field(False, description="True when the masked text was cut.")
    flags: tuple[Flag, ...] = Field((), description="What was mended or noticed on the way in.")
    is_public: bool = Field(False, description="True where others can read the complaint.")
    author_reach: int | None = Field(None, description="Followers of the author of a public post.")
    rating: int | None = Field(None, description="Stars of a review, 1 to 5.")
    country: str | None = Field(None, description="ISO 3166-1 alpha-2 if the sender knows it.")
    product: str | None = Field(None, description="What was bought or used, as the sender names it.")
    in_reply_to: str | None = Field(None, description="Complaint id that this one continues, if recognised.")
    attachments: int = Field(0, description="How many attachments the sender named.", ge=0)
    policy: PolicyHash = ""

    def forgotten(self) -> "ComplaintRegistered":
        """The same fact without anything personal, as it must look once the customer was erased."""
        nobody = self.addressee.model_copy(update={"contacts": (), "name": None})
        return self.model_copy(update={"masked_text": "", "masked_subject": "", "addressee": nobody})


class SubmissionRejected(Event):
    """A submission was understood but is not taken as a complaint; it is kept and can be admitted."""

    topic: ClassVar = topics.REGISTERED

    complaint_id: ComplaintId
    source: str = Field(description="The system that sent it.", max_length=200)
    reason: RejectionReason
    rejected_at: Instant
    policy: PolicyHash = ""


class CustomerSeen(Event):
    """A customer was met for the first time."""

    topic: ClassVar = topics.CUSTOMERS
    key_field: ClassVar[str] = "customer_id"

    customer_id: CustomerId
    seen_at: Instant


class CustomerErased(Event):
    """A customer's key was destroyed: every service blanks what it holds and remembers the id."""

    topic: ClassVar = topics.CUSTOMERS
    key_field: ClassVar[str] = "customer_id"

    customer_id: CustomerId
    erased_at: Instant
    erased_by: Actor
