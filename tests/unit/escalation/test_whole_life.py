"""What holds for every case, whatever happens to it and in whatever order."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given as anything
from hypothesis import settings
from hypothesis import strategies as st

from services.escalation import handlers
from services.escalation.domain.case import Case
from services.escalation.domain.commands import AddNote, EscalateCase, ReopenCase, ResolveCase, TakeCase
from services.escalation.handlers import escalation
from shared.contracts.events import ComplaintRegistered, ComplaintTriaged, NoticeFailed, NoticeSent, SurveyAnswered
from shared.contracts.fields import Money
from shared.contracts.vocabulary import CaseState, ClockKind, Remedy
from shared.platform.decision import Decision, Rang
from tests.unit.escalation.world import MONDAY, POLICY, at, failed, given, registered, sent, survey, triaged

RULES: dict[type, Any] = {
    ComplaintRegistered: handlers.open_the_case,
    ComplaintTriaged: handlers.refine_the_case,
    NoticeSent: handlers.stop_the_acknowledge_clock,
    NoticeFailed: handlers.show_the_failed_notice,
    SurveyAnswered: handlers.hear_the_customer,
    Rang: handlers.watch_the_clocks,
    TakeCase: handlers.take_the_case,
    AddNote: handlers.note_on_the_case,
    EscalateCase: handlers.escalate_the_case,
    ResolveCase: handlers.resolve_the_case,
    ReopenCase: handlers.reopen_the_case,
}


def happen(message: Any, case: Case | None, now: int, by: str = "escalation") -> tuple[Case | None, list[Any]]:
    """What the processor does with one message: decide, seal, keep."""
    answer = RULES[type(message)](message, case, given(now, by=by))
    if not isinstance(answer, Decision):
        return case, []
    for sealed in answer.seal:
        sealed.token, sealed.plain = f"v1.{sealed.customer_id}.sealed", None
    kept = case if answer.keep is None else Case.model_validate_json(answer.keep.model_dump_json())
    return kept, list(answer.say)


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize(("priority", "alerts"), [("P1", ()), ("P2", ("injury",)), ("P3", ()), ("P4", ("legal",))])
def test_registration_judgement_and_letter_come_to_the_same_case_in_any_order(
    order: tuple[int, ...], priority: str, alerts: tuple[str, ...]
) -> None:
    messages = [registered(), triaged(priority, alerts=alerts), sent(MONDAY + 200)]
    case: Case | None = None
    said: list[str] = []
    for position in order:
        case, events = happen(messages[position], case, MONDAY + 300)
        said += [type(event).__name__ for event in events]
    assert case is not None
    resolve = case.clock(ClockKind.RESOLVE)
    plain, _ = happen(messages[1], happen(messages[0], None, MONDAY + 300)[0], MONDAY + 300)
    assert plain is not None
    assert (case.tier, case.owner, case.priority, case.alerts) == (plain.tier, plain.owner, plain.priority, plain.alerts)
    assert resolve == plain.clock(ClockKind.RESOLVE)
    assert case.acknowledged_at == MONDAY + 200
    assert said.count("CaseOpened") == 1
    assert "DeadlineMissed" not in said


MESSAGES = st.one_of(
    st.just("registered"),
    st.sampled_from(["P1", "P2", "P3", "P4"]),
    st.sampled_from(["sent", "failed", "survey", "ring", "take", "note", "escalate", "resolve", "reopen"]),
)
STEPS = st.lists(st.tuples(MESSAGES, st.integers(0, 3 * 86_400_000), st.sampled_from(["anna", "boris"])), max_size=25)


def message(word: str, now: int, case: Case | None) -> Any:
    made: dict[str, Callable[[], Any]] = {
        "registered": registered,
        "sent": lambda: sent(now),
        "failed": lambda: failed(now, "refused"),
        "survey": lambda: survey(now, case.round if case else 1, words=True),
        "ring": lambda: Rang(now),
        "take": TakeCase,
        "note": lambda: AddNote(text="слова"),
        "escalate": lambda: EscalateCase(reason="слова"),
        "resolve": lambda: ResolveCase(remedy=Remedy.REFUND, answer="слова", amount=Money(minor=900_000, currency="RUB")),
        "reopen": lambda: ReopenCase(reason="слова"),
    }
    return made.get(word, lambda: triaged(word, now))()


@settings(max_examples=150, deadline=None)
@anything(STEPS)
def test_whatever_happens_a_case_has_one_owner_never_sinks_and_says_what_it_did(steps: list[tuple[str, int, str]]) -> None:
    case: Case | None = None
    now = MONDAY
    opened = 0
    for word, later, by in steps:
        now += later
        if word == "ring" and (case is None or case.due is None):
            continue
        before = case
        case, events = happen(message(word, now, case), case, now, by)
        opened += sum(type(event).__name__ == "CaseOpened" for event in events)
        assert {type(event) for event in events} <= set(escalation.says)
        assert case is None or not case.model_extra
        if case is None or not case.registered:
            assert events == []
            continue
        assert case.owner
        assert case.owner in ("anna", "boris", f"tier:{case.tier}")
        if before is not None and before.registered:
            assert POLICY.ranks[case.tier] >= POLICY.ranks[before.tier]
            assert case.round >= before.round
            tiers = [event.tier for event in events if type(event).__name__ == "CaseEscalated"]
            assert (case.tier == before.tier) is (not tiers)
            assert not tiers or tiers[-1] == case.tier
        if word == "ring":
            assert case.due is None or case.due > now
        assert (case.state is CaseState.CLOSED) is (case.closed_at is not None)
        assert len({clock.kind for clock in case.clocks}) == len(case.clocks) == 2
    assert opened <= 1


@settings(max_examples=80, deadline=None)
@anything(STEPS, st.sampled_from(["registered", "P1", "P4", "sent", "failed", "survey"]))
def test_an_event_said_again_under_another_id_changes_nothing(steps: list[tuple[str, int, str]], word: str) -> None:
    case: Case | None = None
    now = MONDAY
    for step, later, by in steps:
        now += later
        if step != "ring" or (case and case.due is not None):
            case, _ = happen(message(step, now, case), case, now, by)
    again = message(word, now, case)
    once, _ = happen(again, case, now)
    twice, said = happen(again, once, now + 1)
    assert (twice, said) == (once, [])


def test_a_case_that_nobody_touches_climbs_to_the_top_and_then_rests() -> None:
    case, _ = happen(registered(), None, MONDAY)
    said: list[str] = []
    rings = 0
    while case is not None and case.due is not None:
        case, events = happen(Rang(case.due), case, case.due, "timer")
        said += [type(event).__name__ for event in events]
        rings += 1
        assert rings < 20
    assert case is not None
    assert (case.tier, case.state) == ("executive", CaseState.OPEN)
    assert said.count("CaseEscalated") == 2
    assert said.count("DeadlineMissed") == 3
    assert case.attention == 1


def test_a_case_over_the_russian_new_year_is_due_after_the_holidays() -> None:
    case, _ = happen(registered(at("2026-12-30 17:30")), None, at("2026-12-30 17:30"))
    assert case is not None
    assert case.due_at == at("2027-01-11 12:30")
    resolve = case.clock(ClockKind.RESOLVE)
    assert resolve is not None
    assert resolve.due_at == at("2027-01-13 18:00")
