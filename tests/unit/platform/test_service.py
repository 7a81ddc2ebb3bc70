"""A service is a table from messages to rules."""

from typing import Any

import pytest

from shared.contracts import topics
from shared.contracts.events import CaseOpened, CaseResolved, ComplaintRegistered, ComplaintTriaged, Submission
from shared.contracts.topics import Topic
from shared.platform.decision import NOTHING, Decision, Rang, Settled
from shared.platform.service import Service, unique
from tests.builders import a_registered
from tests.toys import Add, Count


def a_rule(message: Any, kept: Count | None, given: Any) -> Decision[Count]:
    return NOTHING


def another_rule(message: Any, kept: Count | None, given: Any) -> Decision[Count]:
    return NOTHING


@pytest.fixture
def service() -> Service:
    return Service("triage", keeps=(Count,), says=())


def test_a_rule_stays_a_plain_function(service: Service) -> None:
    assert service.hears(ComplaintRegistered, keeps=Count)(a_rule) is a_rule
    assert service.obeys(Add, keeps=Count)(a_rule) is a_rule
    assert service.rings(Count)(a_rule) is a_rule
    assert service.settles(Count)(a_rule) is a_rule


def test_an_event_is_about_its_subject_unless_the_rule_says_otherwise(service: Service) -> None:
    service.hears(ComplaintRegistered, keeps=Count)(a_rule)
    service.hears(ComplaintRegistered, keeps=Count, about=lambda event: event.addressee.customer_id)(another_rule)
    by_complaint, by_customer = service.hearings[ComplaintRegistered]
    assert (by_complaint.decide, by_customer.decide) == (a_rule, another_rule)
    assert (by_complaint.about(a_registered()), by_customer.about(a_registered())) == ("cmp_1", "cus_1")


def test_two_rules_may_hear_one_event_but_a_command_has_one_answer(service: Service) -> None:
    for rule in (a_rule, another_rule):
        service.hears(ComplaintRegistered, keeps=Count)(rule)
        service.obeys(Add, keeps=Count)(rule)
    assert [hearing.decide for hearing in service.hearings[ComplaintRegistered]] == [a_rule, another_rule]
    assert [hearing.decide for hearing in service.hearings[Add]] == [another_rule]


def test_timers_and_effects_come_back_to_the_state_that_asked(service: Service) -> None:
    service.rings(Count)(a_rule)
    service.settles(Count)(another_rule)
    assert (service.timers[Count].message, service.timers[Count].decide) == (Rang, a_rule)
    assert (service.settlers[Count].message, service.settlers[Count].decide) == (Settled, another_rule)


def test_topics_are_those_of_the_events_heard_once_each_and_in_order(service: Service) -> None:
    for event in (CaseOpened, ComplaintTriaged, CaseResolved):
        service.hears(event, keeps=Count)(a_rule)
    service.obeys(Add, keeps=Count)(a_rule)
    assert service.events_heard == [CaseOpened, ComplaintTriaged, CaseResolved]
    assert service.topics_heard == [topics.CASES, topics.TRIAGED]


def test_what_upstream_writes_is_a_topic_but_none_of_our_own_events(service: Service) -> None:
    service.hears(Submission, keeps=Count, about=lambda _: "")(a_rule)
    assert service.topics_heard == [topics.SUBMITTED]
    assert service.events_heard == []


def test_unique_keeps_the_first_of_each() -> None:
    a, b = Topic("a", ""), Topic("b", "")
    assert unique([b, a, b, Topic("a", "")]) == [b, a]
