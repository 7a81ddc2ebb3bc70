"""A house that answers the command line without any service: routes as data, requests remembered."""

import json
import os
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from deploy.cli import reach, run
from shared.contracts.topics import SERVICES
from tests.builders import NOW

Answer = Any
"""JSON for 200, or (status, JSON), or a function of the request that gives either."""


def counts_of(service: str, **more: Any) -> dict[str, Any]:
    """What a quiet service counts."""
    quiet = {"service": service, "lag": {"cases.v1": 0}, "outboxes": 0, "announcing": 0, "commands": 0, "timers": 0}
    return quiet | {"effects": {}, "untold": 0, "parked": 0, "stopped": False} | more


def arrivals(**more: Any) -> dict[str, Any]:
    """A count that adds up."""
    came = {"submitted": 10, "registered": 7, "rejected": 1, "double": 1, "parked": 1, "in_flight": 0, "unaccounted": 0}
    return came | {"skipped": 0, "gap": 0} | more


def a_case(number: int = 1, **more: Any) -> dict[str, Any]:
    """One case as escalation lists it."""
    clock = {"kind": "resolve", "due_at": NOW, "state": "running"}
    named = {"complaint_id": f"c_01m8a1qpy9{number:016x}", "version": 3, "state": "open", "tier": "supervisor", "round": 1}
    judged = {"owner": "tier:supervisor", "priority": "P2", "severity": 50, "urgency": 40, "category": "delivery", "alerts": []}
    about = {"channel": "web", "language": "ru", "customer_id": "u_1", "summary": "Чайник [b]течёт[/b]", "clocks": [clock]}
    instants = {"received_at": NOW, "opened_at": NOW, "due_at": NOW, "resolved_at": None, "closed_at": None}
    return {**named, **judged, **about, **instants, "attention": [], "remedy": None, "notes": 0, "policy": "p", **more}


def story_answers(complaint_id: str) -> dict[str, dict[str, Any]]:
    """What each service tells of a complaint that went all the way."""

    def step(at: int, what: str, said: list[str], why: str, by: str) -> dict[str, Any]:
        entry = {"agg": complaint_id, "what": what, "said": said, "why": why, "by": by, "at": NOW + at}
        return entry | {"policy": "p", "cause": "x", "prev": "", "hash": "h"}

    factors = [{"name": "start", "points": 20, "words": []}, {"name": "fury", "points": 30, "words": ["ужас"]}]
    judged = {"severity": 50, "urgency": 20, "severity_factors": factors, "urgency_factors": factors[:1]}
    judged |= {"category": "delivery", "category_words": ["курьер"], "priority": "P2", "lifted_by": [], "alerts": []}
    case = a_case(complaint_id=complaint_id, state="resolved", owner="anna", remedy="refund", flags=["no_route"])
    case["clocks"] = [
        {
            "kind": "resolve",
            "started_at": NOW,
            "due_at": NOW + 9,
            "warn_at": NOW + 5,
            "level": "kept",
            "met_at": NOW + 8,
            "misses": 0,
        }
    ]
    case["addressee"] = {"channel": "web", "language": "ru"}
    notice = {"notice_id": "n1", "kind": "acknowledgement", "round": 1, "state": "planned", "reason": None, "at": NOW + 3}
    survey = {
        "round": 1,
        "state": "answered",
        "score": 2,
        "solved": False,
        "send_at": NOW,
        "words": "(sealed)",
        "answered_at": NOW,
    }
    offer = {"round": 1, "rule": "urgent_ru", "amount": {"minor": 50_000, "currency": "RUB"}, "state": "made", "expires_at": NOW}
    care = {"notices": [notice], "surveys": [survey], "offers": [offer]}
    effect = {
        "key": "n1",
        "kind": "mail",
        "agg": complaint_id,
        "state": "unknown",
        "attempts": 1,
        "reason": "",
        "at": NOW,
        "told": 1,
    }
    return {
        "intake": {
            "service": "intake",
            "documents": [{"collection": "complaints", "id": complaint_id, "state": {"state": "registered", "channel": "web"}}],
            "history": [step(0, "WebComplaint", ["CustomerSeen", "ComplaintRegistered"], "registered", "upstream")],
            "effects": [],
        },
        "triage": {
            "service": "triage",
            "documents": [{"collection": "assessments", "id": complaint_id, "state": {"judgement": judged, "facts": {}}}],
            "history": [step(1, "ComplaintRegistered", ["ComplaintTriaged"], "P2: severity 50, urgency 20, delivery", "intake")],
            "effects": [],
        },
        "escalation": {
            "service": "escalation",
            "documents": [{"collection": "cases", "id": complaint_id, "state": case}],
            "history": [
                step(
                    5,
                    "Rang",
                    ["DeadlineMissed", "CaseEscalated"],
                    "resolve missed; deadline_missed: frontline -> manager",
                    "timer",
                ),
                step(1, "ComplaintRegistered", ["CaseOpened"], "P3 provisional -> frontline", "intake"),
            ],
            "effects": [],
        },
        "followup": {
            "service": "followup",
            "documents": [{"collection": "care", "id": complaint_id, "state": care}],
            "history": [step(3, "CaseOpened", ["NoticeRequested"], "NoticeRequested", "escalation")],
            "effects": [effect],
        },
    }


