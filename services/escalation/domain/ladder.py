"""Which tier handles this, and which is next? Priority and alerts choose the entry, the policy the order."""

from collections.abc import Iterable

from services.escalation.domain.policy_model import EscalationPolicy
from shared.contracts.vocabulary import AlertKind, Priority


def entry_tier(priority: Priority, alerts: Iterable[AlertKind], policy: EscalationPolicy) -> str:
    """The highest tier that the priority or one of the alerts asks for."""
    entry = policy.entry
    by_priority = entry.priorities.get(priority.value) or entry.priorities[policy.untriaged.provisional_priority]  # type: ignore[call-overload]  # any text may be asked for
    raised = {alert.value for alert in alerts}
    tiers = [by_priority, *(tier for alert, tier in entry.alerts.items() if alert in raised)]
    return max(tiers, key=policy.ranks.__getitem__)


def next_tier(tier: str, policy: EscalationPolicy) -> str | None:
    """The tier above, or None at the top; a tier that the policy has dropped goes on at the lowest."""
    rank = policy.ranks.get(tier, -1) + 1
    return policy.tiers[rank].name if rank < len(policy.tiers) else None


def higher(tier: str, other: str, policy: EscalationPolicy) -> str:
    """The higher of two tiers; the first where they are level."""
    return other if policy.ranks.get(other, -1) > policy.ranks.get(tier, -1) else tier
