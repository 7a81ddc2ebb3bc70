"""The fields that many events share, each with its unit and meaning."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import Channel, ClockKind, ContactKind, Language

ComplaintId = Annotated[str, Field(description="Id of the complaint and of its case; time-ordered.", min_length=1, max_length=80)]
CustomerId = Annotated[str, Field(description="Pseudonymous id of the customer.", min_length=1, max_length=80)]
Instant = Annotated[int, Field(description="Instant, milliseconds since 1970-01-01T00:00Z.", ge=0)]
Round = Annotated[int, Field(description="Which time round: 1, and one more after each reopening.", ge=1)]
Tier = Annotated[str, Field(description="Tier of the ladder, as the escalation policy names it.", max_length=40)]
Actor = Annotated[str, Field(description="Who did it: a service, a timer, or the actor of an API key.", max_length=80)]
PolicyHash = Annotated[str, Field(description="Hash of the policy the decision was made under.", max_length=64)]
Score = Annotated[int, Field(description="Score, 0 (none) to 100.", ge=0, le=100)]


def _as_published(schema: dict[str, Any]) -> None:
    """A published schema says of a part what it says of an event: readers ignore what they do not know."""
    schema.pop("additionalProperties", None)


class Part(BaseModel):
    """A value inside an event or a stored state: frozen.

    In a state it carries on what a newer version wrote into it; `Event.heard` drops that at every depth.
    """

    model_config = ConfigDict(frozen=True, extra="allow", json_schema_extra=_as_published)


class SealedContact(Part):
    """One way to reach a customer; the address itself is sealed."""

    kind: ContactKind
    address: Sealed


class Addressee(Part):
    """What a letter needs: who, in which language, and how; so that no event needs another one first."""

    customer_id: CustomerId
    language: Language = Language.OTHER
    channel: Channel = Channel.OTHER
    contacts: tuple[SealedContact, ...] = Field((), description="Ways to reach the customer, the best one first.")
    name: Sealed | None = Field(None, description="The name the customer gave, sealed.")
    brand: str | None = Field(None, description="Which brand of the organisation was addressed.", max_length=80)


class Factor(Part):
    """One reason that added to a score; the points of all factors add up to it exactly."""

    name: str = Field(description="Name of the factor in the policy.", max_length=60)
    points: int = Field(description="Points added (or, below zero, taken away).")
    words: tuple[str, ...] = Field((), description="Terms of the policy that were found; never the customer's own sentence.")

    def without_words(self) -> "Factor":
        """The same points, silent about what was found: for when the customer is erased."""
        return self.model_copy(update={"words": ()})


class Clock(Part):
    """One running promise of a case."""

    kind: ClockKind
    due_at: Instant
    warn_at: Instant


class Money(Part):
    """An amount of money in minor units."""

    minor: int = Field(description="Amount in minor units (kopecks, cents).", ge=0)
    currency: str = Field(description="ISO 4217 code.", pattern="^[A-Z]{3}$")
