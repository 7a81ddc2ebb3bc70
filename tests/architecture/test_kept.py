"""Every stored state can be found, woken, forgotten and read by the next version."""

import importlib
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from deploy.local import SERVICES_AS_DATA
from shared.contracts.kept import Kept
from shared.contracts.sealed import Sealed
from shared.platform.runtime import PLATFORM_KINDS, kinds_of
from tests.architecture.source import importable

MASKED_WORDS = {"masked_text", "masked_subject", "summary", "text", "subject"}
"""Fields that hold a customer's words with personal data masked."""


def every_kept() -> list[type[Kept]]:
    """All subclasses of `Kept` that are shipped."""
    for name in importable():
        importlib.import_module(name)
    found, waiting = [], [Kept]
    while waiting:
        children = waiting.pop().__subclasses__()
        waiting += children
        found += [child for child in children if child.__module__.startswith(("shared.", "services.", "deploy."))]
    return found


KINDS = every_kept()
ONCE = pytest.mark.parametrize("kept", KINDS, ids=lambda kept: kept.__name__)


def fields_inside(hint: Any) -> dict[str, FieldInfo]:
    """The fields of every model that a type mentions, at any depth."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        found = dict(hint.model_fields)
        for field in hint.model_fields.values():
            found |= fields_inside(field.annotation)
        return found
    return {name: field for part in get_args(hint) for name, field in fields_inside(part).items()}


def mentions(hint: Any, wanted: type) -> bool:
    """Whether a type mentions another, at any depth."""
    if hint is wanted:
        return True
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return any(mentions(field.annotation, wanted) for field in hint.model_fields.values())
    return any(mentions(part, wanted) for part in get_args(hint))


def is_personal(kept: type[Kept]) -> bool:
    """Whether a state holds what a person wrote or how to reach them, sealed or masked."""
    return mentions(kept, Sealed) or bool(MASKED_WORDS & set(fields_inside(kept)))


def test_no_two_kinds_share_a_collection() -> None:
    names = [kept.collection for kept in KINDS]
    assert sorted(names) == sorted(set(names))


def test_every_kind_belongs_to_a_service_or_to_all_of_them() -> None:
    decided_on = {kept for service in SERVICES_AS_DATA for kept in kinds_of(service)}
    assert {kept.__name__ for kept in KINDS if kept not in decided_on} == {"CustomerKey", "Opening", "Source", "ContactRow"}
    assert set(PLATFORM_KINDS) <= set(KINDS)


@ONCE
def test_an_index_field_is_a_field_or_a_property(kept: type[Kept]) -> None:
    assert [
        name for name in kept.indexed if name not in kept.model_fields and not isinstance(getattr(kept, name, None), property)
    ] == []


@ONCE
def test_an_index_field_is_named_once_and_never_id(kept: type[Kept]) -> None:
    assert len(set(kept.indexed)) == len(kept.indexed)
    assert "id" not in kept.indexed, "the store's own"


@ONCE
def test_what_is_personal_can_be_found_by_its_customer_and_forgotten(kept: type[Kept]) -> None:
    if is_personal(kept):
        assert "customer_id" in kept.indexed
        assert "forgotten" in vars(kept), "what an erasure takes out of it"


def test_the_check_itself_sees_personal_states() -> None:
    personal = {kept.__name__ for kept in KINDS if is_personal(kept)}
    assert {"Complaint", "Case", "Care", "Assessment"} <= personal


@ONCE
def test_a_state_is_frozen_and_carries_on_what_a_newer_version_wrote(kept: type[Kept]) -> None:
    assert kept.model_config["frozen"] is True
    assert kept.model_config["extra"] == "allow"


@ONCE
def test_a_part_of_a_state_carries_on_what_a_newer_version_wrote(kept: type[Kept]) -> None:
    assert [model.__name__ for model in _models_inside(kept) if model.model_config.get("extra") != "allow"] == []


def _models_inside(hint: Any) -> set[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return {hint}.union(*(_models_inside(field.annotation) for field in hint.model_fields.values()))
    return set().union(*(_models_inside(part) for part in get_args(hint)))
