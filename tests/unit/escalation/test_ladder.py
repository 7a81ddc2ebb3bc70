import pytest

from services.escalation.domain.authority import may_spend
from services.escalation.domain.ladder import entry_tier, higher, next_tier
from shared.contracts.fields import Money
from shared.contracts.vocabulary import AlertKind, Priority
from tests.unit.escalation.world import POLICY


@pytest.mark.parametrize(
    ("priority", "alerts", "tier"),
    [
        (Priority.P4, (), "frontline"),
        (Priority.P3, (), "frontline"),
        (Priority.P2, (), "supervisor"),
        (Priority.P4, (AlertKind.LEGAL,), "supervisor"),
        (Priority.P4, (AlertKind.INJURY,), "executive"),
        (Priority.P1, (AlertKind.LEGAL, AlertKind.INJURY), "executive"),
        (Priority.P3, (AlertKind.PRESS,), "frontline"),
        (Priority.P3, (AlertKind.OTHER,), "frontline"),
        (Priority.OTHER, (), "frontline"),
    ],
)
def test_a_case_enters_at_the_highest_tier_that_anything_asks_for(
    priority: Priority, alerts: tuple[AlertKind, ...], tier: str
) -> None:
    assert entry_tier(priority, alerts, POLICY) == tier


@pytest.mark.parametrize(("tier", "above"), [("frontline", "supervisor"), ("supervisor", "executive"), ("executive", None)])
def test_the_next_tier_is_the_one_above_and_the_top_has_none(tier: str, above: str | None) -> None:
    assert next_tier(tier, POLICY) == above


def test_a_tier_that_was_dropped_goes_on_at_the_lowest() -> None:
    assert next_tier("gone", POLICY) == "frontline"


@pytest.mark.parametrize(
    ("one", "other", "result"),
    [("frontline", "executive", "executive"), ("executive", "frontline", "executive"), ("gone", "frontline", "frontline")],
)
def test_the_higher_of_two_tiers_wins(one: str, other: str, result: str) -> None:
    assert higher(one, other, POLICY) == result


@pytest.mark.parametrize(
    ("minor", "currency", "tier", "allowed"),
    [
        (300_000, "RUB", "frontline", True),
        (300_001, "RUB", "frontline", False),
        (300_001, "RUB", "supervisor", True),
        (1, "EUR", "supervisor", False),
        (0, "EUR", "supervisor", True),
        (10**12, "EUR", "executive", True),
        (1, "RUB", "gone", False),
    ],
)
def test_a_tier_spends_up_to_its_limit_in_each_currency(minor: int, currency: str, tier: str, allowed: bool) -> None:
    assert may_spend(Money(minor=minor, currency=currency), tier, POLICY) is allowed
