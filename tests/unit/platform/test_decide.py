"""The rules are asked in order, each id once, and their answers written into the documents."""

import hashlib
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from pydantic_core import to_json

from shared.contracts.errors import Unprocessable
from shared.contracts.events import AlertRaised, CaseOpened, ComplaintRegistered, ComplaintTriaged
from shared.platform.clock import machine_ms
from shared.platform.decision import NOTHING, Decision, Rang, Refused
from shared.platform.document import Document
from shared.platform.processor.decide import SEEN_MS, Decided, decide
from shared.platform.processor.item import Item
from shared.platform.processor.outbox import fill_outboxes
from shared.platform.service import Hearing, Service
from tests.builders import NOW, a_registered
from tests.toys import Add, Count, a_toy

TOY = a_toy(alarm=1000)
Loaded = dict[tuple[str, str], Document]


def heard(cause: str = "e1", offset: int = 0, service: Service = TOY, **said: Any) -> Item:
    complaint = a_registered(**said)
    return Item(
        hearing=service.hearings[ComplaintRegistered][0],
        aggregate=complaint.complaint_id,
        message=complaint,
        cause=cause,
        arrival=f"topic/run/complaints/0/{offset}",
        by="triage",
    )


def asked(amount: int, request: str = "r1", aggregate: str = "cmp_1", expect: int | None = None) -> Item:
    return Item(TOY.hearings[Add][0], aggregate, Add(amount=amount), request, request, "olga", expect=expect)


def rang(due: int, cause: str = "t1") -> Item:
    return Item(TOY.timers[Count], "cmp_1", Rang(due), cause, f"timer/cmp_1/{due}", "timer")


def after(items: list[Item], loaded: Loaded | None = None, service: Service = TOY, now: int = NOW) -> tuple[Decided, Loaded]:
    """The batch decided, sealed and written into outboxes."""
    loaded = {} if loaded is None else loaded
    decided = decide(service, items, loaded, None, "p1", now)
    for secret in decided.secrets:
        secret.token = f"v1.{secret.customer_id}.xyz"
    fill_outboxes(service.name, decided)
    return decided, loaded


def entries(document: Document, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in document.out if entry["k"] == kind]


def kinds(decided: Decided) -> list[str]:
    return [decided.outcomes[position].kind for position in sorted(decided.outcomes)]


@settings(max_examples=100, deadline=None, derandomize=True)
@drawn(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["cmp_1", "cmp_2"])), max_size=14))
def test_ids_heard_again_change_nothing(heard_again: list[tuple[str, str]]) -> None:
    items = [heard(cause, place, complaint_id=name) for place, (cause, name) in enumerate(heard_again)]
    once = [heard(cause, complaint_id=name) for cause, name in dict.fromkeys(heard_again)]
    _, loaded = after(items)
    _, expected = after(once)
    assert set(loaded) == set(expected)
    for key, document in loaded.items():
        assert document.state == expected[key].state
        assert document.out == expected[key].out
        assert document.head == expected[key].head
        assert set(document.seen) == set(expected[key].seen)


@settings(max_examples=60, deadline=None, derandomize=True)
@drawn(st.lists(st.sampled_from("abcdef"), max_size=10, unique=True), st.integers(0, 10))
def test_a_batch_may_be_cut_anywhere(causes: list[str], cut: int) -> None:
    whole, parts = {}, {}
    after([heard(cause) for cause in causes], whole)
    after([heard(cause) for cause in causes[:cut]], parts)
    after([heard(cause) for cause in causes[cut:]], parts)
    assert [(d.state, d.out, d.head) for d in whole.values()] == [(d.state, d.out, d.head) for d in parts.values()]


def test_a_replay_says_the_same_thing_under_the_same_name() -> None:
    first, second = after([heard()])[1], after([heard(offset=9)])[1]
    (one,), (other,) = first.values(), second.values()
    assert entries(one, "e")[0]["id"] == entries(other, "e")[0]["id"]


def test_the_same_event_of_two_causes_two_aggregates_or_two_rules_has_names_of_its_own() -> None:
    _, loaded = after([heard("e1"), heard("e2"), heard("e1", complaint_id="cmp_2"), rang(NOW + 1000)])
    ids = [entry["id"] for document in loaded.values() for entry in entries(document, "e")]
    assert len(ids) == 4
    assert len(set(ids)) == 4


