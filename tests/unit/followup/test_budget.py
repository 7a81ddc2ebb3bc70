"""A month's budget is never overspent, whatever order its news comes in."""

from hypothesis import given as drawn
from hypothesis import strategies as st

from services.followup.domain.budget import Budget, budget_id_for
from services.followup.handlers import grant_money, take_money_back
from shared.contracts.events import MoneyReturned, OfferDenied, OfferGranted, OfferWanted
from shared.contracts.fields import Money
from shared.platform.decision import NOTHING
from tests.unit.followup.world import NOW, a_policy, given, shipped

BUDGET = "RUB-2026-03-0"
POLICY = a_policy(offers=shipped()["offers"] | {"monthly_minor": {"RUB": 1_000}, "buckets": 1, "rules": []})


def want(complaint="cmp_1", round_=1, minor=400, currency="RUB"):
    money = Money(minor=minor, currency=currency)
    return OfferWanted(budget_id=BUDGET, complaint_id=complaint, round=round_, amount=money, at=NOW)


def back(complaint="cmp_1", round_=1, minor=400):
    return MoneyReturned(
        budget_id=BUDGET, complaint_id=complaint, round=round_, amount=Money(minor=minor, currency="RUB"), at=NOW
    )


def tell(budget, *news, policy=POLICY):
    said = []
    for event in news:
        rule = grant_money if isinstance(event, OfferWanted) else take_money_back
        decision = rule(event, budget, given(policy=policy))
        budget = Budget.model_validate(decision.keep.model_dump(mode="json")) if decision.keep else budget
        said += decision.say
    return budget, said


def test_money_is_granted_to_the_last_kopeck_and_then_denied():
    budget, said = tell(None, want("a", minor=600), want("b", minor=400), want("c", minor=1))
    assert [type(event) for event in said] == [OfferGranted, OfferGranted, OfferDenied]
    assert (budget.committed_minor, budget.limit_minor, budget.currency, budget.month) == (1_000, 1_000, "RUB", "2026-03")


def test_a_denial_is_kept_too_so_that_it_is_said_even_by_a_budget_never_met():
    decision = grant_money(want(minor=2_000), None, given(policy=POLICY))
    assert [type(event) for event in decision.say] == [OfferDenied]
    assert decision.keep is not None


def test_the_same_want_is_answered_once():
    budget, _ = tell(None, want())
    assert grant_money(want(), budget, given(policy=POLICY)) is NOTHING


def test_another_round_is_another_want():
    budget, said = tell(None, want(), want(round_=2))
    assert len(said) == 2
    assert budget.committed_minor == 800


def test_returned_money_can_be_granted_to_others_but_not_to_the_same_again():
    budget, said = tell(None, want("a", minor=900), want("b", minor=900), back("a", minor=900), want("c", minor=900))
    assert [type(event) for event in said] == [OfferGranted, OfferDenied, OfferGranted]
    assert grant_money(want("a", minor=1), budget, given(policy=POLICY)) is NOTHING


def test_money_comes_back_once_and_only_where_it_was_set_aside():
    budget, _ = tell(None, want("a"), want("b"), back("a"), back("a"), back("stranger"))
    assert budget.committed_minor == 400
    assert take_money_back(back(), None, given()) is NOTHING


def test_no_more_comes_back_than_was_granted():
    budget, _ = tell(None, want("a"), want("b"), back("a", minor=99_999))
    assert budget.committed_minor == 400
    assert budget.returned == {"a|1": 400}


def test_a_currency_without_a_budget_grants_nothing():
    _, said = tell(None, want(currency="USD", minor=1))
    assert [type(event) for event in said] == [OfferDenied]


def test_a_lowered_limit_grants_nothing_more_and_takes_nothing_away():
    budget, _ = tell(None, want("a", minor=900))
    lower = a_policy(offers=shipped()["offers"] | {"monthly_minor": {"RUB": 500}, "buckets": 1, "rules": []})
    budget, said = tell(budget, want("b", minor=1), policy=lower)
    assert [type(event) for event in said] == [OfferDenied]
    assert (budget.committed_minor, budget.limit_minor) == (900, 500)


def test_the_month_of_a_budget_is_that_of_utc():
    last_hour_of_march = 1_774_998_000_000  # 2026-03-31T23:00Z, already April in Moscow
    assert budget_id_for("cmp_1", "RUB", last_hour_of_march, 8)[:11] == "RUB-2026-03"
    assert budget_id_for("cmp_1", "RUB", last_hour_of_march + 3_600_000, 8)[:11] == "RUB-2026-04"


def test_complaints_spread_over_all_buckets_and_keep_theirs():
    buckets = {budget_id_for(f"cmp_{n}", "EUR", NOW, 4) for n in range(100)}
    assert buckets == {f"EUR-2026-03-{n}" for n in range(4)}
    assert budget_id_for("cmp_1", "EUR", NOW, 4) == budget_id_for("cmp_1", "EUR", NOW, 4)


COMPLAINTS = st.sampled_from(["a", "b", "c", "d"])
NEWS = st.one_of(
    st.builds(want, COMPLAINTS, st.integers(1, 2), st.integers(1, 700)),
    st.builds(back, COMPLAINTS, st.integers(1, 2), st.integers(1, 700)),
)


@drawn(st.lists(NEWS, max_size=40))
def test_no_order_of_wants_and_returns_overspends_or_grants_twice(news):
    budget, granted = None, []
    for event in news:
        budget, said = tell(budget, event)
        granted += [(grant.complaint_id, grant.round) for grant in said if isinstance(grant, OfferGranted)]
        assert budget is None or 0 <= budget.committed_minor <= 1_000
    assert len(granted) == len(set(granted))
