"""What triage keeps of a complaint, and what it says about it."""

from typing import ClassVar

from services.triage.domain.facts import Facts, facts_of
from services.triage.domain.judgement import RULES, Judgement, judgement_of
from services.triage.domain.policy_model import TriagePolicy
from shared.contracts.events import AlertRaised, ComplaintRegistered, ComplaintTriaged, Event
from shared.contracts.kept import Kept
from shared.contracts.vocabulary import Category, Language, Priority


class Assessment(Kept):
    """One judgement, with all that it takes to make it again: facts, policy hash, version of the rules, instant."""

    collection: ClassVar[str] = "assessments"
    indexed: ClassVar[tuple[str, ...]] = ("customer_id", "priority", "category", "language", "triaged_at")

    complaint_id: str
    customer_id: str
    facts: Facts
    judgement: Judgement
    triaged_at: int
    """UTC ms."""
    policy: str
    """Hash of the policy it was judged under."""
    rules: str = RULES

    @property
    def priority(self) -> Priority:
        """How soon it is anybody's turn."""
        return self.judgement.priority

    @property
    def category(self) -> Category:
        """What it is about."""
        return self.judgement.category

    @property
    def language(self) -> Language:
        """The language the customer wrote in."""
        return self.facts.language

    def forgotten(self) -> "Assessment":
        """The judgement without the words it judged, and without the terms that were found among them."""
        return self.model_copy(update={"facts": self.facts.without_words(), "judgement": self.judgement.without_words()})


def assess(complaint: ComplaintRegistered, policy: TriagePolicy, policy_hash: str, now: int) -> Assessment:
    """Judge a registered complaint."""
    facts = facts_of(complaint)
    return Assessment(
        complaint_id=complaint.complaint_id,
        customer_id=complaint.addressee.customer_id,
        facts=facts,
        judgement=judgement_of(facts, policy),
        triaged_at=now,
        policy=policy_hash,
    )


def events_of(assessment: Assessment) -> list[Event]:
    """`ComplaintTriaged`, then one `AlertRaised` per alert."""
    judgement = assessment.judgement
    about = {"complaint_id": assessment.complaint_id, "customer_id": assessment.customer_id, "policy": assessment.policy}
    triaged = ComplaintTriaged(
        **about,
        severity=judgement.severity,
        urgency=judgement.urgency,
        severity_factors=judgement.severity_factors,
        urgency_factors=judgement.urgency_factors,
        category=judgement.category,
        category_words=judgement.category_words,
        priority=judgement.priority,
        alerts=tuple(alert.kind for alert in judgement.alerts),
        language=assessment.language,
        triaged_at=assessment.triaged_at,
        rules=assessment.rules,
    )
    raised = [
        AlertRaised(**about, alert=alert.kind, words=alert.words, severity=judgement.severity, raised_at=assessment.triaged_at)
        for alert in judgement.alerts
    ]
    return [triaged, *raised]
