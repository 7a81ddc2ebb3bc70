"""What a triage policy may say."""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from services.triage.domain.lexicon import Lexicon
from services.triage.domain.phrases import phrases_of
from services.triage.domain.theme import Name, Negation, Theme
from services.triage.domain.weights import Ruling, Weighed
from shared.contracts.vocabulary import AlertKind, Category, Priority

Level = Literal["P1", "P2", "P3", "P4"]
BUILT_IN = frozenset({"cap", "floor", "start", "shouting", "exclamations", "rating", "public", "continued", "amount"})
"""Names of factors that the rules themselves use; no theme may be called so."""


class Shouting(Weighed):
    """Words in capitals."""

    share: float = Field(0.3, description="Share of the letters that must stand in such words.", gt=0, le=1)
    letters: int = Field(12, description="How many such letters there must be at the least.", ge=4)


class Exclamations(Weighed):
    """Exclamation marks."""

    count: int = Field(3, description="How many there must be.", ge=1)


class Amounts(Weighed):
    """Money in dispute: every threshold that the largest amount reaches is one sign."""

    thresholds: Mapping[str, tuple[int, ...]] = Field({}, description="ISO 4217 code to amounts in whole units, rising.")

    @field_validator("thresholds")
    @classmethod
    def _rising(cls, thresholds: Mapping[str, tuple[int, ...]]) -> Mapping[str, tuple[int, ...]]:
        for currency, steps in thresholds.items():
            if list(steps) != sorted(set(steps)):
                raise ValueError(f"the thresholds of {currency} must rise")
        return thresholds


class Signals(Ruling):
    """What counts besides words."""

    start: Weighed = Weighed()
    shouting: Shouting = Shouting()
    exclamations: Exclamations = Exclamations()
    ratings: Mapping[Literal[1, 2, 3, 4, 5], Weighed] = Field({}, description="Stars to what they mean.")
    public: Weighed = Field(Weighed(), description="Others can read it: one sign, and one more per tenfold of readers.")
    continued: Weighed = Field(Weighed(), description="It continues an earlier complaint.")
    amounts: Amounts = Amounts()


class CategoryRules(Ruling):
    """How the category is chosen."""

    least: int = Field(1, description="Below this weight it is `other`.", ge=1)
    first: tuple[Category, ...] = Field((), description="Who wins when weights are equal, in this order.")

    def rank(self, category: Category) -> int:
        """Its place among equals, 0 for the first."""
        return self.first.index(category) if category in self.first else len(self.first)


class PriorityRules(Ruling):
    """The matrix: rows by severity, columns by urgency, both from low to high."""

    severity_from: tuple[int, ...] = Field(description="Where the second and each later row begins.")
    urgency_from: tuple[int, ...] = Field(description="Where the second and each later column begins.")
    matrix: tuple[tuple[Level, ...], ...]
    at_least: Mapping[AlertKind, Level] = Field({}, description="The lowest priority an alert leaves.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        rows, columns = len(self.severity_from) + 1, len(self.urgency_from) + 1
        if len(self.matrix) != rows or any(len(row) != columns for row in self.matrix):
            raise ValueError(f"the matrix needs {rows} rows (by severity) of {columns} columns (by urgency)")
        for name, steps in (("severity_from", self.severity_from), ("urgency_from", self.urgency_from)):
            if list(steps) != sorted(set(steps)) or any(not 0 < step <= 100 for step in steps):
                raise ValueError(f"`{name}` must rise, from 1 to 100")
        lines = [*self.matrix, *zip(*self.matrix, strict=True)]
        if any(list(line) != sorted(line, reverse=True) for line in lines):
            raise ValueError(
                "the matrix must never give a worse or more urgent complaint a lower priority: check rows and columns"
            )
        return self

    def cell(self, row: int, column: int) -> Priority:
        """The priority of a cell."""
        return Priority(self.matrix[row][column])


class TriagePolicy(Ruling):
    """All that triage weighs, and how much."""

    signals: Signals
    themes: Mapping[Name, Theme]
    negation: Negation = Negation()
    category: CategoryRules = CategoryRules()
    priority: PriorityRules

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for name, theme in self.themes.items():
            if name in BUILT_IN:
                raise ValueError(f"the theme {name!r} has the name of a built-in factor: choose another one")
            if theme.turns_into is not None and theme.turns_into not in self.themes:
                raise ValueError(f"the theme {name!r} turns into {theme.turns_into!r}, which is no theme")
        return self

    @cached_property
    def lexicon(self) -> Lexicon:
        """The terms compiled, once per policy."""
        phrases = phrases_of({name: theme.terms for name, theme in self.themes.items()}, self.negation.united())
        return Lexicon(phrases, {n: theme.turns_into for n, theme in self.themes.items() if theme.when_negated != "keep"})