class FakeHouse:
    """Four services at made-up addresses; a service in `away` refuses connections."""

    def __init__(self) -> None:
        """Quiet, and with one case."""
        self.routes: dict[tuple[str, str, str], Answer] = {}
        self.away: set[str] = set()
        self.asked: list[httpx2.Request] = []
        for service in SERVICES:
            self.put(service, "/internal/v1/counts", counts_of(service))
            self.put(service, "/internal/v1/parked", {"parked": []})
            self.put(service, "/internal/v1/effects", {"effects": []})
        self.put("intake", "/internal/v1/arrivals", arrivals())
        self.put(
            "triage", "/v1/assessments/standing", {"priority": {"P2": 7}, "category": {"delivery": 7}, "language": {"ru": 7}}
        )
        standing = {"state": {"open": 7}, "tier": {"supervisor": 7}, "priority": {"P2": 7}}
        self.put("escalation", "/v1/cases/standing", standing)
        ladder = [{"name": name, "title": {"ru": "…", "en": "…"}} for name in ("frontline", "supervisor", "manager")]
        self.put("escalation", "/v1/cases/tiers", {"tiers": ladder})
        self.put("escalation", "/v1/cases", {"cases": [a_case()], "total": 1})
        budget = {"budget_id": "RUB-2026-09-0", "currency": "RUB", "month": "2026-09", "limit_minor": 100, "committed_minor": 50}
        care = {"survey_state": {"": 5, "asked": 2}, "survey_score": {"5": 1}, "offer_state": {}, "no_route": {"0": 6, "1": 1}}
        self.put("followup", "/v1/satisfaction", care | {"not_solved": 1, "budgets": [budget, budget]})

    def put(self, service: str, path: str, answer: Answer, method: str = "GET") -> None:
        """Answer a path."""
        self.routes[method, service, path] = answer

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """As a service would."""
        self.asked.append(request)
        service = request.url.host.removesuffix(".test")
        if service in self.away:
            raise httpx2.ConnectError("refused", request=request)
        route = self.routes.get((request.method, service, request.url.path), (404, {"detail": "nothing there"}))
        found = route(request) if isinstance(route, Callable) else route  # type: ignore[arg-type]
        status, body = found if isinstance(found, tuple) else (200, found)
        return httpx2.Response(status, json=body, headers={"Retry-After": "0"} if status == 503 else {}, request=request)

    def bodies(self, method: str = "POST") -> list[Any]:
        """The JSON of every request of a method."""
        return [json.loads(request.content) for request in self.asked if request.method == method and request.content]


class Cli:
    """Runs verbs and catches what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        """`capsys` of the test."""
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        code = run(arguments)
        printed = self._capsys.readouterr()
        return code, printed.out, printed.err


def at_home(monkeypatch: pytest.MonkeyPatch, home: Any) -> None:
    """An empty home, English, 80 columns, and no settings from outside."""
    for name in [name for name in os.environ if name.startswith("REDRESS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(home)
    for name, value in {"REDRESS_HOME": str(home), "REDRESS_LANG": "en", "COLUMNS": "80", "TZ": "UTC"}.items():
        monkeypatch.setenv(name, value)


def moved_in(monkeypatch: pytest.MonkeyPatch, home: Any) -> FakeHouse:
    """A fake house that the settings point to."""
    at_home(monkeypatch, home)
    house = FakeHouse()
    for service in SERVICES:
        monkeypatch.setenv(f"REDRESS_{service.upper()}_URL", f"http://{service}.test")
    monkeypatch.setenv("REDRESS_SERVICE_KEY", "redress_test")
    monkeypatch.setattr(reach, "TRANSPORT", httpx2.MockTransport(house.answer))
    return house


LOSS = "29439758/complaints.submitted.v1/3"


def with_losses(house: FakeHouse, open_: int = 4) -> None:
    """Intake has lost records of one partition, and other services none."""
    row = {"loss": LOSS, "topic": "complaints.submitted.v1", "partition": 3, "records": 4, "open": open_}
    nobody: dict[str, Any] = {"written_off_by": "", "written_off_at": None, "written_off_for": ""}
    anna = {"open": 0, "written_off_by": "anna", "written_off_at": NOW, "written_off_for": "gone"}
    for service in SERVICES:
        house.put(service, "/internal/v1/losses", {"losses": []})
    house.put("intake", "/internal/v1/losses", {"losses": [row | (nobody if open_ else anna)]})
    house.put("intake", "/internal/v1/losses/write-off", row | anna, method="POST")
