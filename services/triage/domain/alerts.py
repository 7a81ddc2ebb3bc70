"""Who must hear of a complaint now, and because of which words."""

from pydantic import BaseModel, ConfigDict

from services.triage.domain.lexicon import Found
from services.triage.domain.policy_model import TriagePolicy
from shared.contracts.vocabulary import AlertKind


class Alert(BaseModel):
    """One reason to call somebody."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: AlertKind
    words: tuple[str, ...] = ()
    """Terms of the policy."""


def alerts_of(found: Found, policy: TriagePolicy) -> tuple[Alert, ...]:
    """The alerts that the themes found raise, one of a kind, in order of the vocabulary."""
    words: dict[AlertKind, list[str]] = {}
    for name, terms in found.items():
        kind = policy.themes[name].alert
        if kind is not None:
            words.setdefault(kind, []).extend(terms)
    return tuple(Alert(kind=kind, words=tuple(dict.fromkeys(words[kind]))) for kind in AlertKind if kind in words)
