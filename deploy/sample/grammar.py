"""How a body becomes a text: slots are filled, each name once, so that a text agrees with itself."""

import re
from random import Random

from deploy.sample.book import Body, Book
from deploy.sample.details import detail
from deploy.sample.people import Person

_SLOT = re.compile(r"\{([^{}]+)\}")
_WORD = re.compile(r"(?<![\w@.-])[a-zа-яё]{6,}(?![\w@-])")


class Filling:
    """One message in the making: what has been chosen for its slots so far."""

    def __init__(self, book: Book, body: Body, person: Person, rng: Random, known: dict[str, str]) -> None:
        """`known` holds slots whose value is given, e.g. the order of an earlier message."""
        self._book, self._body, self._person, self._rng = book, body, person, rng
        self.values = dict(known)

    def fill(self, text: str) -> str:
        """The text with every slot filled."""
        return _SLOT.sub(lambda found: self._value(found[1]), text).replace("руб..", "руб.")

    def _value(self, slot: str) -> str:
        if "|" in slot:
            return slot.split("|")[self._person.female]
        if "~" in slot:
            return self._rng.choice(slot.split("~"))
        name = slot[0].lower() + slot[1:]
        if name not in self.values:
            self.values[name] = self._choose(name)
        value = self.values[name]
        return value[0].upper() + value[1:] if slot[0].isupper() else value

    def _choose(self, name: str) -> str:
        bare = name.rstrip("0123456789")
        choices = self._body.slots.get(name) or self._book.words.get(name) or self._book.words.get(bare)
        if choices:
            return self.fill(self._rng.choice(choices))
        try:
            return detail(name, self._person, self._body.line, self._rng)
        except KeyError:
            return detail(bare, self._person, self._body.line, self._rng)


def vary(text: str, rng: Random) -> str:
    """The text with every `{this~that}` decided."""
    return _SLOT.sub(lambda found: rng.choice(found[1].split("~")), text)


def typed(text: str, hasty: bool, rng: Random) -> str:
    """The text as fingers bring it to the screen: ё is often е, and in a hurry letters swap and full stops go missing."""
    if rng.random() < 0.4:
        text = text.replace("ё", "е").replace("Ё", "Е")
    if not hasty or len(text) < 40:
        return text
    if rng.random() < 0.25:
        text = (text[0].lower() + text[1:]).rstrip(".")
    if rng.random() < 0.25:
        text = _misspelt(text, rng)
    return text


def _misspelt(text: str, rng: Random) -> str:
    words = list(_WORD.finditer(text))
    for found in rng.sample(words, min(len(words), rng.randint(1, 3))):
        at = rng.randint(found.start() + 1, found.end() - 3)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text
