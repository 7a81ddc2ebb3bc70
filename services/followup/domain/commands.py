"""What people ask of followup, and why it may be refused."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Round = Annotated[int, Field(ge=1, le=100_000)]
WORDS = 5_000
"""The longest comment in a survey, characters."""


class AnswerSurvey(BaseModel):
    """A customer answers the survey of a round; the door has checked the token."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    round: Round
    score: int = Field(description="1 (very dissatisfied) to 5 (very satisfied).", ge=1, le=5)
    solved: bool = Field(description="False reopens the complaint.")
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=WORDS)] = ""


class RedeemOffer(BaseModel):
    """A shop or an agent takes an offer in payment; the door has checked the code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    round: Round


WHY_NOT = {
    "unknown_survey": "There is no such survey.",
    "already_answered": "This survey has been answered.",
    "expired": "It is not open any more.",
    "erased": "The customer was erased.",
    "no_offer": "There is no such offer.",
    "already_redeemed": "This offer has been redeemed.",
}
"""One sentence for each reason of refusal."""
