import inspect

import pytest
from pydantic import ValidationError

from services.escalation import handlers
from services.escalation.domain.commands import AddNote, EscalateCase, ReopenCase, ResolveCase, TakeCase
from services.escalation.handlers import escalation
from shared.contracts.events import (
    ComplaintRegistered,
    ComplaintTriaged,
    NoticeFailed,
    NoticeSent,
    SurveyAnswered,
)
from shared.contracts.topics import FOLLOWUPS, NOTICES, REGISTERED, TRIAGED
from shared.contracts.vocabulary import Remedy
from shared.platform.decision import NOTHING, Decision, Rang, Refused
from tests.unit.escalation.world import MONDAY, at, failed, given, opened, registered, routed, sent, survey, triaged


def test_escalation_hears_what_it_needs_and_obeys_the_desk() -> None:
    assert escalation.events_heard == [ComplaintRegistered, ComplaintTriaged, NoticeSent, NoticeFailed, SurveyAnswered]
    assert escalation.topics_heard == [REGISTERED, TRIAGED, NOTICES, FOLLOWUPS]
    assert {TakeCase, AddNote, EscalateCase, ResolveCase, ReopenCase} <= escalation.hearings.keys()
    assert [hearing.about(triaged()) for hearing in escalation.hearings[ComplaintTriaged]] == ["cmp_1"]


def test_a_handler_answers_a_decision_with_the_case_the_events_and_what_must_be_sealed() -> None:
    decision = handlers.open_the_case(registered(), None, given(MONDAY))
    assert decision.keep is not None
    assert (decision.keep.tier, [type(event).__name__ for event in decision.say]) == ("frontline", ["CaseOpened"])
    assert decision.why == "P3 provisional -> frontline"
    answer = handlers.resolve_the_case(
        ResolveCase(remedy=Remedy.APOLOGY, answer="Sorry."), decision.keep, given(MONDAY + 5, by="anna")
    )
    assert isinstance(answer, Decision)
    assert [sealed.plain for sealed in answer.seal] == ["Sorry."]


def test_what_changes_nothing_is_an_empty_decision() -> None:
    case = opened()
    assert handlers.open_the_case(registered(), case, given(MONDAY)) is NOTHING
    assert handlers.watch_the_clocks(Rang(MONDAY), case, given(MONDAY)) is NOTHING
    assert handlers.hear_the_customer(survey(MONDAY), case, given(MONDAY)) is NOTHING


def test_a_command_that_cannot_be_done_is_refused_with_reason_and_message() -> None:
    answer = handlers.take_the_case(TakeCase(), None, given(MONDAY, by="anna"))
    assert isinstance(answer, Refused)
    assert (answer.reason, bool(answer.message)) == ("unknown_case", True)


def test_every_event_that_is_said_is_declared_and_every_rule_reaches_its_transition() -> None:
    case = routed().but(owner="anna")
    late = at("2026-11-26 18:00")
    agent = given(late, by="boris")
    answers = [
        handlers.open_the_case(registered(), None, given(MONDAY)),
        handlers.refine_the_case(triaged("P1"), opened(), given(MONDAY + 100)),
        handlers.stop_the_acknowledge_clock(sent(MONDAY + 100), case, given(MONDAY + 100)),
        handlers.show_the_failed_notice(failed(MONDAY + 100), case, given(MONDAY + 100)),
        handlers.watch_the_clocks(Rang(late), case, given(late)),
        handlers.take_the_case(TakeCase(), case, agent),
        handlers.note_on_the_case(AddNote(text="x"), case, agent),
        handlers.escalate_the_case(EscalateCase(reason="x"), case, agent),
        handlers.resolve_the_case(ResolveCase(remedy=Remedy.NONE, answer="x"), case, agent),
    ]
    resolved = answers[-1]
    assert isinstance(resolved, Decision)
    assert resolved.keep is not None
    answers.append(handlers.hear_the_customer(survey(late), resolved.keep, given(late)))
    answers.append(handlers.reopen_the_case(ReopenCase(reason="x"), resolved.keep, agent))
    assert all(isinstance(answer, Decision) and answer.keep is not None for answer in answers)
    assert {type(event) for answer in answers if isinstance(answer, Decision) for event in answer.say} <= set(escalation.says)


@pytest.mark.parametrize(
    ("command", "body"),
    [
        (AddNote, {"text": "   "}),
        (AddNote, {"text": "x" * 4_001}),
        (AddNote, {"text": "x", "by": "somebody else"}),
        (EscalateCase, {}),
        (ResolveCase, {"remedy": "refund"}),
        (ResolveCase, {"remedy": "refund", "answer": "x", "amount": {"minor": -1, "currency": "RUB"}}),
        (ResolveCase, {"remedy": "refund", "answer": "x", "amount": {"minor": 1, "currency": "rub"}}),
    ],
)
def test_a_command_that_makes_no_sense_is_not_understood(command: type[AddNote], body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        command.model_validate(body)


def test_a_handler_body_stays_under_a_dozen_lines() -> None:
    rules = [hearing.decide for hearings in escalation.hearings.values() for hearing in hearings]
    rules += [hearing.decide for hearing in escalation.timers.values()]
    assert len(rules) == 11
    assert all(len(inspect.getsource(rule).splitlines()) <= 12 for rule in rules)
