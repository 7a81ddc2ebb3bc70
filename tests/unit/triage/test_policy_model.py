from typing import Any

import pytest
from pydantic import ValidationError

from services.triage.domain.policy_model import TriagePolicy
from services.triage.domain.weights import Points
from shared.contracts.vocabulary import AlertKind, Category
from tests.unit.triage.world import MATRIX, policy_with, shipped


@pytest.mark.parametrize(
    ("theme", "complaint"),
    [
        ({"ru": ["один два три четыре пять"]}, "has 5 words"),
        ({"ru": ["!!"]}, "has 0 words|marks only"),
        ({"en": ["wo*rd"]}, "may only end in one"),
        ({"en": ["ab*"]}, "would match too much"),
        ({"en": [""]}, "has 0 words"),
        ({}, "needs terms"),
        ({"en": ["ok"], "category": "deliveri"}, "there is no category 'deliveri': write one of delivery"),
        ({"en": ["ok"], "alert": "other"}, "there is no alert 'other': write one of injury"),
        ({"en": ["ok"], "when_negated": "turn"}, "turns_into"),
        ({"en": ["ok"], "when_negated": "turn", "turns_into": "nowhere"}, "which is no theme"),
        ({"en": ["ok"], "severity": {"first": 10, "most": 5}}, "must not be less than"),
        ({"en": ["ok"], "severity": {"first": 10, "each": -1, "most": 20}}, "all raise the score or all lower it"),
        ({"en": ["ok"], "colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_theme_is_refused_with_a_remedy(theme: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        policy_with(broken=theme)


def test_all_wrong_terms_of_a_list_are_named_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        policy_with(broken={"en": ["fine", "a*", "one two three four five"]})
    assert "'a*'" in str(refused.value)
    assert "'one two three four five'" in str(refused.value)


def test_a_theme_may_not_have_the_name_of_a_built_in_factor() -> None:
    with pytest.raises(ValidationError, match="built-in factor"):
        policy_with(cap={"en": ["ok"]})


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"matrix": [["P4", "P3", "P2"]]}, "3 rows"),
        ({"severity_from": [60, 30]}, "must rise"),
        ({"urgency_from": [0, 30]}, "from 1 to 100"),
        ({"matrix": [["P1", "P3", "P2"], ["P3", "P3", "P2"], ["P2", "P2", "P1"]]}, "never give a worse"),
        ({"matrix": [["P4", "P3", "P1"], ["P3", "P3", "P2"], ["P2", "P2", "P1"]]}, "never give a worse"),
        ({"matrix": [["P5", "P3", "P2"], ["P3", "P3", "P2"], ["P2", "P2", "P1"]]}, "'P1', 'P2', 'P3' or 'P4'"),
    ],
)
def test_a_wrong_matrix_is_refused_with_a_remedy(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        TriagePolicy.model_validate({"signals": {}, "themes": {}, "priority": {**MATRIX, **change}})


def test_thresholds_of_amounts_must_rise() -> None:
    with pytest.raises(ValidationError, match="RUB must rise"):
        policy_with(signals={"amounts": {"thresholds": {"RUB": [300, 30]}}})


@pytest.mark.parametrize(
    ("signs", "points"),
    [(0, 0), (1, 10), (2, 14), (3, 18), (4, 20), (50, 20)],
)
def test_points_grow_with_the_signs_up_to_the_most(signs: int, points: int) -> None:
    assert Points(first=10, each=4, most=20).of(signs) == points
    assert Points(first=-10, each=-4, most=-20).of(signs) == -points


def test_without_a_most_the_first_is_all() -> None:
    assert Points(first=7).of(5) == 7


def test_the_policy_that_ships_is_rich_in_both_languages_and_covers_the_vocabulary() -> None:
    themes = shipped().themes.values()
    assert sum(len(theme.ru) for theme in themes) > 1000
    assert sum(len(theme.en) for theme in themes) > 1000
    assert {theme.category for theme in themes} >= set(Category) - {Category.OTHER}
    assert {theme.alert for theme in themes} >= set(AlertKind) - {AlertKind.OTHER}


def test_the_lexicon_is_compiled_once_per_policy() -> None:
    assert shipped().lexicon is shipped().lexicon
