"""Whatever happens to a complaint, in whatever order it is heard and however often: what must hold, holds."""

import itertools
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from services.escalation.domain.case import Case
from services.escalation.domain.clocks import Level
from services.followup.domain.budget import Budget
from services.followup.domain.care import Care
from services.followup.domain.records import OfferState, SurveyState
from shared.contracts.events import (
    CaseAssigned,
    CaseEscalated,
    CaseReopened,
    CaseResolved,
    ComplaintRegistered,
    DeadlineApproaching,
    DeadlineMissed,
    Event,
    MoneyReturned,
    NoticeRequested,
    NoticeSent,
    OfferExpired,
    OfferGranted,
    OfferMade,
    OfferRedeemed,
    SurveyAnswered,
    SurveySent,
)
from shared.contracts.kept import Kept
from shared.contracts.vocabulary import CaseState, ClockKind
from shared.platform.decision import Decision
from tests.unit.escalation import world as desk
from tests.unit.services.happenings import AGENTS, BY_NAME, COMPLAINTS, erase, register
from tests.unit.services.town import OFFERS, SERVICES, Town

COMMON = ["deliver"] * 8 + ["settle"] * 4 + ["resolve", "wake", "answer"] * 3
RARE = ["register", "triage", "again", "take", "note", "escalate", "reopen", "redeem", "redeem", "wait"]
ACTIONS = st.lists(st.tuples(st.sampled_from(COMMON + RARE), st.integers(0, 59)), min_size=50, max_size=90)
TIERS = ["", *(tier.name for tier in desk.POLICY.tiers)]
often = settings(max_examples=80, deadline=None, derandomize=True)


RESAID = st.lists(st.tuples(st.sampled_from(COMMON + RARE + ["resaid"] * 4), st.integers(0, 59)), min_size=50, max_size=90)


def check_case(town: Town, before: Kept | None, decision: Decision[Any]) -> None:
    """What holds for a case after every step."""
    case = decision.keep
    if case is None:
        assert not decision.say
        return
    assert isinstance(case, Case)
    assert before is None or isinstance(before, Case)
    owner_is_one(case, before, decision)
    clocks_are_kept_or_missed(case, decision)
    only_rises(case, before, decision)
    if not case.registered:
        assert not decision.say, "nothing is said before the complaint is known"
        assert case.due is None


def owner_is_one(case: Case, before: Case | None, decision: Decision[Any]) -> None:
    """A case has the queue of its tier or one agent as its owner, and each change of hands is told by exactly one event."""
    if case.registered:
        assert case.owner == f"tier:{case.tier}" or case.owner in AGENTS
    owner = before.owner if before and before.registered else None
    for event in decision.say:
        if isinstance(event, CaseAssigned):
            assert event.previous_owner == owner
        if hasattr(event, "owner"):
            owner = event.owner
    assert owner in (None, case.owner)


def clocks_are_kept_or_missed(case: Case, decision: Decision[Any]) -> None:
    """One clock of a kind; in time it is kept, late it is missed, never both; nothing runs once the case is answered."""
    assert len({clock.kind for clock in case.clocks}) == len(case.clocks)
    for clock in case.clocks:
        if clock.level is Level.KEPT:
            assert clock.met_at is not None
            assert clock.met_at <= clock.due_at
        if clock.level is Level.MISSED:
            assert clock.misses > 0
            assert clock.met_at is None or clock.met_at > clock.due_at or clock.misses
        assert clock.warn_at <= clock.due_at
    if case.state is not CaseState.OPEN:
        assert not any(clock.runs for clock in case.clocks)
    for event in decision.say:
        if isinstance(event, CaseResolved):
            clock = case.clock(ClockKind.RESOLVE)
            assert event.kept == (clock is None or clock.misses == 0)


def only_rises(case: Case, before: Case | None, decision: Decision[Any]) -> None:
    """Rounds and tiers never fall, and events name the round and tier in which they were said."""
    if before:
        assert case.round >= before.round
        assert TIERS.index(case.tier) >= TIERS.index(before.tier)
        assert case.reopenings >= before.reopenings
        assert case.escalations >= before.escalations
    rounds = [event.round for event in decision.say]
    assert rounds == sorted(rounds)
    assert all(round_ <= case.round for round_ in rounds)
    for event in decision.say:
        if isinstance(event, CaseEscalated):
            assert TIERS.index(event.tier) > TIERS.index(event.from_tier)


