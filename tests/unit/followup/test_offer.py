"""Which case gets an offer, and what becomes of it."""

import pytest

from services.followup.domain.commands import RedeemOffer
from services.followup.domain.offer import offer_for
from services.followup.handlers import (
    answer_customer,
    begin_again,
    do_without_offer,
    keep_time,
    offer_amends,
    redeem_offer,
)
from shared.contracts.events import (
    MoneyReturned,
    OfferDenied,
    OfferExpired,
    OfferGranted,
    OfferMade,
    OfferRedeemed,
    OfferWanted,
)
from shared.platform.decision import NOTHING, Rang, Refused
from tests.unit.followup.world import DAY, NOW, a_policy, an_addressee, given, kept, mails, reopened, resolved, said, shipped

NO_SURVEY = a_policy(survey={"enabled": False})


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        ({}, "urgent_ru"),
        ({"kept": False}, "broken_promise_ru"),
        ({"kept": False, "severity": 29}, "urgent_ru"),
        ({"kept": False, "severity": 30, "priority": "P4"}, "broken_promise_ru"),
        ({"priority": "P3"}, None),
        ({"remedy": "explanation"}, None),
        ({"category": "safety", "kept": False, "severity": 100}, None),
        ({"addressee": an_addressee(language="en")}, "urgent"),
        ({"addressee": an_addressee(language="de"), "kept": False}, "broken_promise"),
    ],
)
def test_the_first_rule_that_fits_grants(case, rule):
    found = offer_for(resolved(**case), a_policy().offers)
    assert (found.name if found else None) == rule


@pytest.mark.parametrize(
    ("narrowed", "fits"),
    [
        ({"channels": ["web"]}, True),
        ({"channels": ["phone"]}, False),
        ({"brands": ["Nordlys"]}, True),
        ({"brands": ["Sydlys"]}, False),
        ({"categories": ["billing"]}, False),
        ({"missed_deadline": False}, True),
        ({"missed_deadline": True}, False),
    ],
)
def test_a_rule_can_be_narrowed(narrowed, fits):
    rule = {"name": "one", "amount_minor": 100, "currency": "RUB"} | narrowed
    policy = a_policy(offers=shipped()["offers"] | {"rules": [rule]})
    found = offer_for(resolved(addressee=an_addressee(brand="Nordlys")), policy.offers)
    assert (found is not None) == fits


def wanted(**case):
    decision = answer_customer(resolved(**case), None, given(policy=NO_SURVEY))
    return kept(decision), said(decision, OfferWanted)[0]


def grant_of(want, **change):
    return OfferGranted(**want.model_dump(exclude={"at"}) | {"at": NOW} | change)


def made():
    care, want = wanted()
    return kept(offer_amends(grant_of(want), care, given(policy=NO_SURVEY)))


def test_a_resolved_case_asks_the_budget_of_its_month():
    care, want = wanted()
    assert want.budget_id.startswith("RUB-2026-03-")
    assert (want.amount.minor, care.offer_state) == (50_000, "wanted")


def test_resolving_again_asks_the_budget_nothing_again():
    care, _ = wanted()
    assert answer_customer(resolved(), care, given(policy=NO_SURVEY)) is NOTHING


def test_no_money_is_set_aside_for_who_cannot_be_reached():
    decision = answer_customer(resolved(addressee=an_addressee(("phone",))), None, given())
    assert not said(decision, OfferWanted)


def test_a_granted_offer_is_made_with_a_letter():
    care, want = wanted()
    decision = offer_amends(grant_of(want), care, given(policy=NO_SURVEY))
    (offer,) = said(decision, OfferMade)
    body = mails(decision)["offer"]
    assert (offer.rule, offer.amount.minor) == ("urgent_ru", 50_000)
    assert (body["amount_minor"], body["currency"], body["expires_at"]) == (50_000, "RUB", offer.expires_at)
    assert decision.keep.due == offer.expires_at
    assert 60 * DAY <= offer.expires_at - NOW < 61 * DAY


