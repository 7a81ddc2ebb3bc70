"""What upstream systems say: a complaint came in over one of seven channels."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from shared.contracts import topics
from shared.contracts.events.base import Event

Short = Annotated[str, StringConstraints(max_length=300)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1_000_000)]
Timestamp = Annotated[
    str | int,
    Field(description="ISO 8601 with offset, or milliseconds since 1970; absurd dates are clamped and flagged."),
]


class Given(BaseModel):
    """A part of a submission: strict about types, deaf to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class GivenContact(Given):
    """One way to reach the customer, as the sender knows it."""

    kind: Short = Field(description="email, phone, chat, social; anything else is kept as `other`.")
    value: Annotated[str, StringConstraints(min_length=1, max_length=320)] = Field(description="The address, number or handle.")


class GivenCustomer(Given):
    """Who complains; everything may be absent, anonymous complaints exist."""

    id: Short | None = Field(None, description="The sender's own id of the customer.")
    name: Short | None = Field(None, description="As the customer wants to be called; letters greet with it.")
    email: Annotated[str, StringConstraints(max_length=320)] | None = Field(None, description="E-mail address.")
    phone: Annotated[str, StringConstraints(max_length=60)] | None = Field(None, description="Number, in any notation.")
    contacts: Annotated[tuple[GivenContact, ...], Field(max_length=20, strict=False)] = Field(
        (), description="Further ways to reach the customer."
    )


class GivenAttachment(Given):
    """What is known of an attachment; the content stays with the sender."""

    name: Short = Field("attachment", description="File name.")
    media_type: Short = Field("application/octet-stream", description="MIME type, such as image/jpeg.")
    size: int = Field(0, description="Bytes.", ge=0, le=2**53)
    url: Annotated[str, StringConstraints(max_length=2000)] | None = Field(None, description="Where the sender keeps it.")


class Submission(Event):
    """What all channels have in common; only `channel`, `source_id` and `text` are required."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)
    topic: ClassVar = topics.SUBMITTED
    key_field: ClassVar[str] = "source_id"

    source_id: Annotated[str, StringConstraints(min_length=1, max_length=300)] = Field(
        description="The sender's id of this message; the same id again is the same complaint."
    )
    text: Text = Field(description="What the customer wrote or said, as it was.")
    customer: GivenCustomer = Field(GivenCustomer(), description="Who complains; absent where nobody is known.")
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None, description="The system that sends; default: the API key's name, else `ce_source`, else the channel."
    )
    subject_line: Short | None = Field(None, alias="subject", description="Subject or title.")
    received_at: Timestamp | None = Field(None, description="When the customer said it; default: now.")
    language: Annotated[str, StringConstraints(max_length=35)] | None = Field(
        None, description="BCP 47 tag if the sender knows it; else it is detected."
    )
    order: Short | None = Field(None, description="Order, contract or ticket number.")
    attachments: Annotated[tuple[GivenAttachment, ...], Field(max_length=100, strict=False)] = Field(
        (), description="What came with the message; only what is known of it, never its content."
    )
    brand: Annotated[str, StringConstraints(max_length=80)] | None = Field(
        None, description="Which of the operator's brands is meant; policy decides by it."
    )
    country: Annotated[str, StringConstraints(max_length=80)] | None = Field(None, description="ISO 3166-1 alpha-2 if known.")
    product: Short | None = Field(None, description="What was bought or used, as the sender names it.")
    in_reply_to: Short | None = Field(None, description="Id of an earlier message or complaint that this one continues.")


class WebComplaint(Submission):
    """From a form on a site."""

    channel: Literal["web"] = Field(description="How the complaint came in.")
    page_url: Annotated[str, StringConstraints(max_length=2000)] | None = Field(None, description="Page that the form is on.")
    form: Short | None = Field(None, description="Name of the form.")


class EmailComplaint(Submission):
    """From a mailbox."""

    channel: Literal["email"] = Field(description="How the complaint came in.")
    message_id: Annotated[str, StringConstraints(max_length=998)] | None = Field(
        None, description="`Message-ID` of the mail (RFC 5322)."
    )
    to: Annotated[str, StringConstraints(max_length=320)] | None = Field(None, description="Mailbox that it was sent to.")
    automatic: bool = Field(False, description="True for auto-replies and list mail (`Auto-Submitted`, `Precedence`, `List-Id`).")


class ChatComplaint(Submission):
    """From a messenger or a chat window."""

    channel: Literal["chat"] = Field(description="How the complaint came in.")
    conversation_id: Short | None = Field(None, description="The messenger's id of the conversation.")
    platform: Short | None = Field(None, description="Which messenger.")


class PhoneComplaint(Submission):
    """From a call, as an operator or a recogniser wrote it down."""

    channel: Literal["phone"] = Field(description="How the complaint came in.")
    call_id: Short | None = Field(None, description="The telephone system's id of the call.")
    operator_id: Short | None = Field(None, description="Who took the call.")
    duration_s: int | None = Field(None, description="Length of the call, seconds.", ge=0, le=10**6)


class SocialComplaint(Submission):
    """From a post or comment in a social network."""

    channel: Literal["social"] = Field(description="How the complaint came in.")
    network: Short | None = Field(None, description="Which social network, such as vk or x.")
    post_url: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        None, description="Address of the post or comment."
    )
    is_public: bool = Field(True, description="Whether anybody can read it.")
    author_reach: int | None = Field(None, description="Followers of the author.", ge=0, le=2**53)


class ReviewComplaint(Submission):
    """From a review site or an app shop."""

    channel: Literal["review"] = Field(description="How the complaint came in.")
    platform: Short | None = Field(None, description="Which review site or app shop.")
    review_url: Annotated[str, StringConstraints(max_length=2000)] | None = Field(None, description="Address of the review.")
    rating: int | None = Field(None, description="Stars, 1 (worst) to 5.", ge=1, le=5)
    is_public: bool = Field(True, description="Whether anybody can read it.")


class InPersonComplaint(Submission):
    """Said at a counter, written down by staff."""

    channel: Literal["in_person"] = Field(description="How the complaint came in.")
    office: Short | None = Field(None, description="Where it was said.")
    operator_id: Short | None = Field(None, description="Who wrote it down.")


class OtherComplaint(Submission):
    """From a channel that this version does not know yet; taken with the common fields and flagged."""

    channel: str = Field(description="How the complaint came in, by a name of the sender's own.", max_length=60)


def _channel_of(value: Any) -> str:
    channel = value.get("channel") if isinstance(value, dict) else getattr(value, "channel", None)
    return channel if isinstance(channel, str) and channel in VARIANTS else "other"


ComplaintSubmitted = Annotated[
    Annotated[WebComplaint, Tag("web")]
    | Annotated[EmailComplaint, Tag("email")]
    | Annotated[ChatComplaint, Tag("chat")]
    | Annotated[PhoneComplaint, Tag("phone")]
    | Annotated[SocialComplaint, Tag("social")]
    | Annotated[ReviewComplaint, Tag("review")]
    | Annotated[InPersonComplaint, Tag("in_person")]
    | Annotated[OtherComplaint, Tag("other")],
    Discriminator(_channel_of),
]
"""The union over all channels; its CloudEvents type is `redress.ComplaintSubmitted.v1`."""
SUBMITTED_TYPE = "redress.ComplaintSubmitted.v1"
VARIANTS: dict[str, type[Submission]] = {
    "web": WebComplaint,
    "email": EmailComplaint,
    "chat": ChatComplaint,
    "phone": PhoneComplaint,
    "social": SocialComplaint,
    "review": ReviewComplaint,
    "in_person": InPersonComplaint,
}
