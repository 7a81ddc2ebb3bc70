from services.escalation.domain.acknowledging import hear_of_sent
from services.escalation.domain.case import Attention, Case
from services.escalation.domain.clocks import Level
from services.escalation.domain.policy_model import EscalationPolicy
from services.escalation.domain.timing import ring
from shared.contracts.events import CaseEscalated, DeadlineApproaching, DeadlineMissed
from shared.contracts.vocabulary import ClockKind, EscalationReason
from tests.unit.escalation.world import MONDAY, POLICY, at, did, given, names, opened, policy_data, routed, sent

ACKNOWLEDGE_WARNING = at("2026-11-23 14:30")
ACKNOWLEDGE_DUE = at("2026-11-23 15:00")
RESOLVE_WARNING = at("2026-11-26 17:00")
RESOLVE_DUE = at("2026-11-26 18:00")


def acknowledged() -> Case:
    return did(hear_of_sent(sent(MONDAY + 200), routed(), given(MONDAY + 200))).case


def test_nothing_happens_before_something_is_due() -> None:
    assert ring(routed(), given(ACKNOWLEDGE_WARNING - 1)) is None
    assert routed().due == ACKNOWLEDGE_WARNING


def test_a_clock_warns_its_owner_once_before_it_runs_out() -> None:
    step = did(ring(routed(), given(ACKNOWLEDGE_WARNING, by="timer")))
    (event,) = step.events
    assert isinstance(event, DeadlineApproaching)
    assert (event.clock, event.due_at, event.owner, event.by) == (
        ClockKind.ACKNOWLEDGE,
        ACKNOWLEDGE_DUE,
        "tier:frontline",
        "timer",
    )
    assert step.case.due == ACKNOWLEDGE_DUE
    assert ring(step.case, given(ACKNOWLEDGE_WARNING + 1)) is None


def test_a_missed_deadline_moves_the_case_up_one_tier() -> None:
    step = did(ring(acknowledged(), given(RESOLVE_DUE, by="timer")))
    missed, escalated = step.events
    assert isinstance(missed, DeadlineMissed)
    assert isinstance(escalated, CaseEscalated)
    assert (missed.tier, missed.owner, missed.due_at, missed.round) == ("frontline", "tier:frontline", RESOLVE_DUE, 1)
    assert (escalated.from_tier, escalated.tier, escalated.owner) == ("frontline", "supervisor", "tier:supervisor")
    assert (escalated.reason, escalated.clock, escalated.tell_customer) == (
        EscalationReason.DEADLINE_MISSED,
        ClockKind.RESOLVE,
        True,
    )


def test_the_next_tier_gets_a_time_of_its_own_to_answer_in_a_new_round() -> None:
    step = did(ring(acknowledged(), given(RESOLVE_DUE, by="timer")))
    escalated = step.events[-1]
    assert isinstance(escalated, CaseEscalated)
    assert (step.case.round, escalated.round) == (2, 2)
    assert step.case.due_at == escalated.answer_by == at("2026-11-27 18:00")
    again = did(ring(step.case, given(at("2026-11-27 18:00"), by="timer")))
    assert (names(again), again.case.tier, again.case.round) == (["DeadlineMissed", "CaseEscalated"], "executive", 3)


def test_at_the_top_of_the_ladder_a_miss_is_announced_once_and_the_case_stays() -> None:
    case = acknowledged().but(tier="executive", owner="anna")
    step = did(ring(case, given(RESOLVE_DUE, by="timer")))
    assert (names(step), step.case.tier, step.case.owner, step.case.round) == (["DeadlineMissed"], "executive", "anna", 1)
    assert (step.case.due, step.case.due_at) == (None, None)
    assert ring(step.case, given(RESOLVE_DUE + 10**9)) is None


def test_without_a_second_go_in_the_policy_a_missed_clock_stays_missed() -> None:
    data = policy_data()
    del data["clocks"]["P3"]["resolve"]["after_miss"]
    step = did(ring(acknowledged(), given(RESOLVE_DUE, policy=EscalationPolicy.model_validate(data))))
    escalated = step.events[-1]
    assert isinstance(escalated, CaseEscalated)
    assert (escalated.answer_by, step.case.round, step.case.due) == (None, 1, None)


def test_two_misses_at_once_are_two_announcements_and_one_step_up() -> None:
    step = did(ring(routed(), given(RESOLVE_DUE)))
    assert names(step) == ["DeadlineMissed", "DeadlineMissed", "CaseEscalated"]
    assert step.case.tier == "supervisor"
    assert isinstance(step.events[-1], CaseEscalated)
    assert step.events[-1].clock is ClockKind.RESOLVE


def test_a_late_timer_does_not_warn_of_what_is_missed_already() -> None:
    assert names(ring(routed(), given(ACKNOWLEDGE_DUE + 1))) == ["DeadlineMissed", "CaseEscalated"]


def test_a_missed_acknowledgement_gets_no_second_go_and_leaves_the_resolve_clock_alone() -> None:
    case = did(ring(routed(), given(ACKNOWLEDGE_DUE))).case
    levels = {clock.kind: clock.level for clock in case.clocks}
    assert levels == {ClockKind.ACKNOWLEDGE: Level.MISSED, ClockKind.RESOLVE: Level.RUNNING}
    assert (case.round, case.due) == (1, RESOLVE_WARNING)


def test_a_case_that_triage_is_silent_about_is_flagged_and_stays_where_the_default_tier_is() -> None:
    later = at("2026-11-23 10:30")
    assert opened().due == later
    step = did(ring(opened(), given(later, by="timer")))
    assert (step.events, step.case.flags, step.case.tier) == ((), (Attention.UNTRIAGED,), "frontline")
    assert ring(step.case, given(later + 1)) is None


def test_a_default_tier_above_takes_an_untriaged_case_up() -> None:
    data = policy_data()
    data["untriaged"]["tier"] = "supervisor"
    step = did(ring(opened(), given(at("2026-11-23 10:30"), policy=EscalationPolicy.model_validate(data))))
    (event,) = step.events
    assert isinstance(event, CaseEscalated)
    assert (event.tier, event.reason, event.tell_customer, step.case.flags) == (
        "supervisor",
        EscalationReason.OTHER,
        False,
        (Attention.UNTRIAGED,),
    )


def test_clocks_that_run_keep_their_instants_under_a_new_policy() -> None:
    data = policy_data()
    data["clocks"]["P3"]["acknowledge"]["within"] = "8 business hours"
    new = EscalationPolicy.model_validate(data)
    step = did(ring(routed(), given(ACKNOWLEDGE_DUE, policy=new, policy_hash="p2")))
    assert names(step) == ["DeadlineMissed", "CaseEscalated"]
    assert {event.policy for event in step.events} == {"p2"}  # type: ignore[attr-defined]
    clock = step.case.clock(ClockKind.ACKNOWLEDGE)
    assert clock is not None
    assert (clock.due_at, clock.policy) == (ACKNOWLEDGE_DUE, "p1")


def test_a_tier_that_a_new_policy_has_dropped_still_climbs() -> None:
    case = acknowledged().but(tier="gone", owner="tier:gone")
    step = did(ring(case, given(RESOLVE_DUE, policy=POLICY)))
    assert step.case.tier == "frontline"