def check_care(town: Town, before: Kept | None, decision: Decision[Any]) -> None:
    """What holds for a care after every step."""
    care = decision.keep
    if care is None:
        assert not decision.say
        assert not decision.do
        return
    assert isinstance(care, Care)
    assert before is None or (isinstance(before, Care) and care.round >= before.round)
    for records in ([n.notice_id for n in care.notices], [s.round for s in care.surveys], [o.round for o in care.offers]):
        assert len(set(records)) == len(records)
    assert all(record.round <= care.round for records in (care.surveys, care.offers) for record in records)
    for effect in decision.do:
        named = care.notice(effect.key)
        assert named is not None
        assert effect.key.startswith(f"{care.complaint_id}|{named.kind}|{named.round}|")
        assert effect.body["notice"] == named.kind
    for event in decision.say:
        if isinstance(event, OfferMade | SurveySent):
            assert event.round == care.round, "asked or offered about an answer that was taken back"
    if care.erased:
        assert not decision.do
        assert all(survey.due is None for survey in care.surveys)


def check_budget(town: Town, before: Kept | None, decision: Decision[Any]) -> None:
    """A budget never gives more than it has, and never twice for one thing."""
    budget = decision.keep
    if isinstance(budget, Budget):
        assert budget.committed_minor <= OFFERS["monthly_minor"][budget.currency]
        assert not set(budget.granted) & set(budget.returned)


CHECKS = {Case: check_case, Care: check_care, Budget: check_budget}


def played(actions: list[tuple[str, int]], registered: bool = True) -> Town:
    """A town after these actions, at rest."""
    town = Town(dict(CHECKS))
    if registered:
        for number in range(len(COMPLAINTS)):
            register(town, number)
    for action, number in actions:
        BY_NAME[action](town, number)
    town.come_to_rest()
    return town


def once_each(town: Town, kind: type[Event], *names: str) -> None:
    """No two events of this type say the same thing under different names."""
    said = {name: tuple(getattr(event, n) for n in names) for name, event in town.said if isinstance(event, kind)}
    assert len(set(said.values())) == len(said), f"{kind.__name__} was said twice: {sorted(said.values())}"


@often
@drawn(ACTIONS)
def test_owners_clocks_rounds_effects_and_budgets_hold_whatever_happens(actions: list[tuple[str, int]]) -> None:
    played(actions)


@often
@drawn(ACTIONS)
def test_they_hold_too_where_the_complaint_is_the_last_to_be_heard_of(actions: list[tuple[str, int]]) -> None:
    played(actions, registered=False)


@often
@drawn(ACTIONS)
def test_nobody_is_told_asked_warned_or_offered_the_same_thing_twice(actions: list[tuple[str, int]]) -> None:
    town = played(actions)
    about = ("complaint_id", "round")
    once_each(town, NoticeRequested, "notice_id")
    once_each(town, NoticeSent, "notice_id")
    for kind in (SurveySent, SurveyAnswered, OfferMade, OfferRedeemed, OfferExpired, CaseReopened, CaseResolved):
        once_each(town, kind, *about)
    once_each(town, DeadlineMissed, *about, "clock")
    once_each(town, DeadlineApproaching, *about, "clock", "due_at")
    once_each(town, OfferGranted, *about, "budget_id")
    once_each(town, MoneyReturned, *about, "budget_id")


@often
@drawn(ACTIONS)
def test_what_followed_was_always_asked_for_before(actions: list[tuple[str, int]]) -> None:
    town = played(actions)
    pairs = (
        (NoticeSent, NoticeRequested, "notice_id"),
        (SurveyAnswered, SurveySent, "round"),
        (OfferMade, OfferGranted, "round"),
    )
    for later, earlier, name in (*pairs, (OfferRedeemed, OfferMade, "round"), (OfferExpired, OfferMade, "round")):
        known: set[tuple[str, Any]] = set()
        for _, event in town.said:
            if isinstance(event, earlier):
                known.add((event.complaint_id, getattr(event, name)))  # type: ignore[attr-defined]
            if isinstance(event, later):
                assert (event.complaint_id, getattr(event, name)) in known  # type: ignore[attr-defined]


