"""What triage says: how bad, how soon, about what, and why."""

from typing import ClassVar

from pydantic import Field

from shared.contracts import topics
from shared.contracts.events.base import Event
from shared.contracts.fields import ComplaintId, CustomerId, Factor, Instant, PolicyHash, Score
from shared.contracts.vocabulary import AlertKind, Category, Language, Priority


class ComplaintTriaged(Event):
    """A complaint was judged; the points of the factors add up to the scores exactly."""

    topic: ClassVar = topics.TRIAGED

    complaint_id: ComplaintId
    customer_id: CustomerId
    severity: Score
    urgency: Score
    severity_factors: tuple[Factor, ...] = Field((), description="Their points add up to the severity exactly.")
    urgency_factors: tuple[Factor, ...] = Field((), description="Their points add up to the urgency exactly.")
    category: Category = Category.OTHER
    category_words: tuple[str, ...] = Field((), description="Terms of the policy that decided the category.")
    priority: Priority
    alerts: tuple[AlertKind, ...] = Field((), description="What somebody must look at, whatever the priority.")
    language: Language = Language.OTHER
    triaged_at: Instant
    policy: PolicyHash
    rules: str = Field(description="Version of the rules, i.e. of the code that judged.", max_length=40)

    def forgotten(self) -> "ComplaintTriaged":
        """The same judgement, silent about what the customer's text held."""
        severity = tuple(factor.without_words() for factor in self.severity_factors)
        urgency = tuple(factor.without_words() for factor in self.urgency_factors)
        return self.model_copy(update={"severity_factors": severity, "urgency_factors": urgency, "category_words": ()})


class AlertRaised(Event):
    """Somebody must hear of this complaint now."""

    topic: ClassVar = topics.TRIAGED

    complaint_id: ComplaintId
    customer_id: CustomerId
    alert: AlertKind
    words: tuple[str, ...] = Field((), description="Terms of the policy that raised it.")
    severity: Score
    raised_at: Instant
    policy: PolicyHash

    def forgotten(self) -> "AlertRaised":
        """The same alert, silent about what the customer's text held."""
        return self.model_copy(update={"words": ()})
