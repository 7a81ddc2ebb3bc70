import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from services.escalation.domain.clocks import CaseClock, Level, adjusted, met, missed, restart, start, stopped, warned
from services.escalation.domain.policy_model import ClockPolicy
from shared.contracts.vocabulary import ClockKind, Priority
from tests.unit.escalation.world import MONDAY, POLICY, at

OFFICE = POLICY.calendar_of("frontline")
P3 = POLICY.clocks_for(Priority.P3).resolve
P1 = POLICY.clocks_for(Priority.P1).resolve
P4 = POLICY.clocks_for(Priority.P4).resolve


def running() -> CaseClock:
    return start(ClockKind.RESOLVE, MONDAY, P3, OFFICE, "p1")


def test_a_clock_remembers_its_instants_and_the_policy_that_set_them() -> None:
    clock = running()
    assert (clock.due_at, clock.warn_at) == (at("2026-11-26 18:00"), at("2026-11-26 17:00"))
    assert (clock.level, clock.policy, clock.next_at, clock.runs) == (Level.RUNNING, "p1", clock.warn_at, True)
    assert clock.said.model_dump(mode="json") == {"kind": "resolve", "due_at": clock.due_at, "warn_at": clock.warn_at}


@pytest.mark.parametrize("warn_before", [None, "9 business days"])
def test_a_clock_too_short_to_warn_rings_only_at_its_end(warn_before: str | None) -> None:
    rule = ClockPolicy.model_validate({"within": "2 business hours", "warn_before": warn_before})
    clock = start(ClockKind.RESOLVE, MONDAY, rule, OFFICE, "p1")
    assert clock.warn_at == clock.due_at == clock.next_at == at("2026-11-23 12:00")


def test_a_warned_clock_rings_next_at_its_end_and_a_settled_one_never() -> None:
    clock = running()
    assert warned(clock).next_at == clock.due_at
    assert [settled.next_at for settled in (missed(clock), met(clock, MONDAY), stopped(clock))] == [None, None, None]


@pytest.mark.parametrize(("late", "level", "misses"), [(-1, Level.KEPT, 0), (0, Level.KEPT, 0), (1, Level.MISSED, 1)])
def test_a_promise_is_kept_up_to_its_last_millisecond(late: int, level: Level, misses: int) -> None:
    clock = met(running(), running().due_at + late)
    assert (clock.level, clock.misses, clock.met_at) == (level, misses, running().due_at + late)


def test_a_miss_that_was_announced_stays_one_even_if_the_promise_had_been_kept_in_time() -> None:
    clock = met(missed(running()), MONDAY + 1)
    assert (clock.level, clock.misses, clock.met_at) == (Level.MISSED, 1, MONDAY + 1)


def test_a_promise_is_fulfilled_once() -> None:
    first = met(running(), MONDAY + 5)
    assert met(first, MONDAY + 9) is first


def test_a_stopped_clock_is_kept_after_all_when_somebody_mends_it_in_time() -> None:
    assert met(stopped(running()), MONDAY + 5).level is Level.KEPT
    assert stopped(met(running(), MONDAY + 5)).level is Level.KEPT


def test_a_raised_priority_brings_a_clock_forward_counted_from_its_start() -> None:
    clock = adjusted(warned(running()), P1, OFFICE, "p2", raised=True)
    assert (clock.started_at, clock.due_at, clock.level, clock.policy) == (MONDAY, at("2026-11-23 15:00"), Level.RUNNING, "p2")


def test_a_raised_priority_never_makes_a_clock_later() -> None:
    assert adjusted(running(), P4, OFFICE, "p2", raised=True) == running()


def test_a_lowered_priority_gives_more_time() -> None:
    assert adjusted(running(), P4, OFFICE, "p2", raised=False).due_at == at("2026-12-03 23:59:59.999")


@pytest.mark.parametrize("settle", [missed, stopped, lambda clock: met(clock, MONDAY)])
def test_a_clock_that_does_not_run_is_not_adjusted(settle) -> None:  # type: ignore[no-untyped-def]
    clock = settle(running())
    assert adjusted(clock, P1, OFFICE, "p2", raised=True) is clock


def test_a_missed_clock_that_starts_again_remembers_its_miss() -> None:
    now = at("2026-11-26 18:00")
    clock = restart(missed(running()), now, P3, OFFICE, "p2")
    assert (clock.due_at, clock.level, clock.misses, clock.started_at) == (at("2026-11-27 18:00"), Level.RUNNING, 1, now)


@anything(st.integers(0, 400 * 86_400_000), st.sampled_from([P1, P3, P4]))
def test_a_clock_never_warns_before_it_starts_nor_after_it_ends(later: int, rule: ClockPolicy) -> None:
    clock = start(ClockKind.RESOLVE, MONDAY + later, rule, OFFICE, "p1")
    assert clock.started_at < clock.warn_at <= clock.due_at
