import pytest

from services.escalation.domain.case import Case
from services.escalation.domain.closing import close_when_due
from services.escalation.domain.commands import ResolveCase
from services.escalation.domain.resolving import resolve
from services.escalation.domain.timing import ring
from shared.contracts.events import CaseClosed
from shared.contracts.vocabulary import CaseState, Remedy
from tests.unit.escalation.world import MONDAY, at, did, given, opened, routed

CLOSES_AT = at("2026-12-01 23:59:59.999")


def resolved() -> Case:
    command = ResolveCase(remedy=Remedy.APOLOGY, answer="Простите нас.")
    return did(resolve(command, routed(), given(at("2026-11-24 10:00"), by="anna"))).case


def test_a_resolved_case_closes_when_nobody_objects() -> None:
    assert ring(resolved(), given(CLOSES_AT - 1)) is None
    step = did(ring(resolved(), given(CLOSES_AT, by="timer")))
    (event,) = step.events
    assert isinstance(event, CaseClosed)
    assert (event.received_at, event.tier, event.by, event.at) == (MONDAY, "frontline", "timer", CLOSES_AT)
    assert (step.case.state, step.case.closed_at, step.case.due) == (CaseState.CLOSED, CLOSES_AT, None)


@pytest.mark.parametrize("case", [opened(), resolved().but(state=CaseState.CLOSED, close_at=None), resolved().but(close_at=None)])
def test_a_case_that_does_not_wait_to_be_closed_is_not_closed(case: Case) -> None:
    assert close_when_due(case, given(CLOSES_AT + 1)) is None


def test_a_clock_that_is_left_over_never_rings_in_a_resolved_case() -> None:
    case = resolved().but(clocks=opened().clocks)
    assert case.due == CLOSES_AT
    assert ring(case, given(CLOSES_AT - 1)) is None
