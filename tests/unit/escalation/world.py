"""A small world for the tests: a policy with Moscow hours, an instant from a wall clock, and one of each event."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.escalation.domain.case import Case
from services.escalation.domain.opening import open_case
from services.escalation.domain.policy_model import EscalationPolicy
from services.escalation.domain.refining import refine
from services.escalation.domain.step import Refusal, Step
from shared.contracts.events import (
    ComplaintRegistered,
    ComplaintTriaged,
    NoticeFailed,
    NoticeSent,
    SurveyAnswered,
)
from shared.contracts.sealed import Sealed
from shared.platform.decision import Given

MOSCOW = "Europe/Moscow"
OFFICE = ["09:00-13:00", "14:00-18:00"]
WORK_WEEK = ("mon", "tue", "wed", "thu", "fri")
ALL_WEEK = (*WORK_WEEK, "sat", "sun")


def policy_data() -> dict[str, Any]:
    """A valid policy as a file would say it; tests change what they are about."""
    clocks = {
        "P1": ("1 business hour", "4 business hours", "2 business hours"),
        "P2": ("2 business hours", "1 business day", "4 business hours"),
        "P3": ("4 business hours", "3 business days", "1 business day"),
        "P4": ("1 business day", "10 calendar days", "2 business days"),
    }
    return {
        "tiers": [
            {
                "name": "frontline",
                "title": {"ru": "Первая линия", "en": "Front line"},
                "calendar": "office",
                "authority": {"RUB": 300_000},
            },
            {
                "name": "supervisor",
                "title": {"ru": "Старший", "en": "Supervisor"},
                "calendar": "office",
                "authority": {"RUB": 1_000_000},
            },
            {
                "name": "executive",
                "title": {"ru": "Дирекция", "en": "Executives"},
                "calendar": "office",
                "authority": "unlimited",
            },
        ],
        "entry": {
            "priorities": {"P1": "supervisor", "P2": "supervisor", "P3": "frontline", "P4": "frontline"},
            "alerts": {"injury": "executive", "legal": "supervisor"},
        },
        "clocks": {
            name: {
                "acknowledge": {"within": acknowledge, "warn_before": "30 business minutes"},
                "resolve": {"within": resolve, "warn_before": "1 business hour", "after_miss": again},
            }
            for name, (acknowledge, resolve, again) in clocks.items()
        },
        "untriaged": {"provisional_priority": "P3", "after": "30 calendar minutes", "tier": "frontline"},
        "auto_close": "7 calendar days",
        "reopening": {"max_by_customer": 2, "climbs": True},
        "tell_customer": {"deadline_missed": True, "requested": True, "triage": False, "reopened": False},
        "calendars": {"office": {"zone": MOSCOW, "hours": dict.fromkeys(WORK_WEEK, OFFICE), "holidays": {"country": "RU"}}},
    }


POLICY = EscalationPolicy.model_validate(policy_data())
CUSTOMER = "cus_1"
COMPLAINT = "cmp_1"


def at(wall: str, zone: str = MOSCOW) -> int:
    """UTC ms of a wall clock, e.g. `2026-11-25 10:00`."""
    return int(datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


MONDAY = at("2026-11-23 10:00")
"""An ordinary Monday: the acknowledge clock of P3 ends at 15:00, the resolve clock on Thursday at 18:00."""


def given(
    now: int, by: str = "escalation", policy: EscalationPolicy = POLICY, policy_hash: str = "p1", erased: bool = False
) -> Any:
    """The circumstances of a decision."""
    return Given(now, policy, policy_hash, f"cause-{now}-{by}", by, erased=erased)


def registered(received_at: int = MONDAY, **more: Any) -> ComplaintRegistered:
    """A complaint from Russia."""
    said = {
        "complaint_id": COMPLAINT,
        "source": "shop",
        "addressee": {
            "customer_id": CUSTOMER,
            "language": "ru",
            "channel": "email",
            "contacts": [{"kind": "email", "address": f"v1.{CUSTOMER}.mail"}],
            "name": f"v1.{CUSTOMER}.name",
        },
        "received_at": received_at,
        "registered_at": received_at,
        "masked_subject": "Курьер не приехал",
        "masked_text": "Заказ [номер] не привезли второй раз.",
    }
    return ComplaintRegistered.model_validate(said | more)


def triaged(priority: str = "P3", triaged_at: int = MONDAY + 100, alerts: tuple[str, ...] = (), **more: Any) -> ComplaintTriaged:
    """A judgement on it."""
    said = {
        "complaint_id": COMPLAINT,
        "customer_id": CUSTOMER,
        "severity": 40,
        "urgency": 30,
        "category": "delivery",
        "priority": priority,
        "alerts": alerts,
        "language": "ru",
        "triaged_at": triaged_at,
        "policy": "t1",
        "rules": "1",
    }
    return ComplaintTriaged.model_validate(said | more)


def sent(when: int, notice: str = "acknowledgement") -> NoticeSent:
    """A letter that went out."""
    return NoticeSent.model_validate(
        {
            "complaint_id": COMPLAINT,
            "customer_id": CUSTOMER,
            "notice_id": notice,
            "notice": notice,
            "round": 1,
            "at": when,
            "via": "email",
        }
    )


def failed(when: int, reason: str = "no_route", notice: str = "acknowledgement") -> NoticeFailed:
    """A letter that did not."""
    return NoticeFailed.model_validate(
        {
            "complaint_id": COMPLAINT,
            "customer_id": CUSTOMER,
            "notice_id": notice,
            "notice": notice,
            "round": 1,
            "at": when,
            "reason": reason,
        }
    )


def survey(when: int, round_: int = 1, solved: bool = False, words: bool = False) -> SurveyAnswered:
    """A customer's answer."""
    text = Sealed(CUSTOMER, token=f"v1.{CUSTOMER}.words") if words else None
    return SurveyAnswered(
        complaint_id=COMPLAINT, customer_id=CUSTOMER, round=round_, score=5 if solved else 1, solved=solved, words=text, at=when
    )


def did(step: Step | Refusal | None) -> Step:
    """The step that was taken; fails the test where none was."""
    assert isinstance(step, Step), step
    return step


def opened(received_at: int = MONDAY) -> Case:
    """A case that was just opened."""
    return did(open_case(registered(received_at), None, given(received_at))).case


def routed(priority: str = "P3", received_at: int = MONDAY, alerts: tuple[str, ...] = ()) -> Case:
    """A case that triage has spoken about."""
    return did(refine(triaged(priority, received_at + 100, alerts), opened(received_at), given(received_at + 100))).case


def names(step: Step | Refusal | None) -> list[str]:
    """The names of the events that a step says."""
    return [type(event).__name__ for event in did(step).events]
