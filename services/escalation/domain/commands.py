"""What may a person ask of a case? The commands of desk and REST; the actor is whoever holds the key, never a field."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.fields import Money
from shared.contracts.vocabulary import Remedy, known

NoteText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]
AnswerText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class CaseCommand(BaseModel):
    """Something asked of one case: frozen, and strict about names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TakeCase(CaseCommand):
    """I look after it from now on."""


class AddNote(CaseCommand):
    """Write something down for colleagues; sealed."""

    text: NoteText = Field(description="What colleagues should know; the customer never sees it.")


class EscalateCase(CaseCommand):
    """It needs the next tier."""

    reason: NoteText = Field(description="Why this tier cannot settle it; kept as a sealed note.")


class ResolveCase(CaseCommand):
    """It is settled; the customer gets this answer."""

    remedy: Annotated[Remedy, known(Remedy)] = Field(description="What was done for the customer.")
    answer: AnswerText = Field(description="What the customer is told, in their language; sealed.")
    amount: Money | None = Field(None, description="Money the remedy costs; within the authority of the case's tier.")


class ReopenCase(CaseCommand):
    """It is not settled after all."""

    reason: NoteText = Field(description="Why; kept as a sealed note.")
