"""Reads escalation's policy."""

from services.escalation.domain.policy_model import EscalationPolicy
from shared.platform.application import Surroundings, policy_of
from shared.platform.policy import Loaded


def load(around: Surroundings) -> Loaded[EscalationPolicy]:
    """The policy in force; raises `PolicyError`."""
    return policy_of(around, "escalation", EscalationPolicy)
