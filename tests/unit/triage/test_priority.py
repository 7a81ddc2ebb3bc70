import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.priority import priority_of
from shared.contracts.vocabulary import AlertKind, Priority
from tests.unit.triage.world import judged, policy_with, shipped

RULES = policy_with().priority


@pytest.mark.parametrize(
    ("severity", "urgency", "priority"),
    [(0, 0, "P4"), (29, 29, "P4"), (30, 0, "P3"), (0, 30, "P3"), (0, 60, "P2"), (59, 59, "P3"), (60, 0, "P2"), (100, 100, "P1")],
)
def test_the_matrix_gives_the_priority(severity: int, urgency: int, priority: str) -> None:
    assert priority_of(severity, urgency, (), RULES) == (priority, ())


def test_an_alert_lifts_the_priority_and_is_named() -> None:
    assert priority_of(0, 0, [AlertKind.LEGAL], RULES) == (Priority.P2, (AlertKind.LEGAL,))
    assert priority_of(0, 0, [AlertKind.LEGAL, AlertKind.INJURY], RULES) == (Priority.P1, (AlertKind.INJURY,))


def test_an_alert_never_lowers_it() -> None:
    assert priority_of(100, 100, [AlertKind.LEGAL], RULES) == (Priority.P1, ())


def test_an_alert_that_the_policy_does_not_rank_changes_nothing() -> None:
    assert priority_of(0, 0, [AlertKind.PRESS], RULES) == (Priority.P4, ())


scores = st.integers(0, 100)


@given(scores, scores, scores, scores, st.sets(st.sampled_from(list(AlertKind))))
def test_worse_or_more_urgent_is_never_of_lower_priority(a: int, b: int, c: int, d: int, alerts: set[AlertKind]) -> None:
    rules = shipped().priority
    lower = priority_of(min(a, b), min(c, d), alerts, rules).priority
    assert priority_of(max(a, b), max(c, d), alerts, rules).priority <= lower


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("Ребёнок обжёгся вашим чайником", "P1"),
        ("The toaster caught fire", "P1"),
        ("У меня украли деньги с карты, 45 000 рублей, срочно заблокируйте!", "P1"),
        ("My flight leaves in 3 hours and I cannot check in", "P2"),
        ("Иду в суд", "P2"),
        ("Кассир нахамила мне при всех", "P3"),
        ("I still have not received my refund", "P3"),
        ("Подскажите, как оформить возврат?", "P4"),
        ("Great product, thank you!", "P4"),
    ],
)
def test_the_policy_that_ships_ranks_typical_complaints_as_people_would(text: str, priority: str) -> None:
    assert judged(text).priority == priority
