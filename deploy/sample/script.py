"""What agents and customers of the demo say, read from answers.yaml."""

from functools import cache
from random import Random

from deploy.sample.book import Page, Tongue, read_yaml
from deploy.sample.grammar import vary
from shared.contracts.vocabulary import Category, Remedy


class Answer(Page):
    """One way to close a case: what was done, and how the customer is told."""

    about: tuple[Category, ...]
    remedy: Remedy
    ru: str
    en: str


class Script(Page):
    """All lines of the play."""

    answers: tuple[Answer, ...]
    notes: dict[Tongue, tuple[str, ...]]
    reasons: dict[Tongue, tuple[str, ...]]
    words: dict[Tongue, dict[str, tuple[str, ...]]]


@cache
def script() -> Script:
    """The lines, read once."""
    return Script.model_validate(read_yaml("answers.yaml"))


def answer_for(category: str, tongue: Tongue, rng: Random) -> tuple[Remedy, str]:
    """A remedy and the words that go with it."""
    answers = script().answers
    fitting = [a for a in answers if category in a.about] or [a for a in answers if Category.OTHER in a.about]
    chosen = rng.choice(fitting)
    return chosen.remedy, vary(chosen.ru if tongue == "ru" else chosen.en, rng)


def line(lines: tuple[str, ...], rng: Random) -> str:
    """One of the lines, decided in its details."""
    return vary(rng.choice(lines), rng)