def test_two_events_of_one_decision_have_names_of_their_own() -> None:
    alerts = [
        AlertRaised(complaint_id="cmp_1", customer_id="c", alert=alert, severity=1, raised_at=NOW, policy="")
        for alert in ("press", "legal")
    ]
    service = a_service(lambda tries: Decision(keep=Count(), say=alerts))
    _, loaded = after([heard(service=service)], service=service)
    assert len({entry["id"] for entry in entries(loaded["counts", "cmp_1"], "e")}) == 2


def test_each_aggregate_remembers_the_ids_that_it_has_heard() -> None:
    decided, loaded = after([heard("e1", complaint_id="cmp_1"), heard("e1", 1, complaint_id="cmp_2")])
    assert kinds(decided) == ["counted", "counted"]
    assert [set(document.seen) for document in loaded.values()] == [{"e1"}, {"e1"}]


def test_a_redelivery_is_settled_as_it_was_the_first_time_and_another_arrival_is_a_repeat() -> None:
    _, loaded = after([heard(offset=4)])
    decided, _ = after([heard(offset=4), heard(offset=5)], loaded)
    assert kinds(decided) == ["counted", "repeat"]
    assert decided.changed == {}


def test_ids_are_forgotten_by_age_and_not_by_number() -> None:
    _, loaded = after([heard(f"e{number}") for number in range(40)])
    (document,) = loaded.values()
    assert len(document.seen) == 40
    document.seen["e7"] = machine_ms() - SEEN_MS - 1
    after([heard("new")], loaded)
    assert set(document.seen) == {*(f"e{number}" for number in range(40) if number != 7), "new"}


def test_a_failing_record_fails_alone() -> None:
    items = [heard("e1"), heard("e2", complaint_id="cmp_2", masked_text="boom"), heard("e3", complaint_id="cmp_3")]
    decided, loaded = after(items)
    assert kinds(decided) == ["counted", "failed", "counted"]
    assert {name for _, name in loaded} == {"cmp_1", "cmp_3"}
    assert isinstance(decided.outcomes[1].answer, ValueError)


def a_service(answer: Any) -> Service:
    """A service whose one rule answers or raises what it is told."""
    service = Service("triage", keeps=(Count,), says=(ComplaintTriaged, AlertRaised))
    tries: list[int] = []

    @service.hears(ComplaintRegistered, keeps=Count)
    def rule(complaint: ComplaintRegistered, kept: Count | None, given: Any) -> Any:
        tries.append(1)
        found = answer(len(tries))
        if isinstance(found, Exception):
            raise found
        return found

    return service


def test_an_unexpected_failure_is_tried_again_before_the_record_is_given_up() -> None:
    service = a_service(lambda tries: ValueError() if tries < 3 else Decision(keep=Count(heard=tries)))
    decided, loaded = after([heard(service=service)], service=service)
    assert kinds(decided) == ["done"]
    assert loaded["counts", "cmp_1"].state == Count(heard=3)


def test_a_wrong_message_is_not_tried_again() -> None:
    tried: list[int] = []

    def refuse(tries: int) -> Exception:
        tried.append(tries)
        return Unprocessable("source_id_reused")

    service = a_service(refuse)
    decided, _ = after([heard(service=service)], service=service)
    assert kinds(decided) == ["failed"]
    assert tried == [1]


@pytest.mark.parametrize(
    "answer",
    [
        Decision(keep=Count(), say=[CaseOpened.model_construct(complaint_id="cmp_1")]),
        Decision(say=[AlertRaised.model_construct(complaint_id="cmp_1")]),
    ],
    ids=["an event that the service does not declare", "an event about nothing that is kept"],
)
def test_a_rule_that_answers_what_it_may_not_fails_its_record_alone(answer: Decision[Any]) -> None:
    service = a_service(lambda tries: answer if tries == 1 else Decision(keep=Count(heard=1)))
    decided, loaded = after([heard("e1", service=service), heard("e2", 1, service, complaint_id="cmp_2")], service=service)
    assert kinds(decided) == ["failed", "done"]
    assert {name for _, name in loaded} == {"cmp_2"}


