"""What speaks for and against a complaint being bad, and being urgent."""

from typing import NamedTuple

from services.triage.domain.amounts import largest_amounts_in
from services.triage.domain.facts import Facts
from services.triage.domain.lexicon import Found
from services.triage.domain.policy_model import Amounts, Signals, TriagePolicy
from services.triage.domain.shouting import shouts
from services.triage.domain.weights import Weighed


class Evidence(NamedTuple):
    """One thing noticed: how many signs of it, and how the policy weighs it."""

    name: str
    weighed: Weighed
    signs: int = 1
    words: tuple[str, ...] = ()
    """Terms of the policy."""


def evidence_of(facts: Facts, found: Found, policy: TriagePolicy) -> list[Evidence]:
    """The themes found in the words, then the signals besides words."""
    themes = policy.themes
    in_words = [Evidence(name, themes[name], len(terms), tuple(terms)) for name, terms in found.items()]
    return [Evidence("start", policy.signals.start), *in_words, *_signals_of(facts, policy.signals)]


def _signals_of(facts: Facts, signals: Signals) -> list[Evidence]:
    words = facts.words
    noticed: list[Evidence] = []
    if shouts(words, signals.shouting.share, signals.shouting.letters):
        noticed.append(Evidence("shouting", signals.shouting))
    if words.count("!") >= signals.exclamations.count:
        noticed.append(Evidence("exclamations", signals.exclamations))
    if facts.rating in signals.ratings:
        noticed.append(Evidence("rating", signals.ratings[facts.rating]))  # type: ignore[index]  # it is one of the keys
    if facts.is_public:
        noticed.append(Evidence("public", signals.public, len(str(max(facts.author_reach or 1, 1)))))
    if facts.continues:
        noticed.append(Evidence("continued", signals.continued))
    if signs := _thresholds_reached(words, signals.amounts):
        noticed.append(Evidence("amount", signals.amounts, signs))
    return noticed


def _thresholds_reached(words: str, amounts: Amounts) -> int:
    reached = [
        sum(amount >= step for step in amounts.thresholds.get(currency, ()))
        for currency, amount in largest_amounts_in(words).items()
    ]
    return max(reached, default=0)
