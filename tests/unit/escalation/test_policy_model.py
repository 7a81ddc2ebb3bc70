from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from services.escalation.domain.policy_model import EscalationPolicy
from shared.contracts.vocabulary import EscalationReason, Language, Priority
from tests.unit.escalation.world import POLICY, policy_data

SHIPPED = Path(__file__).parents[3] / "deploy" / "policies" / "escalation.yaml"


def shipped() -> EscalationPolicy:
    return EscalationPolicy.model_validate(YAML(typ="safe").load(SHIPPED))


def test_the_shipped_policy_is_valid_and_survives_being_written_and_read() -> None:
    assert EscalationPolicy.model_validate_json(shipped().model_dump_json()) == shipped()


def test_the_shipped_ladder_gives_every_tier_both_names_and_no_less_authority_than_the_one_below() -> None:
    policy = shipped()
    limits = [tier.authority for tier in policy.tiers if tier.authority != "unlimited"]
    assert all(tier.title.ru and tier.title.en for tier in policy.tiers)
    for lower, upper in pairwise(limits):
        assert all(upper[currency] >= limit for currency, limit in lower.items())
    assert policy.tiers[-1].authority == "unlimited"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda data: data.update(tiers=[]), "at least 1 item"),
        (lambda data: data["tiers"].append(data["tiers"][0]), "each name may occur once"),
        (lambda data: data["tiers"][0].update(calendar="shop"), "'shop' is not under calendars"),
        (lambda data: data["tiers"][0].update(name="Front Line"), "pattern"),
        (lambda data: data["tiers"][0].update(authority={"rub": 1}), "pattern"),
        (lambda data: data["tiers"][0].update(authority={"RUB": -1}), "greater than or equal to 0"),
        (lambda data: data["entry"]["priorities"].update(P1="board"), r"entry\.priorities\.P1: 'board' is not a tier"),
        (lambda data: data["entry"]["priorities"].pop("P2"), r"entry\.priorities: P2 missing"),
        (lambda data: data["entry"]["priorities"].update(P5="frontline"), "P5"),
        (lambda data: data["entry"]["alerts"].update(injury="board"), r"entry\.alerts\.injury"),
        (lambda data: data["entry"]["alerts"].update(flood="frontline"), "flood"),
        (lambda data: data["untriaged"].update(tier="board"), r"untriaged\.tier"),
        (lambda data: data["clocks"].pop("P4"), "clocks: P4 missing"),
        (lambda data: data["clocks"]["P1"]["resolve"].update(within="4 hours"), '"business" or "calendar"'),
        (lambda data: data["clocks"]["P1"]["resolve"].update(warn_before="9 business hours"), "must be shorter than within"),
        (lambda data: data.update(tell_customer={"always": True}), "Extra inputs"),
        (lambda data: data.update(auto_closes="7 calendar days"), "Extra inputs"),
    ],
)
def test_a_mistake_in_the_policy_is_refused_with_its_place(change: Callable[[dict[str, Any]], object], complaint: str) -> None:
    data = policy_data()
    change(data)
    with pytest.raises(ValidationError, match=complaint):
        EscalationPolicy.model_validate(data)


def test_a_priority_that_the_policy_does_not_know_gets_the_provisional_clocks() -> None:
    assert POLICY.clocks_for(Priority.OTHER) == POLICY.clocks_for(Priority.P3) != POLICY.clocks_for(Priority.P1)


def test_a_tier_that_the_policy_has_dropped_counts_by_the_calendar_of_the_lowest() -> None:
    assert POLICY.calendar_of("gone") is POLICY.calendar_of("frontline")
    assert POLICY.tier("gone") is None


def test_the_policy_says_which_escalations_the_customer_hears_of() -> None:
    told = {reason: POLICY.tells(reason) for reason in EscalationReason}
    assert [reason.value for reason, tells in told.items() if tells] == ["deadline_missed", "requested"]


def test_a_tier_is_named_in_the_language_of_the_reader() -> None:
    title = POLICY.tiers[0].title
    assert (title.in_language(Language.RU), title.in_language(Language.EN)) == ("Первая линия", "Front line")
    assert title.in_language(Language.OTHER) == "Front line"