@often
@drawn(ACTIONS)
def test_the_money_of_every_budget_is_accounted_for_once_all_is_quiet(actions: list[tuple[str, int]]) -> None:
    money_is_accounted_for(played(actions))


def money_is_accounted_for(town: Town) -> None:
    """What the budgets set aside is what offers hold, and no offer waits."""
    set_aside = {
        key: minor for state in town.states.values() if isinstance(state, Budget) for key, minor in state.granted.items()
    }
    holding = {OfferState.MADE, OfferState.REDEEMED}
    cares = [state for state in town.states.values() if isinstance(state, Care)]
    held = {f"{c.complaint_id}|{o.round}": o.amount.minor for c in cares for o in c.offers if o.state in holding}
    assert set_aside == held
    assert not [o for c in cares for o in c.offers if o.state is OfferState.WANTED], "an offer still waits for its budget"


@often
@drawn(ACTIONS, st.integers(0, 59))
def test_an_erased_customer_is_not_brought_back_by_anything_that_is_still_under_way(
    actions: list[tuple[str, int]], at: int
) -> None:
    town = Town(dict(CHECKS))
    register(town, 0)
    for place, (action, number) in enumerate([*actions, *[("wait", 4), ("again", 0)]]):
        if place == min(at, len(actions)):
            erase(town, 0)
            written, sent = len(town.said), len(town.effects)
        BY_NAME[action](town, number)
    town.come_to_rest()
    assert len(town.effects) == sent, "a letter to nobody"
    for state in town.states.values():
        assert f"v1.{desk.CUSTOMER}." not in state.model_dump_json()
    old = {name for name, _ in town.said[:written]}
    for name, event in town.said[written:]:
        if name not in old and not isinstance(event, ComplaintRegistered):
            assert f"v1.{desk.CUSTOMER}." not in event.model_dump_json()
    surveys = [s for state in town.states.values() if isinstance(state, Care) for s in state.surveys]
    assert not [survey for survey in surveys if survey.state in (SurveyState.WAITING, SurveyState.ASKED)]


@often
@drawn(RESAID)
def test_the_same_fact_under_another_name_is_harmless(actions: list[tuple[str, int]]) -> None:
    town = played(actions)
    sent = [effect.body["notice"] for effect in town.effects.values()]
    owed = {event.notice_id for _, event in town.said if isinstance(event, NoticeRequested)}
    assert len(sent) == len(owed)
    money_is_accounted_for(town)


def test_the_stories_that_are_played_reach_everything_that_can_happen() -> None:
    seen: set[str] = set()

    @often
    @drawn(ACTIONS)
    def play(actions: list[tuple[str, int]]) -> None:
        seen.update(type(event).__name__ for _, event in played(actions).said)

    play()
    assert seen >= {event.__name__ for service in SERVICES for event in service.says}


OPENING = ("registered", "triaged", "sent")


@pytest.mark.parametrize("order", list(itertools.permutations(OPENING)), ids="-".join)
@pytest.mark.parametrize("priority", ["P1", "P2", "P3", "P4"])
def test_a_case_begins_the_same_in_whatever_order_its_first_events_are_heard(order: tuple[str, ...], priority: str) -> None:
    def begun(names: tuple[str, ...]) -> dict[str, Any]:
        town = Town(dict(CHECKS))
        for name in names:
            event = {"registered": desk.registered(), "triaged": desk.triaged(priority), "sent": desk.sent(desk.MONDAY + 50)}[
                name
            ]
            town.publish(event)
            town.deliver(event.topic.name)
        state = town.states[Case, desk.COMPLAINT]
        assert isinstance(state, Case)
        told = state.model_dump(mode="json", include={"priority", "tier", "owner", "severity", "acknowledged_at", "flags"})
        clocks = sorted((c.kind, c.level, c.due_at if c.runs else None, c.misses) for c in state.clocks)
        return told | {"due": state.due, "clocks": clocks}  # what was kept already is not moved by what triage says later

    assert begun(order) == begun(OPENING)
