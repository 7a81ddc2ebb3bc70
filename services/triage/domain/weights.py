"""How much a factor adds to the scores."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Ruling(BaseModel):
    """A part of the policy: frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Points(Ruling):
    """What a factor adds to a score: `first` for one sign of it, `each` for every further one, `most` at the most."""

    first: int = Field(ge=-100, le=100)
    each: int = Field(0, ge=-100, le=100)
    most: int | None = Field(None, ge=-100, le=100, description="Default: as `first`.")

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        most = self.first if self.most is None else self.most
        if min(self.first, self.each, most) < 0 < max(self.first, self.each, most):
            raise ValueError("`first`, `each` and `most` must all raise the score or all lower it")
        if abs(most) < abs(self.first):
            raise ValueError(f"`most` ({most}) must not be less than `first` ({self.first})")
        return self

    def of(self, signs: int) -> int:
        """The points of so many signs."""
        if signs <= 0:
            return 0
        reached = self.first + self.each * (signs - 1)
        most = self.first if self.most is None else self.most
        return min(reached, most) if most >= 0 else max(reached, most)


class Weighed(Ruling):
    """Something that may count for both scores."""

    severity: Points | None = None
    urgency: Points | None = None
