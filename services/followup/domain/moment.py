"""What every rule of followup is told besides the fact itself."""

from typing import Protocol

from services.followup.domain.policy_model import FollowupPolicy


class Moment(Protocol):
    """The business instant and the policy in force; the platform's `Given` is one."""

    @property
    def now(self) -> int:
        """Business instant, UTC ms."""

    @property
    def policy(self) -> FollowupPolicy:
        """The policy to decide by."""

    @property
    def policy_hash(self) -> str:
        """Its hash, as decisions record it."""

    @property
    def erased(self) -> bool:
        """True when the customer was erased."""
