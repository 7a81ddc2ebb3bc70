"""Reads triage's policy."""

from services.triage.domain.policy_model import TriagePolicy
from shared.platform.application import Surroundings, policy_of
from shared.platform.policy import Loaded


def load(around: Surroundings) -> Loaded[TriagePolicy]:
    """The policy in force; raises `PolicyError`."""
    return policy_of(around, "triage", TriagePolicy)