def test_what_changes_nothing_is_not_written_and_not_remembered() -> None:
    service = a_service(lambda tries: NOTHING)
    decided, loaded = after([heard(service=service)], service=service)
    assert kinds(decided) == ["done"]
    assert (loaded, decided.changed) == ({}, {})


def test_a_refused_command_writes_nothing_and_may_be_asked_again() -> None:
    _, loaded = after([heard()])
    decided, _ = after([asked(-1)], loaded)
    assert isinstance(decided.outcomes[0].answer, Refused)
    assert decided.changed == {}
    assert kinds(after([asked(2)], loaded)[0]) == ["added"]


def test_the_same_request_again_gets_the_same_answer_and_adds_nothing() -> None:
    _, loaded = after([heard()])
    decided, _ = after([asked(2), asked(2)], loaded)
    assert kinds(decided) == ["added", "added"]
    assert loaded["counts", "cmp_1"].state.model_dump()["heard"] == 3


@pytest.mark.parametrize(("version", "expect", "outcome"), [(4, 4, "added"), (4, 3, "refused"), (4, None, "added")])
def test_a_command_may_say_which_version_its_sender_looked_at(version: int, expect: int | None, outcome: str) -> None:
    loaded: Loaded = {("counts", "cmp_1"): Document("cmp_1", Count(), ver=version, arrival="a")}
    decided, _ = after([asked(1, expect=expect)], loaded)
    assert kinds(decided) == [outcome]


def test_a_command_on_what_is_not_there_is_refused_to_whoever_saw_it() -> None:
    assert kinds(after([asked(1, expect=1)])[0]) == ["refused"]
    assert kinds(after([asked(1, expect=0)])[0]) == ["added"]


def test_a_timer_rings_only_at_the_instant_that_its_aggregate_still_waits_for() -> None:
    _, loaded = after([heard()])
    assert kinds(after([rang(NOW + 999)], loaded)[0]) == ["stale"]
    assert kinds(after([rang(NOW + 1000)], loaded)[0]) == ["done"]
    assert kinds(after([rang(NOW + 1000, "t2")], loaded)[0]) == ["stale"]


def test_secrets_leave_as_tokens_only() -> None:
    decided, loaded = after([heard(masked_text="The kettle leaks.")])
    assert [secret.plain for secret in decided.secrets] == ["The kettle leaks."]
    (effect,) = entries(loaded["counts", "cmp_1"], "f")
    assert effect["body"] == {"to": "v1.cus_1.xyz"}


def test_history_is_chained_and_every_link_can_be_checked() -> None:
    _, loaded = after([heard("e1"), heard("e2"), asked(1)])
    (document,) = loaded.values()
    previous = ""
    for entry in entries(document, "h"):
        assert entry["prev"] == previous
        body = {name: value for name, value in entry.items() if name not in ("k", "hash")}
        previous = hashlib.sha256(to_json(body)).hexdigest()
        assert entry["hash"] == previous
    assert document.head == previous
    assert [entry["by"] for entry in entries(document, "h")] == ["triage", "triage", "olga"]


def test_the_outbox_keeps_the_order_of_decisions() -> None:
    _, loaded = after([heard("e1"), rang(NOW + 1000), asked(1)])
    (document,) = loaded.values()
    assert [entry.get("type", entry["k"]) for entry in document.out] == [
        *("redress.ComplaintTriaged.v1", "f", "h"),
        *("redress.AlertRaised.v1", "h"),
        "h",
    ]


def test_the_rule_is_told_who_asks_what_it_decides_by_and_when() -> None:
    told: list[Any] = []
    service = Service("triage", keeps=(Count,), says=())
    hearing = Hearing(Add, Count, lambda _: "", lambda message, kept, given: told.append(given) or NOTHING)
    item = Item(hearing, "cmp_1", Add(amount=1), "cause", "door", "olga", facts={"known": 1}, erased=True)
    decide(service, [item], {}, "the policy", "p7", NOW)
    (given,) = told
    assert (given.now, given.policy, given.policy_hash, given.cause, given.by) == (NOW, "the policy", "p7", "cause", "olga")
    assert (given.facts, given.erased) == ({"known": 1}, True)
