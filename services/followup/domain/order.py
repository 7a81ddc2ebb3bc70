"""What the courier must know to write one letter: ids, tokens, numbers and instants, nothing personal in plain."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.contracts.vocabulary import Channel, EscalationReason, Language, NoticeKind, Remedy


class LetterOrder(BaseModel):
    """One letter to be written; the body of a `mail` effect. Instants in UTC ms, money in minor units."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    notice_id: str
    notice: NoticeKind
    complaint_id: str
    customer_id: str
    round: int
    language: Language
    at: int
    """When it was decided; durations in the letter count from here."""
    to: str
    """Token of the e-mail address."""
    name: str | None = None
    """Token of the customer's name."""
    brand: str | None = None
    channel: Channel | None = None
    received_at: int | None = None
    answer_by: int | None = None
    tier: str | None = None
    reason: EscalationReason | None = None
    remedy: Remedy | None = None
    answer: str | None = None
    """Token of the agent's answer."""
    apologise: bool = False
    late: bool = False
    amount_minor: int | None = None
    currency: str | None = None
    expires_at: int | None = None

    def body(self) -> dict[str, Any]:
        """As an effect carries it: plain JSON values, what is absent left out."""
        return {
            name: str(value) if isinstance(value, str) else value for name, value in self.__dict__.items() if value is not None
        }
