"""What triage knows of a complaint when it judges."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from shared.contracts.events import ComplaintRegistered
from shared.contracts.vocabulary import Channel, Language


class Facts(BaseModel):
    """All that a judgement rests on besides the policy, kept so that it can be made again."""

    model_config = ConfigDict(frozen=True, extra="allow")

    text: str
    """Masked; empty after erasure."""
    subject: str = ""
    """Masked; empty after erasure."""
    channel: Channel = Channel.OTHER
    language: Language = Language.OTHER
    rating: int | None = None
    """Stars of a review, 1 to 5."""
    is_public: bool = False
    author_reach: int | None = None
    """Followers of the author of a public post."""
    continues: bool = False
    """True when it continues an earlier complaint."""

    @property
    def words(self) -> str:
        """Subject and text as one, with a mark between, so that no phrase spans both."""
        return f"{self.subject}\n\n{self.text}" if self.subject else self.text

    def without_words(self) -> Self:
        """The same without anything that the customer wrote."""
        return self.model_copy(update={"text": "", "subject": ""})


def facts_of(complaint: ComplaintRegistered) -> Facts:
    """The facts that a registered complaint carries."""
    return Facts(
        text=complaint.masked_text,
        subject=complaint.masked_subject,
        channel=complaint.addressee.channel,
        language=complaint.addressee.language,
        rating=complaint.rating,
        is_public=complaint.is_public,
        author_reach=complaint.author_reach,
        continues=complaint.in_reply_to is not None,
    )
