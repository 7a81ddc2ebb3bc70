"""What a term of the policy looks like in a text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.text.tokens import MARKS, is_word, stem_of, tokens_of

MOST_WORDS = 4
SHORTEST_PREFIX = 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """One compiled term: what it looks like, which themes it speaks for, and what it does to its neighbours."""

    text: str
    """The term as the policy writes it, less the sign for `exactly so`."""
    forms: tuple[str, ...]
    """The forms of its words and marks; of a prefix term all but the last word."""
    prefix: str = ""
    exact: bool = False
    """True when the forms are the very words instead of their stems."""
    themes: tuple[str, ...] = ()
    negates: int = 0
    """How many words after it are taken back; 0 for a phrase that is no negation."""
    negates_before: bool = False
    """True when it takes back the term right before it, as in `травм нет`."""

    @property
    def size(self) -> int:
        """How many tokens it covers."""
        return len(self.forms) + bool(self.prefix)

    def stands_at(self, tokens: Sequence[str], start: int) -> bool:
        """True when all of it occurs from `start` on."""
        last = start + len(self.forms)
        if last + bool(self.prefix) > len(tokens):
            return False
        for form, token in zip(self.forms, tokens[start:last], strict=True):
            if form != (token if self.exact else stem_of(token)):
                return False
        return not self.prefix or tokens[last].startswith(self.prefix)


@dataclass(frozen=True, slots=True)
class Negations:
    """How words are taken back; every item is a term."""

    before: tuple[str, ...] = ()
    """What takes back the words after it, e.g. `not`."""
    after: tuple[str, ...] = ()
    """What takes back the term right before it, e.g. `нет`."""
    exceptions: tuple[str, ...] = ()
    """Phrases that look like a negation and are none, e.g. `not only`, `чуть не`."""
    limits: tuple[str, ...] = ()
    """Words at which a negation ends, e.g. `but`; a mark always ends it."""
    window: int = 2
    """How many words after a negation are taken back."""


def phrase_of(term: str) -> Phrase:
    """The term compiled, yet without a meaning; raises ValueError in words that help the author of a policy."""
    body = term.rstrip("*=")
    tokens = tokens_of(body)
    words = sum(map(is_word, tokens))
    if any(sign in body for sign in "*=") or len(term) > len(body) + 1:
        raise ValueError(f"the term {term!r} has a `*` or `=` too many: it may only end in one")
    if not tokens or words > MOST_WORDS:
        raise ValueError(f"the term {term!r} has {words} words: write one to {MOST_WORDS} (a `not` glued to a verb counts)")
    if all(stem_of(token) in MARKS for token in tokens):
        raise ValueError(f"the term {term!r} consists of marks only: write a word or a smile")
    if term.endswith("="):
        return Phrase(body, tuple(tokens), exact=True)
    if not term.endswith("*"):
        return Phrase(term, tuple(map(stem_of, tokens)))
    if len(tokens[-1]) < SHORTEST_PREFIX or not tokens[-1].isalpha():
        raise ValueError(f"the term {term!r} would match too much: write at least {SHORTEST_PREFIX} letters before the `*`")
    return Phrase(term, tuple(map(stem_of, tokens[:-1])), prefix=tokens[-1])


def problem_of(term: str) -> str | None:
    """What is wrong with a term, if anything."""
    try:
        phrase_of(term)
    except ValueError as error:
        return str(error)
    return None


def phrases_of(terms: Mapping[str, Iterable[str]], negations: Negations) -> list[Phrase]:
    """All phrases of all themes, equal ones united; longest first, and among those the most exact first."""
    united: dict[tuple[tuple[str, ...], str, bool], Phrase] = {}

    def unite(term: str, theme: str = "", negates: int = 0, before: bool = False) -> None:
        fresh = phrase_of(term)
        key = (fresh.forms, fresh.prefix, fresh.exact)
        known = united.get(key, fresh)
        themes = known.themes if not theme or theme in known.themes else (*known.themes, theme)
        united[key] = replace(
            known, themes=themes, negates=known.negates or negates, negates_before=known.negates_before or before
        )

    for theme, its_terms in terms.items():
        for term in its_terms:
            unite(term, theme)
    for term in negations.before:
        unite(term, negates=negations.window)
    for term in negations.after:
        unite(term, before=True)
    for term in (*negations.exceptions, *negations.limits):
        unite(term)
    marks = [Phrase(mark, (mark,)) for mark in sorted(MARKS)]
    return sorted([*united.values(), *marks], key=lambda phrase: (-phrase.size, not phrase.exact, phrase.prefix))