def test_a_grant_said_again_neither_repeats_the_offer_nor_frees_its_money():
    _, want = wanted()
    care = made()
    assert offer_amends(grant_of(want), care, given(NOW + DAY)) is NOTHING
    used = kept(redeem_offer(RedeemOffer(round=1), care, given()))
    assert offer_amends(grant_of(want), used, given(NOW + DAY)) is NOTHING


def test_a_grant_that_comes_after_reopening_is_given_back():
    care, want = wanted()
    care = kept(begin_again(reopened(), care, given(policy=NO_SURVEY)))
    decision = offer_amends(grant_of(want), care, given(policy=NO_SURVEY))
    assert [type(event) for event in said(decision)] == [MoneyReturned]
    assert not decision.do


def test_a_grant_that_nobody_asked_for_is_given_back():
    care, want = wanted()
    for stranger, grant in [
        (None, grant_of(want)),
        (care, grant_of(want, budget_id="RUB-2026-02-0")),
        (care, grant_of(want, round=5)),
    ]:
        decision = offer_amends(grant, stranger, given())
        (back,) = said(decision)
        assert isinstance(back, MoneyReturned)
        assert (back.budget_id, back.round) == (grant.budget_id, grant.round)
        assert decision.keep is not None


def test_an_erased_customer_gets_no_offer_and_the_money_goes_back():
    care, want = wanted()
    decision = offer_amends(grant_of(want), care, given(erased=True))
    assert [type(event) for event in said(decision)] == [MoneyReturned]
    assert decision.keep.offer_state == "withdrawn"


def test_a_denied_offer_promises_nothing():
    care, want = wanted()
    denial = OfferDenied(**grant_of(want).model_dump())
    decision = do_without_offer(denial, care, given())
    assert decision.keep.offer_state == "denied"
    assert not decision.say
    assert do_without_offer(denial, made(), given()) is NOTHING
    assert do_without_offer(denial, None, given()) is NOTHING


def test_an_offer_is_redeemed_once():
    decision = redeem_offer(RedeemOffer(round=1), made(), given(NOW + DAY))
    assert [type(event) for event in said(decision)] == [OfferRedeemed]
    assert decision.keep.due is None
    assert redeem_offer(RedeemOffer(round=1), kept(decision), given()).reason == "already_redeemed"


def test_an_expired_offer_returns_its_money_once():
    care = made()
    decision = keep_time(Rang(care.due), care, given(care.due))
    assert [type(event) for event in said(decision)] == [OfferExpired, MoneyReturned]
    assert said(decision, MoneyReturned)[0].budget_id == care.offers[0].budget_id
    assert keep_time(Rang(care.due), kept(decision), given(care.due + DAY)) is NOTHING
    assert redeem_offer(RedeemOffer(round=1), kept(decision), given(care.due)).reason == "expired"


def test_a_timer_of_the_survey_leaves_the_offer_alone():
    first = answer_customer(resolved(), None, given())
    care = kept(offer_amends(grant_of(said(first, OfferWanted)[0]), kept(first), given()))
    decision = keep_time(Rang(care.due), care, given(care.due))
    assert (decision.keep.survey_state, decision.keep.offer_state) == ("expired", "made")
    assert decision.keep.due == care.offers[0].expires_at


def test_an_offer_is_not_redeemed_after_its_time_even_if_the_timer_is_late():
    care = made()
    assert not isinstance(redeem_offer(RedeemOffer(round=1), care, given(care.due - 1)), Refused)
    assert redeem_offer(RedeemOffer(round=1), care, given(care.due)).reason == "expired"


def test_what_was_never_made_cannot_be_redeemed():
    care, _ = wanted()
    for unknown in (None, care):
        assert redeem_offer(RedeemOffer(round=1), unknown, given()).reason == "no_offer"
    assert redeem_offer(RedeemOffer(round=2), made(), given()).reason == "no_offer"


@pytest.mark.parametrize("once", [True, False])
def test_reopening_earns_a_second_offer_only_where_policy_says_so(once):
    policy = a_policy(survey={"enabled": False}, offers=shipped()["offers"] | {"once_per_complaint": once})
    care = kept(begin_again(reopened(), made(), given(policy=policy)))
    assert care.offer_state == "made"
    decision = answer_customer(resolved(round=2), care, given(policy=policy))
    assert bool(said(decision, OfferWanted)) is not once
