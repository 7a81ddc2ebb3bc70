import pytest

from services.escalation.domain.case import Case
from services.escalation.domain.ownership import take
from services.escalation.domain.step import Refusal
from services.escalation.domain.stub import stub
from shared.contracts.events import CaseAssigned
from shared.contracts.vocabulary import CaseState
from tests.unit.escalation.world import CUSTOMER, MONDAY, did, given, routed


@pytest.mark.parametrize("previous", ["tier:frontline", "boris"])
def test_whoever_takes_a_case_is_its_only_owner(previous: str) -> None:
    step = did(take(routed().but(owner=previous), given(MONDAY + 500, by="anna")))
    (event,) = step.events
    assert isinstance(event, CaseAssigned)
    assert (event.owner, event.previous_owner, event.tier, step.case.owner) == ("anna", previous, "frontline", "anna")


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (None, "unknown_case"),
        (stub("cmp_1", CUSTOMER), "unknown_case"),
        (routed().but(owner="anna"), "already_yours"),
        (routed().but(state=CaseState.RESOLVED), "already_resolved"),
        (routed().but(state=CaseState.CLOSED, owner="anna"), "not_open"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(case: Case | None, reason: str) -> None:
    refusal = take(case, given(MONDAY + 500, by="anna"))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason
