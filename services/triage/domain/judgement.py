"""How a complaint is judged, and why."""

from pydantic import BaseModel, ConfigDict

from services.triage.domain.alerts import Alert, alerts_of
from services.triage.domain.category import category_of
from services.triage.domain.evidence import evidence_of
from services.triage.domain.facts import Facts
from services.triage.domain.policy_model import TriagePolicy
from services.triage.domain.priority import priority_of
from services.triage.domain.severity import severity_of
from services.triage.domain.urgency import urgency_of
from shared.contracts.fields import Factor
from shared.contracts.vocabulary import AlertKind, Category, Priority
from shared.text.tokens import tokens_of

RULES = "triage-1"
"""Version of these rules: raise it with every change that can change a judgement."""


class Judgement(BaseModel):
    """How bad, how soon, about what, and because of which words; the points of the factors are the scores exactly."""

    model_config = ConfigDict(frozen=True, extra="allow")

    severity: int
    urgency: int
    severity_factors: tuple[Factor, ...] = ()
    urgency_factors: tuple[Factor, ...] = ()
    category: Category = Category.OTHER
    category_words: tuple[str, ...] = ()
    priority: Priority
    lifted_by: tuple[AlertKind, ...] = ()
    """Alerts that lifted the priority above its cell of the matrix."""
    alerts: tuple[Alert, ...] = ()

    def without_words(self) -> "Judgement":
        """The same scores for the same reasons, silent about what the customer's text held."""
        severity = tuple(factor.without_words() for factor in self.severity_factors)
        urgency = tuple(factor.without_words() for factor in self.urgency_factors)
        alerts = tuple(alert.model_copy(update={"words": ()}) for alert in self.alerts)
        changes = {"severity_factors": severity, "urgency_factors": urgency, "category_words": (), "alerts": alerts}
        return self.model_copy(update=changes)


def judgement_of(facts: Facts, policy: TriagePolicy) -> Judgement:
    """Judge the facts under the policy; the same facts and policy always give the same judgement."""
    found = policy.lexicon.found_in(tokens_of(facts.words))
    evidence = evidence_of(facts, found, policy)
    severity, urgency = severity_of(evidence), urgency_of(evidence)
    alerts = alerts_of(found, policy)
    ranked = priority_of(severity.score, urgency.score, [alert.kind for alert in alerts], policy.priority)
    category = category_of(found, policy)
    return Judgement(
        severity=severity.score,
        urgency=urgency.score,
        severity_factors=severity.factors,
        urgency_factors=urgency.factors,
        category=category.category,
        category_words=category.words,
        priority=ranked.priority,
        lifted_by=ranked.lifted_by,
        alerts=alerts,
    )
