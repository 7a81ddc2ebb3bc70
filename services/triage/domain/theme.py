"""Which words mean the same to us, and what they mean."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from services.triage.domain.phrases import Negations, problem_of
from services.triage.domain.weights import Ruling, Weighed
from shared.contracts.vocabulary import AlertKind, Category


def _usable(terms: tuple[str, ...]) -> tuple[str, ...]:
    if problems := [problem for problem in map(problem_of, terms) if problem]:
        raise ValueError("; ".join(problems))
    return terms


Terms = Annotated[tuple[str, ...], AfterValidator(_usable)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$", max_length=60)]


class Theme(Weighed):
    """Terms that mean the same to us, and what they mean: for the scores, the category and the alerts."""

    ru: Terms = ()
    en: Terms = ()
    signs: Terms = Field((), description="Smiles and emoji, of any language.")
    category: Category | None = None
    weight: int = Field(1, description="What each distinct term adds to the category.", ge=1, le=20)
    alert: AlertKind | None = None
    when_negated: Literal["drop", "keep", "turn"] = Field("drop", description="What `not` does to a term of this theme.")
    turns_into: Name | None = Field(None, description="The theme that a negated term counts for; with `turn` only.")

    @field_validator("category", "alert", mode="before")
    @classmethod
    def _is_a_known_word(cls, word: object, info: ValidationInfo) -> object:
        known = [str(name) for name in (Category if info.field_name == "category" else AlertKind) if name != "other"]
        if word is not None and word not in known:  # the vocabulary itself would read it as `other`
            raise ValueError(f"there is no {info.field_name} {word!r}: write one of {', '.join(known)}")
        return word

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if not self.terms:
            raise ValueError("a theme needs terms: write some under `ru`, `en` or `signs`")
        if (self.when_negated == "turn") != (self.turns_into is not None):
            raise ValueError("`turns_into` belongs to `when_negated: turn`, and the other way round")
        return self

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms of all languages."""
        return (*self.ru, *self.en, *self.signs)


class NegationWords(Ruling):
    """How words are taken back in one language."""

    before: Terms = Field((), description="Takes back the words after it, e.g. `not`.")
    after: Terms = Field((), description="Takes back the term right before it, e.g. `нет`.")
    exceptions: Terms = Field((), description="Looks like a negation and is none, e.g. `not only`.")
    limits: Terms = Field((), description="Words at which a negation ends, e.g. `but`.")


class Negation(Ruling):
    """How words are taken back."""

    window: int = Field(2, description="How many words after a negation are taken back.", ge=1, le=5)
    ru: NegationWords = NegationWords()
    en: NegationWords = NegationWords()

    def united(self) -> Negations:
        """Both languages as one, for customers mix them."""
        ru, en = self.ru, self.en
        return Negations(
            ru.before + en.before, ru.after + en.after, ru.exceptions + en.exceptions, ru.limits + en.limits, self.window
        )
