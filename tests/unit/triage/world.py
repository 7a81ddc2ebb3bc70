"""The policy that ships, small policies, and complaints, for the tests of triage."""

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from services.triage.domain.judgement import Judgement
from services.triage.domain.policy_model import TriagePolicy
from services.triage.domain.preview import preview
from shared.contracts.events import ComplaintRegistered
from shared.contracts.fields import Addressee
from shared.contracts.vocabulary import Channel, Language
from shared.text.tokens import tokens_of

SHIPPED = Path(__file__).parents[3] / "deploy" / "policies" / "triage.yaml"
MATRIX: dict[str, Any] = {
    "severity_from": [30, 60],
    "urgency_from": [30, 60],
    "matrix": [["P4", "P3", "P2"], ["P3", "P3", "P2"], ["P2", "P2", "P1"]],
    "at_least": {"injury": "P1", "legal": "P2"},
}


@cache
def shipped() -> TriagePolicy:
    """The policy in `deploy/policies`."""
    return TriagePolicy.model_validate(YAML(typ="safe", pure=True).load(SHIPPED))


def policy_with(signals: dict[str, Any] | None = None, negation: dict[str, Any] | None = None, **themes: Any) -> TriagePolicy:
    """A policy of just these themes; `not` and `не` take back two words."""
    words = negation or {"ru": {"before": ["не", "без"], "after": ["нет"]}, "en": {"before": ["not", "no"], "limits": ["but"]}}
    body = {"signals": signals or {}, "themes": themes, "negation": words, "priority": MATRIX}
    return TriagePolicy.model_validate(body)


def terms_in(text: str, policy: TriagePolicy) -> dict[str, list[str]]:
    """Theme to the terms found in a text."""
    return policy.lexicon.found_in(tokens_of(text))


def judged(text: str, **facts: Any) -> Judgement:
    """The judgement of the policy that ships."""
    return preview(text, shipped(), **facts)


def complaint(text: str = "Курьер опоздал", **fields: Any) -> ComplaintRegistered:
    """A registered complaint of one customer."""
    addressee = Addressee(customer_id="cus_1", language=Language.RU, channel=Channel.CHAT)
    body: dict[str, Any] = {"source": "shop", "received_at": 1_000, "registered_at": 2_000, "masked_text": text}
    return ComplaintRegistered(complaint_id="cpl_1", addressee=addressee, **{**body, **fields})
