"""Reads intake's policy."""

from services.intake.domain.policy_model import IntakePolicy
from shared.platform.application import Surroundings, policy_of
from shared.platform.policy import Loaded


def load(around: Surroundings) -> Loaded[IntakePolicy]:
    """The policy in force; raises `PolicyError`."""
    return policy_of(around, "intake", IntakePolicy)
