"""May this tier spend that much? Each tier has its limits, by currency."""

from services.escalation.domain.policy_model import EscalationPolicy
from shared.contracts.fields import Money


def may_spend(amount: Money, tier: str, policy: EscalationPolicy) -> bool:
    """Whether the amount is within the tier's authority; a currency without a limit may not be spent."""
    rung = policy.tier(tier)
    if rung is None:
        return amount.minor == 0
    return rung.authority == "unlimited" or amount.minor <= rung.authority.get(amount.currency, 0)
