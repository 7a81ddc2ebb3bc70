import pytest

from services.escalation.domain.acknowledging import hear_of_sent
from services.escalation.domain.case import Attention, Case
from services.escalation.domain.clocks import Level
from services.escalation.domain.commands import ResolveCase
from services.escalation.domain.resolving import resolve
from services.escalation.domain.step import Refusal
from services.escalation.domain.stub import stub
from services.escalation.domain.timing import ring
from shared.contracts.events import CaseAssigned, CaseResolved
from shared.contracts.fields import Money
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import CaseState, ClockKind, Remedy
from tests.unit.escalation.world import CUSTOMER, MONDAY, at, did, given, names, opened, routed, sent

ANSWER = "Мы вернули деньги, приносим извинения."
RUB = Money(minor=250_000, currency="RUB")
ASK = ResolveCase(remedy=Remedy.REFUND, answer=ANSWER, amount=RUB)
NOW = at("2026-11-23 12:00")


def mine() -> Case:
    return routed().but(owner="anna")


def test_an_answer_resolves_the_case_and_seals_the_words() -> None:
    step = did(resolve(ASK, mine(), given(NOW, by="anna")))
    (event,) = step.events
    assert isinstance(event, CaseResolved)
    assert step.seal == (Sealed(CUSTOMER, plain=ANSWER),)
    assert (event.remedy, event.answer, event.owner, event.kept) == (Remedy.REFUND, step.seal[0], "anna", True)
    assert (event.severity, event.received_at, event.addressee) == (40, MONDAY, mine().addressee)
    case = step.case
    assert (case.state, case.resolved_at, case.resolved_by, case.amount) == (CaseState.RESOLVED, NOW, "anna", RUB)
    assert (case.answer, case.due_at) == (step.seal[0], None)
    assert ANSWER not in step.why


def test_a_resolved_case_waits_to_be_closed_and_for_nothing_else() -> None:
    case = did(resolve(ASK, opened(), given(NOW, by="anna"))).case
    assert case.due == at("2026-11-30 23:59:59.999")
    assert case.untriaged_at is None


def test_an_answer_keeps_both_clocks_since_it_is_more_than_an_acknowledgement() -> None:
    case = did(resolve(ASK, mine(), given(NOW, by="anna"))).case
    assert {clock.kind: (clock.level, clock.met_at) for clock in case.clocks} == {
        ClockKind.ACKNOWLEDGE: (Level.KEPT, NOW),
        ClockKind.RESOLVE: (Level.KEPT, NOW),
    }


def test_whoever_answers_becomes_the_owner() -> None:
    step = did(resolve(ASK, routed(), given(NOW, by="boris")))
    assert names(step) == ["CaseAssigned", "CaseResolved"]
    assert isinstance(step.events[0], CaseAssigned)
    assert (step.events[0].previous_owner, step.case.owner) == ("tier:frontline", "boris")


def test_a_deadline_that_ran_out_unnoticed_is_announced_with_the_answer() -> None:
    late = at("2026-11-26 18:00:01")
    case = did(hear_of_sent(sent(MONDAY + 200), mine(), given(MONDAY + 200))).case
    step = did(resolve(ASK, case, given(late, by="anna")))
    assert names(step) == ["DeadlineMissed", "CaseResolved"]
    assert isinstance(step.events[-1], CaseResolved)
    assert (step.events[-1].kept, step.case.tier) == (False, "frontline")
    clock = step.case.clock(ClockKind.RESOLVE)
    assert clock is not None
    assert (clock.misses, clock.met_at) == (1, late)


def test_an_answer_in_the_last_millisecond_is_in_time() -> None:
    case = did(hear_of_sent(sent(MONDAY + 200), mine(), given(MONDAY + 200))).case
    step = did(resolve(ASK, case, given(at("2026-11-26 18:00"), by="anna")))
    event = step.events[-1]
    assert isinstance(event, CaseResolved)
    assert (names(step), event.kept) == (["CaseResolved"], True)


def test_an_answer_in_a_second_go_does_not_make_the_first_promise_kept() -> None:
    escalated = did(ring(routed(), given(at("2026-11-26 18:00")))).case
    step = did(resolve(ASK, escalated, given(at("2026-11-27 10:00"), by="anna")))
    event = step.events[-1]
    assert isinstance(event, CaseResolved)
    assert (event.kept, event.round, names(step)) == (False, 2, ["CaseAssigned", "CaseResolved"])


def test_an_answer_takes_away_the_tasks_that_it_settles_and_leaves_the_others() -> None:
    case = mine().but(flags=(Attention.UNTRIAGED, Attention.NO_ROUTE, Attention.REOPENING_LIMIT))
    assert did(resolve(ASK, case, given(NOW, by="anna"))).case.flags == (Attention.NO_ROUTE,)


@pytest.mark.parametrize(
    ("amount", "tier", "allowed"),
    [
        (Money(minor=300_000, currency="RUB"), "frontline", True),
        (Money(minor=300_001, currency="RUB"), "frontline", False),
        (Money(minor=300_001, currency="RUB"), "supervisor", True),
        (Money(minor=1, currency="GBP"), "supervisor", False),
        (Money(minor=1, currency="GBP"), "executive", True),
        (None, "frontline", True),
    ],
)
def test_money_is_given_within_the_authority_of_the_tier(amount: Money | None, tier: str, allowed: bool) -> None:
    command = ResolveCase(remedy=Remedy.REFUND, answer=ANSWER, amount=amount)
    answer = resolve(command, mine().but(tier=tier), given(NOW, by="anna"))
    assert allowed is not isinstance(answer, Refusal)
    assert allowed or (isinstance(answer, Refusal) and answer.reason == "above_authority")


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (None, "unknown_case"),
        (stub("cmp_1", CUSTOMER), "unknown_case"),
        (mine().but(state=CaseState.RESOLVED), "already_resolved"),
        (mine().but(state=CaseState.CLOSED), "not_open"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_reason(case: Case | None, reason: str) -> None:
    refusal = resolve(ASK, case, given(NOW, by="anna"))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason


def test_the_answer_to_an_erased_customer_is_not_kept() -> None:
    step = did(resolve(ASK, mine().forgotten(), given(NOW, by="anna")))
    assert (step.seal, step.case.answer) == ((), None)
    assert names(step) == ["CaseResolved"]
