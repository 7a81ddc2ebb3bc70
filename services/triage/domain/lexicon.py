"""Which terms of the policy occur in a text, inflected or not, and which of them are taken back by a `not`."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.triage.domain.phrases import SHORTEST_PREFIX, Phrase
from shared.text.tokens import stem_of

Found = dict[str, list[str]]
"""Theme to the distinct terms of it that occur, in order of appearance, each as the policy writes it."""

REMEMBERED_WORDS = 60_000
"""How many words of texts a lexicon remembers before it starts anew; about 10 MB."""
_LISTED = 2
"""How many words after a negated term are negated too: `no burns or cuts`."""


class Opening(NamedTuple):
    """What may start with a word."""

    alone: Phrase | None
    longer: Mapping[str, tuple[Phrase, ...]]
    """Form of the second word to the phrases, longest first."""
    unstemmed: tuple[Phrase, ...]
    """Phrases of which the second word is a prefix."""


class Lexicon:
    """All terms of a policy as one table from a word to the phrases that start with it.

    The longest phrase wins, and its words are not looked at again.
    The table of words seen is a memo: it changes speed, never an answer.
    """

    def __init__(self, phrases: Sequence[Phrase], turns: Mapping[str, str | None]) -> None:
        """The phrases longest first; `turns` names themes whose negated terms count for another theme, or (None) not at all."""
        self._turns = turns
        self._by_first: dict[str, list[Phrase]] = {}
        self._by_prefix: dict[str, list[Phrase]] = {}
        self._seen: dict[str, Opening | None] = {}
        for phrase in phrases:
            if phrase.forms:
                self._by_first.setdefault(stem_of(phrase.forms[0]) if phrase.exact else phrase.forms[0], []).append(phrase)
            else:
                self._by_prefix.setdefault(phrase.prefix[:SHORTEST_PREFIX], []).append(phrase)

    def found_in(self, tokens: Sequence[str]) -> Found:
        """The themes that occur in the tokens, with their terms."""
        found: Found = {}
        seen, free, taken_back_to, negation = self._seen, 0, 0, ""
        for place, token in enumerate(tokens):
            try:
                opening = seen[token]
            except KeyError:
                opening = self._opening_of(token)
            if opening is None or place < free:
                continue
            phrase = _longest_at(opening, tokens, place)
            if phrase is None:
                continue
            free = place + phrase.size
            if not phrase.themes:
                taken_back_to, negation = (free + phrase.negates if phrase.negates else 0), phrase.text
            elif place < taken_back_to:
                self._note(found, phrase, f"{negation} … {phrase.text}")
                taken_back_to = free + _LISTED
            elif after := self._negation_at(tokens, free):
                self._note(found, phrase, f"{phrase.text} … {after.text}")
                free += after.size
            else:
                self._note(found, phrase)
        return found

    def _note(self, found: Found, phrase: Phrase, taken_back: str | None = None) -> None:
        for theme in phrase.themes:
            counts_for: str | None = theme
            term = phrase.text
            if taken_back and theme in self._turns:
                counts_for, term = self._turns[theme], taken_back
            if counts_for:
                terms = found.setdefault(counts_for, [])
                if term not in terms:
                    terms.append(term)

    def _negation_at(self, tokens: Sequence[str], place: int) -> Phrase | None:
        opening = self._opening_of(tokens[place]) if place < len(tokens) else None
        phrase = _longest_at(opening, tokens, place) if opening else None
        return phrase if phrase and phrase.negates_before else None

    def _opening_of(self, token: str) -> Opening | None:
        if len(self._seen) >= REMEMBERED_WORDS:
            self._seen.clear()
        if token not in self._seen:
            starting = [
                phrase for phrase in self._by_first.get(stem_of(token), ()) if not phrase.exact or phrase.forms[0] == token
            ]
            prefixed = [phrase for phrase in self._by_prefix.get(token[:SHORTEST_PREFIX], ()) if token.startswith(phrase.prefix)]
            self._seen[token] = _opened([*starting, *prefixed])
        return self._seen[token]


def _opened(phrases: Sequence[Phrase]) -> Opening | None:
    longer: dict[str, tuple[Phrase, ...]] = {}
    for phrase in phrases:
        if len(phrase.forms) > 1:
            second = stem_of(phrase.forms[1]) if phrase.exact else phrase.forms[1]
            longer[second] = (*longer.get(second, ()), phrase)
    alone = next((phrase for phrase in phrases if phrase.size == 1), None)
    unstemmed = tuple(phrase for phrase in phrases if len(phrase.forms) == 1 and phrase.prefix)
    return Opening(alone, longer, unstemmed) if phrases else None


def _longest_at(opening: Opening, tokens: Sequence[str], place: int) -> Phrase | None:
    if place + 1 < len(tokens):
        if opening.longer:
            for phrase in opening.longer.get(stem_of(tokens[place + 1]), ()):
                if phrase.stands_at(tokens, place):
                    return phrase
        for phrase in opening.unstemmed:
            if phrase.stands_at(tokens, place):
                return phrase
    return opening.alone
