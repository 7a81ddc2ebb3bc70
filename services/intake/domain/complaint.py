"""What intake keeps of a submission."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.contracts.fields import Addressee
from shared.contracts.kept import Kept
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import Channel, Flag, Language, RejectionReason, Word


class ComplaintState(Word):
    """How a submission was settled."""

    REGISTERED = "registered"
    REJECTED = "rejected"
    OTHER = "other"


class KeptAttachment(BaseModel):
    """What is known of an attachment; its name and address are sealed with the complaint."""

    model_config = ConfigDict(frozen=True, extra="allow")

    media_type: str
    size: int
    """Bytes."""


class Complaint(Kept):
    """One submission, taken or rejected; whatever the customer wrote is sealed, beside it lies the masked text."""

    collection: ClassVar[str] = "complaints"
    indexed: ClassVar[tuple[str, ...]] = (
        "state",
        "channel",
        "language",
        "customer_id",
        "source",
        "registered_at",
        "door",
        "door_doubles",
    )

    complaint_id: str
    state: ComplaintState
    channel: Channel
    language: Language = Language.OTHER
    customer_id: str
    source: str
    door: str
    door_doubles: int = 0
    """How often it came again through a door of ours; doubles on the topic are tallied there."""
    fingerprint: str
    """HMAC of the business fields: tells an honest repetition from another text under the same id."""
    received_at: int
    """When the customer said it, UTC ms, within the policy's limits."""
    registered_at: int
    """When intake settled it, UTC ms."""
    addressee: Addressee
    text: Sealed | None = None
    """The whole text, cleaned."""
    subject: Sealed | None = None
    details: Sealed | None = None
    """JSON of the channel's own fields, the order, the sender's customer id and the attachments' names."""
    masked_text: str = ""
    masked_subject: str = ""
    truncated: bool = False
    flags: tuple[Flag, ...] = ()
    reason: RejectionReason | None = None
    attachments: tuple[KeptAttachment, ...] = ()
    is_public: bool = False
    author_reach: int | None = None
    rating: int | None = None
    country: str | None = None
    product: str | None = None
    in_reply_to: str | None = None
    """Complaint id that this one continues."""
    policy: str = ""
    erased: bool = False

    def heard_again(self, door: str) -> "Complaint | None":
        """The same complaint once it came again through a door; None on the topic, whose tally counts."""
        return None if door == "topic" else self.model_copy(update={"door_doubles": self.door_doubles + 1})

    def index(self) -> dict[str, str | int | None]:
        """The values of the indexed fields, plain strings for words."""
        words = {"state": self.state.value, "channel": self.channel.value, "language": self.language.value}
        return {**super().index(), **words}

    def forgotten(self) -> "Complaint":
        """The stub: ids, instants and counts stay, so a replay is still a double; no word and no contact does."""
        blank = {"text": None, "subject": None, "details": None, "masked_text": "", "masked_subject": "", "product": None}
        nobody = self.addressee.model_copy(update={"contacts": (), "name": None})
        return self.model_copy(update={**blank, "addressee": nobody, "erased": True})
