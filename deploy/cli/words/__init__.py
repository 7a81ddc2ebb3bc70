"""Every human sentence of the command line, in both languages; the language follows REDRESS_LANG, else the locale."""

import os
from typing import Literal

from deploy.cli.words import (
    commands,
    demo,
    doctor,
    losses,
    problems,
    publishing,
    running,
    screens,
    setting_up,
    tale,
    terms,
    troubles,
)

Tongue = Literal["en", "ru"]
Pair = tuple[str, str]
"""English, Russian."""

WORDS: dict[str, Pair] = {
    **commands.WORDS,
    **screens.WORDS,
    **tale.WORDS,
    **publishing.WORDS,
    **losses.WORDS,
    **setting_up.WORDS,
    **doctor.WORDS,
    **demo.WORDS,
    **running.WORDS,
    **troubles.WORDS,
}
NOUNS: dict[str, tuple[tuple[str, str], tuple[str, str, str]]] = {
    "byte": (("byte", "bytes"), ("байт", "байта", "байт")),
    "record": (("record", "records"), ("запись", "записи", "записей")),
}


def language() -> Tongue:
    """Russian where REDRESS_LANG, else LC_ALL, LC_MESSAGES or LANG, begins with `ru`; else English."""
    for name in ("REDRESS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "ru" if value.lower().startswith("ru") else "en"
    return "en"


def say(key: str, /, **values: object) -> str:
    """The sentence in the language of the moment, with its gaps filled."""
    sentence = WORDS[key][language() == "ru"]
    return sentence.format(**values) if values else sentence


def some(number: int, noun: str) -> str:
    """A number with its noun in the right form: `1 record`, `5 записей`."""
    english, russian = NOUNS[noun]
    if language() == "en":
        return f"{number} {english[number != 1]}"
    tens, ones = number % 100, number % 10
    form = 2 if 11 <= tens <= 14 or ones == 0 or ones >= 5 else 0 if ones == 1 else 1
    return f"{number} {russian[form]}"


def term(word: str) -> str:
    """A word of the contracts (state, reason, channel, service) as people say it; unknown ones stay as they are."""
    pair = terms.TERMS.get(word)
    return pair[language() == "ru"] if pair else word.replace("_", " ")


def wrong(said: str) -> str:
    """What a service or a schema finds wrong with an input, or the remedy, in the language of the moment."""
    return problems.in_english(said) if language() == "en" else problems.in_russian(said) or said


def phrase_of(reason: str) -> str:
    """A reason of the history that is said as a whole."""
    return tale.PHRASES[reason][language() == "ru"]
