import pytest

from services.escalation.domain.acknowledging import hear_of_sent
from services.escalation.domain.case import Attention
from services.escalation.domain.clocks import Level
from services.escalation.domain.refining import refine
from services.escalation.domain.timing import ring
from shared.contracts.events import CaseEscalated
from shared.contracts.vocabulary import CaseState, Category, ClockKind, EscalationReason, Priority
from tests.unit.escalation.world import MONDAY, POLICY, at, did, given, names, opened, routed, sent, triaged

NOW = MONDAY + 100


def test_a_judgement_that_confirms_the_provisional_priority_says_nothing_and_moves_no_clock() -> None:
    before = opened()
    step = did(refine(triaged("P3"), before, given(NOW)))
    assert step.events == ()
    assert step.case.clocks == before.clocks
    assert (step.case.severity, step.case.urgency, step.case.category) == (40, 30, Category.DELIVERY)
    assert (step.case.triaged_at, step.case.untriaged_at) == (NOW, None)


def test_a_raised_priority_brings_the_clocks_forward_from_receipt_and_moves_the_case_up() -> None:
    step = did(refine(triaged("P1"), opened(), given(NOW, policy_hash="p2")))
    (event,) = step.events
    assert isinstance(event, CaseEscalated)
    assert (event.from_tier, event.tier, event.owner) == ("frontline", "supervisor", "tier:supervisor")
    assert (event.reason, event.priority, event.tell_customer) == (EscalationReason.TRIAGE, Priority.P1, False)
    assert event.answer_by == at("2026-11-23 15:00")
    assert [(clock.due_at, clock.policy) for clock in step.case.clocks] == [
        (at("2026-11-23 11:00"), "p2"),
        (at("2026-11-23 15:00"), "p2"),
    ]


def test_a_lowered_priority_gives_the_clocks_more_time_and_leaves_the_tier() -> None:
    step = did(refine(triaged("P4"), opened(), given(NOW)))
    assert step.events == ()
    assert [clock.due_at for clock in step.case.clocks] == [at("2026-11-24 18:00"), at("2026-12-03 23:59:59.999")]
    assert step.case.tier == "frontline"


def test_an_alert_moves_a_case_up_without_touching_the_clocks_of_its_priority() -> None:
    before = opened()
    step = did(refine(triaged("P3", alerts=("legal",)), before, given(NOW)))
    assert names(step) == ["CaseEscalated"]
    assert step.case.tier == "supervisor"
    assert step.case.clocks == before.clocks


def test_triage_never_moves_a_case_down_the_ladder() -> None:
    step = did(refine(triaged("P4", NOW + 50), routed("P1"), given(NOW + 50)))
    assert step.events == ()
    assert (step.case.tier, step.case.owner) == ("supervisor", "tier:supervisor")


def test_a_raise_that_puts_a_deadline_into_the_past_is_announced_in_the_same_step() -> None:
    late = at("2026-11-23 12:30")
    step = did(refine(triaged("P1", late), opened(), given(late)))
    assert names(step) == ["CaseEscalated", "DeadlineMissed", "CaseEscalated"]
    assert (step.case.tier, step.case.clocks[0].kind) == ("executive", ClockKind.RESOLVE)
    assert step.case.due is not None
    assert step.case.due > late


def test_a_raise_that_passes_the_warning_warns_in_the_same_step() -> None:
    late = at("2026-11-23 10:45")
    assert names(refine(triaged("P1", late), opened(), given(late))) == ["CaseEscalated", "DeadlineApproaching"]


def test_an_acknowledged_case_keeps_its_kept_clock_when_the_priority_changes() -> None:
    acknowledged = did(hear_of_sent(sent(MONDAY + 50), opened(), given(MONDAY + 50))).case
    case = did(refine(triaged("P1"), acknowledged, given(NOW))).case
    clock = case.clock(ClockKind.ACKNOWLEDGE)
    assert clock is not None
    assert (clock.level, clock.due_at) == (Level.KEPT, at("2026-11-23 15:00"))


def test_the_same_judgement_again_and_an_older_one_change_nothing() -> None:
    case = did(refine(triaged("P2"), opened(), given(NOW))).case
    assert refine(triaged("P2"), case, given(NOW + 10)) is None
    assert refine(triaged("P1", triaged_at=NOW - 1), case, given(NOW + 10)) is None


def test_a_judgement_that_comes_at_last_takes_the_untriaged_flag_away() -> None:
    flagged = did(ring(opened(), given(at("2026-11-23 10:30")))).case
    assert flagged.flags == (Attention.UNTRIAGED,)
    assert did(refine(triaged("P3"), flagged, given(at("2026-11-23 10:31")))).case.flags == ()


def test_a_priority_of_a_newer_triage_runs_under_the_provisional_clocks() -> None:
    case = did(refine(triaged("P0"), opened(), given(NOW))).case
    assert (case.priority, case.tier, case.due_at) == (Priority.OTHER, "frontline", at("2026-11-23 15:00"))


@pytest.mark.parametrize("state", [CaseState.RESOLVED, CaseState.CLOSED])
def test_a_judgement_on_a_case_that_is_over_is_only_remembered(state: CaseState) -> None:
    before = opened().but(state=state)
    step = did(refine(triaged("P1"), before, given(NOW, policy=POLICY)))
    assert (step.events, step.case.clocks, step.case.tier) == ((), before.clocks, "frontline")
    assert step.case.priority is Priority.P1
