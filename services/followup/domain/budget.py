"""What a month may still give away: one bucket of one currency, which is never overdrawn."""

from datetime import UTC, datetime
from typing import ClassVar

from pydantic import Field

from shared.contracts.events import MoneyReturned, OfferDenied, OfferGranted, OfferWanted
from shared.contracts.identity import digest
from shared.contracts.kept import Kept


class Budget(Kept):
    """One bucket of a month's budget; its id is `<currency>-<YYYY-MM>-<bucket>`, amounts in minor units."""

    collection: ClassVar[str] = "budgets"
    indexed: ClassVar[tuple[str, ...]] = ("currency", "month", "committed_minor", "limit_minor")

    budget_id: str
    limit_minor: int = 0
    """What this bucket may give away, by the policy in force when it was last asked."""
    granted: dict[str, int] = Field(default_factory=dict)
    """Money set aside and not returned, by `<complaint id>|<round>`."""
    returned: dict[str, int] = Field(default_factory=dict)
    """Money that came back, by the same key: so that nobody is granted twice."""

    @property
    def currency(self) -> str:
        """ISO 4217 code, as the id says."""
        return self.budget_id.split("-", 1)[0]

    @property
    def month(self) -> str:
        """Calendar month in UTC, e.g. `2026-03`."""
        return self.budget_id.split("-", 1)[1].rsplit("-", 1)[0]

    @property
    def committed_minor(self) -> int:
        """All that is set aside or spent, minor units."""
        return sum(self.granted.values())


def budget_id_for(complaint_id: str, currency: str, now: int, buckets: int) -> str:
    """The bucket that a complaint always asks in this month (UTC)."""
    month = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m")
    bucket = int(digest("bucket", complaint_id)[:8], 16) % buckets
    return f"{currency}-{month}-{bucket}"


def grant(budget: Budget, wanted: OfferWanted, limit_minor: int, now: int) -> tuple[Budget, OfferGranted | OfferDenied] | None:
    """Set the money aside if the limit allows, else say that it does not; None where this was granted before."""
    key = f"{wanted.complaint_id}|{wanted.round}"
    if key in budget.granted or key in budget.returned:
        return None
    fits = wanted.amount.currency == budget.currency and budget.committed_minor + wanted.amount.minor <= limit_minor
    granted = {**budget.granted, key: wanted.amount.minor} if fits else budget.granted
    answer = (OfferGranted if fits else OfferDenied)(
        complaint_id=wanted.complaint_id, budget_id=budget.budget_id, round=wanted.round, amount=wanted.amount, at=now
    )
    return budget.model_copy(update={"granted": granted, "limit_minor": limit_minor}), answer


def take_back(budget: Budget, money: MoneyReturned) -> Budget | None:
    """Free the money of one grant, as much as was granted; None where nothing is set aside for it."""
    key = f"{money.complaint_id}|{money.round}"
    if key not in budget.granted:
        return None
    granted = {known: minor for known, minor in budget.granted.items() if known != key}
    return budget.model_copy(update={"granted": granted, "returned": {**budget.returned, key: budget.granted[key]}})
