"""What a complaint is about."""

from typing import NamedTuple

from services.triage.domain.lexicon import Found
from services.triage.domain.policy_model import TriagePolicy
from shared.contracts.vocabulary import Category


class Chosen(NamedTuple):
    """A category and the terms of the policy that decided for it."""

    category: Category
    words: tuple[str, ...] = ()


def category_of(found: Found, policy: TriagePolicy) -> Chosen:
    """The category whose terms weigh most; among equals the one that the policy puts first."""
    weights: dict[Category, int] = {}
    words: dict[Category, list[str]] = {}
    for name, terms in found.items():
        theme = policy.themes[name]
        if theme.category is not None:
            weights[theme.category] = weights.get(theme.category, 0) + theme.weight * len(terms)
            words.setdefault(theme.category, []).extend(terms)
    if not weights or max(weights.values()) < policy.category.least:
        return Chosen(Category.OTHER)
    heaviest = max(weights, key=lambda category: (weights[category], -policy.category.rank(category)))
    return Chosen(heaviest, tuple(dict.fromkeys(words[heaviest])))
