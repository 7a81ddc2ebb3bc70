"""Reads followup's policy."""

from services.followup.domain.policy_model import FollowupPolicy
from shared.platform.application import Surroundings, policy_of
from shared.platform.policy import Loaded


def load(around: Surroundings) -> Loaded[FollowupPolicy]:
    """The policy in force; raises `PolicyError`."""
    return policy_of(around, "followup", FollowupPolicy)
