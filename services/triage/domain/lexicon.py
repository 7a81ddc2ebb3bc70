"""Which terms of the policy occur in a text, inflected or not, and which of them are taken back by a `not`."""

from collections.abc import Mapping, Sequence

from services.triage.domain.phrases import SHORTEST_PREFIX, Phrase
from shared.text.tokens import stem_of

Found = dict[str, list[str]]
"""Theme to the distinct terms of it that occur, in order of appearance, each as the policy writes it."""

REMEMBERED_WORDS = 60_000
"""How many words of texts a lexicon remembers before it starts anew; about 10 MB."""


class Lexicon:
    """All terms of a policy as one table from a word to the phrases that start with it.

    The longest phrase wins, and its words are not looked at again.
    The table of words seen is a memo: it changes speed, never an answer.
    """

    def __init__(self, phrases: Sequence[Phrase], turns: Mapping[str, str | None]) -> None:
        """The phrases longest first; `turns` names themes whose negated terms count for another theme, or (None) not at all."""
        self._turns = turns
        self._by_word: dict[str, list[Phrase]] = {}
        self._by_stem: dict[str, list[Phrase]] = {}
        self._by_prefix: dict[str, list[Phrase]] = {}
        self._seen: dict[str, tuple[Phrase, ...] | None] = {}
        for phrase in phrases:
            if not phrase.forms:
                self._by_prefix.setdefault(phrase.prefix[:SHORTEST_PREFIX], []).append(phrase)
            else:
                (self._by_word if phrase.exact else self._by_stem).setdefault(phrase.forms[0], []).append(phrase)

    def found_in(self, tokens: Sequence[str]) -> Found:
        """The themes that occur in the tokens, with their terms."""
        found: Found = {}
        seen, free, taken_back_to, negation = self._seen, 0, 0, ""
        for place, token in enumerate(tokens):
            try:
                candidates = seen[token]
            except KeyError:
                candidates = self._starting_with(token)
            if candidates is None or place < free:
                continue
            for phrase in candidates:
                if phrase.stands_at(tokens, place):
                    break
            else:
                continue
            free = place + phrase.size
            if not phrase.themes:
                taken_back_to, negation = (free + phrase.negates if phrase.negates else 0), phrase.text
            elif place < taken_back_to:
                self._note(found, phrase, f"{negation} … {phrase.text}")
                taken_back_to = free + 2  # `no burns or cuts`: what is listed after a negated term is negated too
            else:
                after = self._negation_at(tokens, free)
                self._note(found, phrase, f"{phrase.text} … {after.text}" if after else None)
                free += after.size if after else 0
        return found

    def _note(self, found: Found, phrase: Phrase, taken_back: str | None) -> None:
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
        if place >= len(tokens):
            return None
        for phrase in self._starting_with(tokens[place]) or ():
            if phrase.negates_before and phrase.stands_at(tokens, place):
                return phrase
        return None

    def _starting_with(self, token: str) -> tuple[Phrase, ...] | None:
        if len(self._seen) >= REMEMBERED_WORDS:
            self._seen.clear()
        if token not in self._seen:
            exact = [*self._by_word.get(token, ()), *self._by_stem.get(stem_of(token), ())]
            exact.sort(key=lambda phrase: (-phrase.size, not phrase.exact))
            prefixed = [phrase for phrase in self._by_prefix.get(token[:SHORTEST_PREFIX], ()) if token.startswith(phrase.prefix)]
            self._seen[token] = (*exact, *prefixed) or None
        return self._seen[token]
