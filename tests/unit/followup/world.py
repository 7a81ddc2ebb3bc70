"""What followup's tests start from: the shipped policy, one Russian customer, and events that say only what matters."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from services.followup.domain.care import Care
from services.followup.domain.letter import Letters
from services.followup.domain.policy_model import FollowupPolicy
from services.followup.letters import letter_texts
from shared.contracts.events import CaseEscalated, CaseOpened, CaseReopened, CaseResolved, Event
from shared.contracts.fields import Addressee, Clock, SealedContact
from shared.contracts.sealed import Sealed
from shared.platform.decision import Decision, Given

HOUR, DAY = 3_600_000, 86_400_000
NOW = 1_773_484_200_000
"""2026-03-14 13:30 in Moscow, a Saturday."""
CUSTOMER = "cus_anna"
ROOT = Path(__file__).parents[3]


@lru_cache
def shipped() -> dict[str, Any]:
    """The policy as it is shipped, as plain data."""
    return YAML(typ="safe").load((ROOT / "deploy/policies/followup.yaml").read_text(encoding="utf-8"))


def a_policy(**said: Any) -> FollowupPolicy:
    """The shipped policy with parts replaced."""
    return FollowupPolicy.model_validate(shipped() | said)


@lru_cache
def letters() -> Letters:
    """The shipped letters."""
    return Letters(letter_texts())


def given(now: int = NOW, policy: FollowupPolicy | None = None, erased: bool = False) -> Given[FollowupPolicy]:
    """What a rule is told."""
    return Given(now, policy or a_policy(), "hash", cause=f"cause-{now}", by="test", erased=erased)


def an_addressee(kinds: tuple[str, ...] = ("email",), **said: Any) -> Addressee:
    """Anna, reachable in these ways."""
    contacts = tuple(
        SealedContact(kind=kind, address=Sealed(CUSTOMER, token=f"v1.{CUSTOMER}.address{at}")) for at, kind in enumerate(kinds)
    )
    name = Sealed(CUSTOMER, token=f"v1.{CUSTOMER}.name")
    return Addressee(**{"customer_id": CUSTOMER, "language": "ru", "channel": "web", "contacts": contacts, "name": name} | said)


def _case(**said: Any) -> dict[str, Any]:
    common = {"complaint_id": "cmp_1", "customer_id": CUSTOMER, "round": 1, "tier": "frontline", "at": NOW, "by": "escalation"}
    return common | {"policy": "p", "owner": "tier:frontline", "priority": "P2", "addressee": an_addressee()} | said


def opened(**said: Any) -> CaseOpened:
    """A case opened with two clocks."""
    return CaseOpened(**_case(clocks=clocks(), received_at=NOW - HOUR) | said)


def clocks(resolve_at: int = NOW + 2 * DAY) -> tuple[Clock, ...]:
    """An acknowledge clock of an hour, and a resolve clock."""
    return (
        Clock(kind="acknowledge", due_at=NOW + HOUR, warn_at=NOW),
        Clock(kind="resolve", due_at=resolve_at, warn_at=NOW),
    )


def escalated(**said: Any) -> CaseEscalated:
    """A missed deadline moved the case up, and the customer is to hear of it."""
    how = {"tier": "manager", "from_tier": "frontline", "reason": "deadline_missed", "tell_customer": True}
    return CaseEscalated(**_case(**how, answer_by=NOW + 5 * HOUR) | said)


def resolved(**said: Any) -> CaseResolved:
    """A case answered in time with a refund."""
    answer = Sealed(CUSTOMER, token=f"v1.{CUSTOMER}.answer")
    how = {"remedy": "refund", "answer": answer, "severity": 50, "category": "delivery", "received_at": NOW - HOUR, "kept": True}
    return CaseResolved(**_case(**how) | said)


def reopened(**said: Any) -> CaseReopened:
    """The customer said that it was not solved."""
    return CaseReopened(**_case(round=2, clocks=clocks(), asked_by_customer=True) | said)


def said(decision: Any, kind: type[Event] | None = None) -> list[Any]:
    """The events of a decision, or those of one type."""
    return [event for event in decision.say if kind is None or isinstance(event, kind)]


def mails(decision: Decision[Any]) -> dict[str, dict[str, Any]]:
    """The letters a decision orders, by kind."""
    return {effect.body["notice"]: dict(effect.body) for effect in decision.do if effect.kind == "mail"}


def kept(decision: Any) -> Care:
    """The care a decision keeps, as the store gives it back."""
    return Care.model_validate(decision.keep.model_dump(mode="json"))
