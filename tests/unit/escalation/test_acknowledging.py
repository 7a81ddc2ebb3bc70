import pytest

from services.escalation.domain.acknowledging import hear_of_failed, hear_of_sent
from services.escalation.domain.case import Attention, Case
from services.escalation.domain.clocks import Level
from services.escalation.domain.timing import ring
from shared.contracts.vocabulary import ClockKind
from tests.unit.escalation.world import MONDAY, at, did, failed, given, names, opened, routed, sent

DUE = at("2026-11-23 15:00")


def level(case: Case) -> Level:
    clock = case.clock(ClockKind.ACKNOWLEDGE)
    assert clock is not None
    return clock.level


def test_an_acknowledgement_in_time_keeps_the_clock_and_says_nothing() -> None:
    step = did(hear_of_sent(sent(DUE), opened(), given(DUE + 5)))
    assert (step.events, level(step.case), step.case.acknowledged_at) == ((), Level.KEPT, DUE)
    assert step.case.due_at == at("2026-11-26 18:00")


def test_an_acknowledgement_after_its_time_is_announced_as_missed_where_no_timer_did() -> None:
    step = did(hear_of_sent(sent(DUE + 1), opened(), given(DUE + 5)))
    assert (names(step), level(step.case)) == (["DeadlineMissed"], Level.MISSED)


def test_an_acknowledgement_after_an_announced_miss_is_noted_and_not_announced_again() -> None:
    missed = did(ring(routed(), given(DUE))).case
    step = did(hear_of_sent(sent(DUE + 1), missed, given(DUE + 5)))
    assert (step.events, level(step.case), step.case.acknowledged_at) == ((), Level.MISSED, DUE + 1)


def test_a_second_acknowledgement_changes_nothing() -> None:
    case = did(hear_of_sent(sent(MONDAY + 1), opened(), given(MONDAY + 1))).case
    assert hear_of_sent(sent(MONDAY + 9), case, given(MONDAY + 9)) is None


@pytest.mark.parametrize(
    ("reason", "flag"),
    [("no_route", Attention.NO_ROUTE), ("refused", Attention.NOTICE_FAILED), ("gave_up", Attention.NOTICE_FAILED)],
)
def test_an_acknowledgement_that_failed_stops_the_clock_and_becomes_a_task(reason: str, flag: Attention) -> None:
    step = did(hear_of_failed(failed(MONDAY + 1, reason), opened()))
    assert (step.events, level(step.case), step.case.flags, step.case.attention) == ((), Level.STOPPED, (flag,), 1)


def test_a_customer_who_was_erased_is_nobodys_task() -> None:
    step = did(hear_of_failed(failed(MONDAY + 1, "erased"), opened()))
    assert (level(step.case), step.case.flags) == (Level.STOPPED, ())


def test_a_letter_that_goes_out_after_all_takes_the_task_away() -> None:
    case = did(hear_of_failed(failed(MONDAY + 1), opened())).case
    step = did(hear_of_sent(sent(MONDAY + 9), case, given(MONDAY + 9)))
    assert (step.case.flags, level(step.case)) == ((), Level.KEPT)


def test_a_failure_said_twice_or_after_success_changes_nothing() -> None:
    once = did(hear_of_failed(failed(MONDAY + 1), opened())).case
    assert hear_of_failed(failed(MONDAY + 5), once) is None
    reached = did(hear_of_sent(sent(MONDAY + 9), once, given(MONDAY + 9))).case
    assert hear_of_failed(failed(MONDAY + 5), reached) is None


@pytest.mark.parametrize("notice", ["escalation", "resolution"])
def test_any_letter_we_owe_is_a_task_when_it_fails_but_stops_no_clock(notice: str) -> None:
    case = did(hear_of_failed(failed(MONDAY + 1, "refused", notice), opened())).case
    assert (case.flags, level(case)) == ((Attention.NOTICE_FAILED,), Level.RUNNING)
    assert did(hear_of_sent(sent(MONDAY + 2, notice), case, given(MONDAY + 2))).case.flags == ()


@pytest.mark.parametrize("notice", ["survey", "offer", "newer_kind"])
def test_letters_that_nobody_waits_for_are_not_our_business(notice: str) -> None:
    assert hear_of_sent(sent(MONDAY, notice), opened(), given(MONDAY)) is None
    assert hear_of_failed(failed(MONDAY, "refused", notice), opened()) is None


def test_a_letter_other_than_the_acknowledgement_opens_no_stub() -> None:
    assert hear_of_sent(sent(MONDAY, "resolution"), None, given(MONDAY)) is None
