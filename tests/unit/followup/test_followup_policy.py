"""What an operator may write into the policy, and which slips are refused."""

import pytest
from pydantic import ValidationError

from services.followup.domain.policy_model import FollowupPolicy
from shared.contracts.vocabulary import Language
from tests.unit.followup.world import ROOT, a_policy, shipped

RULE = {"name": "one", "amount_minor": 100, "currency": "RUB"}


def offers(**said):
    return {"offers": shipped()["offers"] | said}


def test_the_shipped_policy_names_every_tier_of_the_ladder():
    text = (ROOT / "deploy/policies/escalation.yaml").read_text(encoding="utf-8")
    ladder = [line.split("name:")[1].strip() for line in text.splitlines() if line.startswith("  - name:")]
    assert ladder
    assert set(ladder) <= set(a_policy().tiers)


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        ({"surveys": {}}, "surveys"),
        ({"survey": {"delay_hour": 1}}, "delay_hour"),
        ({"time_zone": "Moscow"}, "IANA time zone"),
        ({"time_zone": "../etc/passwd"}, "IANA time zone"),
        ({"apologise_after": ["refnud"]}, "one of: apology"),
        (offers(rules=[RULE | {"categories": ["delivry"]}]), "one of: delivery"),
        (offers(rules=[RULE | {"priorities": ["P5"]}]), "one of: P1"),
        (offers(rules=[RULE, RULE]), "same name"),
        (offers(rules=[RULE | {"currency": "GBP"}]), "raise monthly_minor or take fewer buckets"),
        (offers(monthly_minor={"RUB": 799}, rules=[RULE]), "buckets of the month holds 99"),
        (offers(rules=[RULE | {"amount_minor": 0}]), "greater than 0"),
        (offers(monthly_minor={"rub": 100}), "pattern"),
    ],
)
def test_a_slip_is_refused_with_what_to_do(slip, told):
    with pytest.raises(ValidationError, match=told):
        FollowupPolicy.model_validate(shipped() | slip)


def test_buckets_together_never_hold_more_than_the_month():
    rules = a_policy(**offers(monthly_minor={"RUB": 1_003}, buckets=4, rules=[])).offers
    assert rules.limit_of("RUB") * rules.buckets <= 1_003
    assert rules.limit_of("EUR") == 0


def test_a_tier_without_a_name_is_still_somebody():
    assert a_policy().who_is("board", Language.OTHER) == "a more experienced colleague"
