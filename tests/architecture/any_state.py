"""Any value that a model allows: hypothesis strategies read off pydantic fields."""

import enum
import types
import typing
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.contracts.sealed import Sealed

INT64 = 2**63
LETTERS = st.characters(codec="utf-8")
WORDS = st.text(LETTERS, max_size=20)
TOKENS = st.sampled_from(["c1", "c2"]).map(lambda customer: Sealed(customer, token=f"v1.{customer}.c2VhbGVk"))
JSON = st.recursive(st.none() | st.booleans() | st.integers(-INT64, INT64 - 1) | WORDS, lambda inner: st.lists(inner, max_size=2))
SHAPES: dict[tuple[str, str], st.SearchStrategy[Any]] = {
    ("Budget", "budget_id"): st.from_regex(r"(RUB|EUR)-20\d\d-(0[1-9]|1[0-2])-[0-9]", fullmatch=True),
}
"""Ids whose parts mean something."""


def states_of(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Instances of a model; fields with a default are sometimes left out."""
    fields = {name: SHAPES.get((model.__name__, name), value_of(field)) for name, field in model.model_fields.items()}
    required = {name: fields[name] for name, field in model.model_fields.items() if field.is_required()}
    optional = {name: strategy for name, strategy in fields.items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional).map(model.model_validate)


def value_of(field: FieldInfo) -> st.SearchStrategy[Any]:
    """Values of one field, within its constraints."""
    return _of(field.annotation, field.metadata)


def _of(hint: Any, metadata: Sequence[Any] = ()) -> st.SearchStrategy[Any]:
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _of(inside[0], [*metadata, *_constraints(inside[1:])])
    if origin in (typing.Union, types.UnionType):
        return st.one_of([_of(part, metadata) for part in inside])
    if origin is tuple:
        return st.lists(_of(inside[0]), max_size=3).map(tuple)
    if origin is list:
        return st.lists(_of(inside[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(_of(inside[0]), _of(inside[1]), max_size=3)
    if origin is typing.Literal:
        return st.sampled_from(inside)
    return _plain(hint, metadata)


def _plain(hint: Any, metadata: Sequence[Any]) -> st.SearchStrategy[Any]:
    if hint is None or hint is type(None):
        return st.none()
    if hint is Any:
        return JSON
    if hint is Sealed:
        return TOKENS
    if issubclass(hint, BaseModel):
        return states_of(hint)
    if issubclass(hint, enum.Enum):
        return st.sampled_from(list(hint))
    if hint is bool:
        return st.booleans()
    if hint is int:
        return st.integers(_bound(metadata, "ge", -INT64), _bound(metadata, "le", INT64 - 1))
    if hint is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if hint is str:
        return _text(metadata)
    raise TypeError(f"no values are known for {hint}: teach this file")


def _text(metadata: Sequence[Any]) -> st.SearchStrategy[str]:
    pattern = _bound(metadata, "pattern", None)
    if pattern:
        return st.from_regex(pattern, fullmatch=True)
    least, most = _bound(metadata, "min_length", 0), _bound(metadata, "max_length", 20)
    return st.text(LETTERS, min_size=least, max_size=min(most, least + 20))


def _constraints(metadata: Sequence[Any]) -> list[Any]:
    return [part for item in metadata for part in (item.metadata if isinstance(item, FieldInfo) else [item])]


def _bound(metadata: Sequence[Any], name: str, default: Any) -> Any:
    """A constraint by its name, wherever pydantic put it."""
    return next((found for item in metadata if (found := getattr(item, name, None)) is not None), default)
