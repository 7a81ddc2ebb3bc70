"""Which letters a customer gets, and that none comes twice."""

import pytest

from services.followup.handlers import acknowledge_case, answer_customer, begin_again, explain_escalation, record_delivery
from shared.contracts.events import NoticeFailed, NoticeRequested, NoticeSent
from shared.platform.decision import NOTHING, Settled
from tests.unit.followup.world import (
    DAY,
    HOUR,
    NOW,
    a_policy,
    an_addressee,
    escalated,
    given,
    kept,
    mails,
    opened,
    reopened,
    resolved,
    said,
)

ACK = "cmp_1|acknowledgement|1|once"


def test_an_opened_case_is_acknowledged_with_the_hour_of_the_answer():
    decision = acknowledge_case(opened(), None, given())
    (requested,) = said(decision)
    assert (requested.notice_id, requested.notice, requested.language) == (ACK, "acknowledgement", "ru")
    assert mails(decision)["acknowledgement"]["answer_by"] == NOW + 2 * DAY


def test_an_acknowledgement_promises_what_the_case_says_can_be_kept_whatever_triage_decides():
    decision = acknowledge_case(opened(answer_by=NOW + 9 * DAY), None, given())
    assert mails(decision)["acknowledgement"]["answer_by"] == NOW + 9 * DAY


def test_an_order_holds_tokens_and_numbers_only():
    body = mails(acknowledge_case(opened(), None, given()))["acknowledgement"]
    assert body["to"] == "v1.cus_anna.address0"
    assert body["name"] == "v1.cus_anna.name"
    assert {type(value) for value in body.values()} <= {str, int, bool}


def test_the_same_opening_under_another_id_sends_nothing():
    first = acknowledge_case(opened(), None, given())
    assert acknowledge_case(opened(), kept(first), given(NOW + HOUR)) is NOTHING


@pytest.mark.parametrize("kinds", [(), ("phone",), ("chat", "social")])
def test_without_an_address_the_failure_is_said_at_once_and_nothing_is_sent(kinds):
    decision = acknowledge_case(opened(addressee=an_addressee(kinds)), None, given())
    (failed,) = said(decision)
    assert isinstance(failed, NoticeFailed)
    assert failed.reason == "no_route"
    assert not decision.do
    assert decision.keep.no_route == 1


def test_a_letter_goes_to_the_first_mail_address_whatever_stands_before_it():
    body = mails(acknowledge_case(opened(addressee=an_addressee(("phone", "email", "email"))), None, given()))
    assert body["acknowledgement"]["to"] == "v1.cus_anna.address1"


def test_an_erased_customer_is_not_written_to():
    decision = acknowledge_case(opened(), None, given(erased=True))
    assert [event.reason for event in said(decision, NoticeFailed)] == ["erased"]
    assert not decision.do
    assert decision.keep.addressee.contacts == ()
    assert decision.keep.no_route == 0


def test_a_letter_that_policy_does_not_owe_is_not_sent():
    policy = a_policy(notices={"acknowledgement": False})
    assert not acknowledge_case(opened(), None, given(policy=policy)).do


def test_an_escalation_is_told_where_the_ladder_grants_it():
    body = mails(explain_escalation(escalated(), None, given()))["escalation"]
    assert (body["tier"], body["reason"], body["answer_by"]) == ("manager", "deadline_missed", NOW + 5 * HOUR)
    assert explain_escalation(escalated(tell_customer=False), None, given()) is NOTHING


def test_two_tiers_are_two_letters_and_one_tier_is_one():
    first = kept(explain_escalation(escalated(), None, given()))
    assert explain_escalation(escalated(at=NOW + HOUR), first, given(NOW + HOUR)) is NOTHING
    assert mails(explain_escalation(escalated(tier="executive"), first, given()))


def test_a_missed_acknowledgement_is_not_told_as_a_broken_promise():
    body = mails(explain_escalation(escalated(clock="acknowledge"), None, given()))["escalation"]
    assert body["reason"] == "other"


@pytest.mark.parametrize(
    ("remedy", "in_time", "apologise", "late"),
    [("refund", True, True, False), ("explanation", True, False, False), ("none", False, False, True)],
)
def test_an_answer_apologises_for_a_fault_and_for_being_late(remedy, in_time, apologise, late):
    body = mails(answer_customer(resolved(remedy=remedy, kept=in_time), None, given()))["resolution"]
    assert (body["apologise"], body["late"]) == (apologise, late)
    assert body["answer"] == "v1.cus_anna.answer"


def test_a_reopened_case_is_acknowledged_anew():
    care = kept(acknowledge_case(opened(), None, given()))
    decision = begin_again(reopened(), care, given(NOW + DAY))
    assert said(decision, NoticeRequested)[0].notice_id == "cmp_1|acknowledgement|2|once"


def test_news_of_a_round_that_is_over_changes_nothing():
    care = kept(begin_again(reopened(), None, given()))
    assert answer_customer(resolved(round=1), care, given()) is NOTHING
    assert explain_escalation(escalated(round=1), care, given()) is NOTHING


def settle(care, state, reason=""):
    return record_delivery(Settled(ACK, "mail", state, reason), care, given(NOW + HOUR))


@pytest.mark.parametrize(
    ("state", "reason", "told"),
    [
        ("failed", "refused", "refused"),
        ("failed", "gave_up", "gave_up"),
        ("failed", "erased", "erased"),
        ("failed", "550 no such user", "refused"),
        ("unknown", "", "unknown"),
        ("unknown", "refused", "unknown"),
    ],
)
def test_a_letter_that_did_not_arrive_is_said_to_have_failed_once(state, reason, told):
    care = kept(acknowledge_case(opened(), None, given()))
    decision = settle(care, state, reason)
    assert decision.why == "acknowledgement"
    assert [event.reason for event in said(decision, NoticeFailed)] == [told]
    assert settle(kept(decision), state, reason) is NOTHING


def test_a_sent_letter_stays_sent():
    decision = settle(kept(acknowledge_case(opened(), None, given())), "sent")
    assert [event.via for event in said(decision, NoticeSent)] == ["email"]
    assert settle(kept(decision), "failed", "refused") is NOTHING
    assert settle(kept(decision), "sent") is NOTHING


def test_a_person_may_find_that_an_unknown_letter_was_sent():
    unknown = kept(settle(kept(acknowledge_case(opened(), None, given())), "unknown"))
    assert said(settle(unknown, "sent"), NoticeSent)


def test_the_end_of_an_unknown_letter_is_ignored():
    care = kept(acknowledge_case(opened(), None, given()))
    assert record_delivery(Settled("other", "mail", "sent"), care, given()) is NOTHING
    assert record_delivery(Settled(ACK, "mail", "sent"), None, given()) is NOTHING
