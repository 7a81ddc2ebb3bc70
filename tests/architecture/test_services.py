"""The four services look alike: the same files, handlers that read as sentences, and nothing said that is not declared."""

import ast
import inspect
import types
import typing
from typing import Any

import pytest

from deploy.local import SERVICES_AS_DATA
from shared.contracts.events import SAID, ComplaintRegistered, Submission
from shared.contracts.topics import CUSTOMERS
from shared.platform.decision import Decision, Rang, Refused, Settled
from shared.platform.service import Hearing, Service
from tests.architecture.source import ROOT, SERVICES, Module, body_length, handlers, house

SAME = {
    *("README.md", "__init__.py", "app.py", "settings.py", "handlers.py"),
    *("ports.py", "store.py", "http.py", "policy.py", "domain"),
}
OF_ITS_OWN = {
    "intake": {
        "vault.py": "the keys of all customers lie here and nowhere else",
        "vault_http.py": "the other services seal and open through this door",
        "rewrapping.py": "wraps customers' keys by the newest master key, so that an old one can go",
        "upstream.py": "reads what strangers write to the one topic that is theirs",
        "arrivals.py": "counts how each thing that knocked was settled",
        "operators.py": "operators list and admit what was rejected",
        "erasing.py": "destroys a customer's key and applies erasures again at start",
        "pages": "customers write and look up complaints in a browser",
    },
    "triage": {},
    "escalation": {},
    "followup": {
        "courier.py": "the one that writes and hands over letters",
        "smtp.py": "what a mail server took, refused, or may have taken",
        "transports.py": "how a letter leaves: a file, or a mail server",
        "letters": "the texts of the letters",
        "pages": "customers answer surveys in a browser",
    },
}
"""What a service has beside the files that all have, and why."""
HEARD_BY_WATCHERS_ONLY = {
    *("SubmissionRejected", "CustomerSeen", "AlertRaised", "CaseAssigned", "DeadlineApproaching", "DeadlineMissed"),
    *("CaseClosed", "NoticeRequested", "SurveySent", "OfferMade", "OfferRedeemed", "OfferExpired"),
}
"""Facts that no service of ours acts upon: desks, reports and other systems read them."""
MOST_LINES = 12
BY_NAME = {service.name: service for service in SERVICES_AS_DATA}
HEARINGS = [
    pytest.param(service, hearing, id=f"{service.name}.{hearing.decide.__name__}")
    for service in SERVICES_AS_DATA
    for hearing in [
        *(h for some in service.hearings.values() for h in some),
        *service.timers.values(),
        *service.settlers.values(),
    ]
]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_the_same_files_as_its_neighbours(name: str) -> None:
    found = {entry.name for entry in (ROOT / "services" / name).iterdir() if entry.name != "__pycache__"}
    assert found >= SAME, f"missing: {SAME - found}"
    assert found - SAME <= set(OF_ITS_OWN[name]), "a file of its own needs a reason here"


def test_every_reason_for_a_file_of_its_own_has_its_file() -> None:
    assert [
        f"{name}/{file}" for name in SERVICES for file in OF_ITS_OWN[name] if not (ROOT / "services" / name / file).exists()
    ] == []


@pytest.mark.parametrize("module", handlers(), ids=lambda module: module.place)
def test_a_handler_is_a_sentence_of_a_dozen_lines(module: Module) -> None:
    assert [f"{f.name}: {body_length(f)}" for f in module.functions() if body_length(f) > MOST_LINES] == []


@pytest.mark.parametrize("module", handlers(), ids=lambda module: module.place)
def test_a_handler_never_waits(module: Module) -> None:
    assert [f.name for f in module.functions() if isinstance(f, ast.AsyncFunctionDef)] == []


@pytest.mark.parametrize(("service", "hearing"), HEARINGS)
def test_a_rule_says_in_its_signature_what_it_hears_and_keeps(service: Service, hearing: Hearing) -> None:
    hints = typing.get_type_hints(hearing.decide)
    said, kept, _ = list(inspect.signature(hearing.decide).parameters)
    assert issubclass(hearing.message, hints[said]) or hints[said] is hearing.message
    assert hearing.keeps in _parts(hints[kept])
    assert _parts(hints["return"]) & {Decision[hearing.keeps], Refused} >= {Decision[hearing.keeps]}
    assert hearing.keeps in service.keeps


@pytest.mark.parametrize(("service", "hearing"), HEARINGS)
def test_only_what_a_person_asks_for_can_be_refused(service: Service, hearing: Hearing) -> None:
    may_refuse = Refused in _parts(typing.get_type_hints(hearing.decide)["return"])
    is_command = hearing.message not in {*SAID, Submission, Rang, Settled}
    assert is_command or not may_refuse, "an event is a fact: it can change nothing, but it cannot be refused"


def _parts(hint: Any) -> set[Any]:
    return set(typing.get_args(hint)) if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union else {hint}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_declares_exactly_the_events_that_its_code_makes(name: str) -> None:
    known = {event.__name__ for event in SAID}
    rooms = [module for module in house() if module.name.startswith(f"services.{name}.")]
    made = {
        part.id
        for module in rooms
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call)
        for part in ast.walk(call.func)
        if isinstance(part, ast.Name) and part.id in known
    }
    assert made == {event.__name__ for event in BY_NAME[name].says}


def test_every_event_is_said_by_exactly_one_service() -> None:
    said = [event for service in SERVICES_AS_DATA for event in service.says]
    assert sorted(event.__name__ for event in said) == sorted(event.__name__ for event in SAID)


def test_every_event_is_heard_by_a_rule_or_told_to_watchers_only() -> None:
    heard = {event.__name__ for service in SERVICES_AS_DATA for event in service.events_heard}
    heard |= {
        event.__name__ for event in SAID if event.topic is CUSTOMERS and event.__name__ == "CustomerErased"
    }  # the platform's
    assert heard.isdisjoint(HEARD_BY_WATCHERS_ONLY)
    assert heard | HEARD_BY_WATCHERS_ONLY == {event.__name__ for event in SAID}


@pytest.mark.parametrize("service", SERVICES_AS_DATA, ids=lambda service: service.name)
def test_whatever_wants_to_be_woken_has_a_rule_for_it(service: Service) -> None:
    sleepers = {kept for kept in service.keeps if "due" in vars(kept)}
    assert sleepers == set(service.timers)


@pytest.mark.parametrize("service", SERVICES_AS_DATA, ids=lambda service: service.name)
def test_a_service_says_nothing_on_the_topic_of_another(service: Service) -> None:
    own = {event.topic.name for event in service.says}
    others = {event.topic.name for other in SERVICES_AS_DATA if other is not service for event in other.says}
    assert own.isdisjoint(others)


def test_the_case_opens_without_waiting_for_triage() -> None:
    assert ComplaintRegistered in BY_NAME["escalation"].hearings
