import pytest

from services.escalation.domain.case import Attention, Case, NoteKind
from services.escalation.domain.commands import ReopenCase, ResolveCase
from services.escalation.domain.policy_model import EscalationPolicy
from services.escalation.domain.reopening import reopen_on_request, reopen_on_survey
from services.escalation.domain.resolving import resolve
from services.escalation.domain.step import Refusal
from services.escalation.domain.stub import stub
from services.escalation.domain.timing import ring
from shared.contracts.events import CaseEscalated, CaseReopened
from shared.contracts.vocabulary import CaseState, ClockKind, EscalationReason, Remedy
from tests.unit.escalation.world import CUSTOMER, at, did, given, names, policy_data, routed, survey

RESOLVED_AT = at("2026-11-24 10:00")
CLOSES_AT = at("2026-12-01 23:59:59.999")
ASKED_AT = at("2026-11-25 10:00")


def resolved(case: Case | None = None, when: int = RESOLVED_AT) -> Case:
    command = ResolveCase(remedy=Remedy.APOLOGY, answer="Простите нас.")
    case = case or routed().but(owner="anna")
    return did(resolve(command, case, given(when, by="anna"))).case


@pytest.mark.parametrize("closed", [False, True])
def test_a_customer_who_says_not_solved_reopens_the_case_one_tier_up_in_a_new_round(closed: bool) -> None:
    before = did(ring(resolved(), given(CLOSES_AT))).case if closed else resolved()
    asked = CLOSES_AT + 60_000 if closed else ASKED_AT
    step = did(reopen_on_survey(survey(asked), before, given(asked)))
    reopened, escalated = step.events
    assert isinstance(reopened, CaseReopened)
    assert isinstance(escalated, CaseEscalated)
    assert (reopened.round, reopened.asked_by_customer, reopened.tier, reopened.owner) == (2, True, "frontline", "anna")
    assert (escalated.reason, escalated.tier, escalated.owner) == (EscalationReason.REOPENED, "supervisor", "tier:supervisor")
    case = step.case
    assert (case.state, case.round, case.closed_at, case.close_at, case.resolved_at) == (CaseState.OPEN, 2, None, None, None)
    assert [clock.kind for clock in reopened.clocks] == [ClockKind.RESOLVE]
    assert case.due_at == reopened.clocks[0].due_at == escalated.answer_by
    assert (case.remedy, case.answer) == (before.remedy, before.answer)


def test_the_new_time_to_answer_starts_with_the_reopening() -> None:
    case = did(reopen_on_survey(survey(ASKED_AT), resolved(), given(ASKED_AT))).case
    assert case.due_at == at("2026-11-30 18:00")
    clock = case.clock(ClockKind.RESOLVE)
    assert clock is not None
    assert (clock.misses, clock.met_at) == (0, None)


def test_without_climbing_in_the_policy_the_owner_keeps_the_reopened_case() -> None:
    data = policy_data()
    data["reopening"]["climbs"] = False
    step = did(reopen_on_survey(survey(ASKED_AT), resolved(), given(ASKED_AT, policy=EscalationPolicy.model_validate(data))))
    assert (names(step), step.case.owner, step.case.tier) == (["CaseReopened"], "anna", "frontline")


def test_at_the_top_of_the_ladder_a_reopened_case_stays_with_its_owner() -> None:
    top = resolved(routed().but(tier="executive", owner="anna"))
    step = did(reopen_on_survey(survey(ASKED_AT), top, given(ASKED_AT)))
    assert (names(step), step.case.owner) == (["CaseReopened"], "anna")


def test_the_customers_words_are_kept_with_the_case() -> None:
    case = did(reopen_on_survey(survey(ASKED_AT, words=True), resolved(), given(ASKED_AT))).case
    (note,) = case.notes
    assert (note.kind, note.at, note.text) == (NoteKind.CUSTOMER, ASKED_AT, survey(ASKED_AT, words=True).words)


def test_after_the_limit_a_person_is_asked_instead_and_asked_once() -> None:
    case = resolved().but(customer_reopenings=2)
    step = did(reopen_on_survey(survey(ASKED_AT, words=True), case, given(ASKED_AT)))
    assert (step.events, step.case.state, step.case.flags) == ((), CaseState.RESOLVED, (Attention.REOPENING_LIMIT,))
    assert len(step.case.notes) == 1
    assert reopen_on_survey(survey(ASKED_AT, words=True), step.case, given(ASKED_AT + 9)) is None
    reopened = did(reopen_on_request(ReopenCase(reason="Customer is right"), step.case, given(ASKED_AT + 10, by="anna"))).case
    assert (reopened.flags, reopened.state) == ((), CaseState.OPEN)


@pytest.mark.parametrize(
    ("case", "answer"),
    [
        (resolved(), survey(ASKED_AT, solved=True)),
        (resolved().but(round=2), survey(ASKED_AT, round_=1)),
        (routed(), survey(ASKED_AT)),
        (None, survey(ASKED_AT)),
    ],
)
def test_a_survey_that_is_content_or_about_an_older_answer_reopens_nothing(case: Case | None, answer) -> None:  # type: ignore[no-untyped-def]
    assert reopen_on_survey(answer, case, given(ASKED_AT)) is None


def test_the_same_survey_again_does_not_reopen_a_second_time() -> None:
    once = did(reopen_on_survey(survey(ASKED_AT), resolved(), given(ASKED_AT))).case
    assert reopen_on_survey(survey(ASKED_AT), once, given(ASKED_AT + 1)) is None
    answered_again = resolved(once, ASKED_AT + 60_000)
    assert reopen_on_survey(survey(ASKED_AT), answered_again, given(ASKED_AT + 90_000)) is None


def test_an_agent_reopens_a_case_and_keeps_it_in_its_tier() -> None:
    step = did(reopen_on_request(ReopenCase(reason="Wrong amount"), resolved(), given(ASKED_AT, by="boris")))
    (event,) = step.events
    assert isinstance(event, CaseReopened)
    assert (event.asked_by_customer, event.owner, event.tier, event.by) == (False, "anna", "frontline", "boris")
    assert [sealed.plain for sealed in step.seal] == ["Wrong amount"]
    assert (step.case.reopenings, step.case.customer_reopenings) == (1, 0)


@pytest.mark.parametrize(
    ("case", "reason"), [(None, "unknown_case"), (stub("cmp_1", CUSTOMER), "unknown_case"), (routed(), "already_open")]
)
def test_what_is_not_over_cannot_be_reopened(case: Case | None, reason: str) -> None:
    refusal = reopen_on_request(ReopenCase(reason="x"), case, given(ASKED_AT, by="anna"))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason


def test_a_reopened_case_can_miss_its_deadline_and_climb_again() -> None:
    reopened = did(reopen_on_survey(survey(ASKED_AT), resolved(), given(ASKED_AT))).case
    assert reopened.due_at is not None
    step = did(ring(reopened, given(reopened.due_at)))
    assert (names(step), step.case.tier, step.case.round) == (["DeadlineMissed", "CaseEscalated"], "executive", 3)
