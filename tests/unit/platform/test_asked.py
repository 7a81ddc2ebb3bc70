"""What a search asks for, made plain."""

from enum import StrEnum
from typing import Any, ClassVar

import pytest

from shared.contracts.kept import Kept
from shared.platform.document import Between
from shared.platform.stores.asked import Condition, conditions, known, order


class Tier(StrEnum):
    """A word."""

    FIRST = "first"


class Case(Kept):
    """Something to search for."""

    collection: ClassVar[str] = "cases"
    indexed: ClassVar[tuple[str, ...]] = ("tier", "opened")


class Plain(Kept):
    """Nothing to search by."""

    collection: ClassVar[str] = "plain"


@pytest.mark.parametrize(
    ("wanted", "made"),
    [
        ("x", Condition("tier", ("x",))),
        (None, Condition("tier", (None,))),
        (Tier.FIRST, Condition("tier", ("first",))),
        (True, Condition("tier", (1,))),
        (("x", None, 3), Condition("tier", ("x", None, 3))),
        ((), Condition("tier", ())),
        (2**63, Condition("tier", ())),
        (Between(1, 2), Condition("tier", low=1, high=2)),
        (Between(-(2**90), 2), Condition("tier", high=2)),
        (Between(1, 2**90), Condition("tier", low=1)),
        (Between(2**90), Condition("tier", ())),
        (Between(high=-(2**90)), Condition("tier", ())),
    ],
)
def test_a_wish_becomes_a_condition(wanted: Any, made: Condition) -> None:
    (condition,) = conditions(Case, {"tier": wanted})
    assert condition == made
    assert [type(value) for value in condition.among or ()] == [type(value) for value in made.among or ()]


def test_an_open_range_asks_for_nothing() -> None:
    assert conditions(Case, {"tier": Between()}) == []
    assert conditions(Case, {"tier": Between(-(2**90), 2**90)}) == []


def test_an_order_is_a_field_and_a_direction() -> None:
    assert [order(Case, sort) for sort in ("", "tier", "-opened")] == [("", False), ("tier", False), ("opened", True)]


def test_an_unknown_field_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="cases cannot be searched by 'text'; it has tier, opened"):
        conditions(Case, {"text": "x"})
    with pytest.raises(ValueError, match="plain cannot be searched by 'text'; it has no such field"):
        known(Plain, "text")
