"""What an author of a policy can do about each thing that pydantic finds."""

import difflib
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

_WRITE = {
    "string_type": "write text, in quotes if it looks like a number",
    "bool_type": "write true or false",
    "int_type": "write a whole number without quotes",
    "int_parsing": "write a whole number without quotes",
    "float_parsing": "write a number without quotes",
    "bool_parsing": "write true or false",
    "int_from_float": "write a whole number without quotes",
    "float_type": "write a number without quotes",
    "tuple_type": "write a list, one `- …` a line",
    "list_type": "write a list, one `- …` a line",
    "dict_type": "write `key: value` lines, indented",
    "model_type": "write `key: value` lines, indented",
    "model_attributes_type": "write `key: value` lines, indented",
    "frozen_set_type": "write a list, one `- …` a line",
    "set_type": "write a list, one `- …` a line",
    "literal_error": "write one of the values named",
    "enum": "write one of the values named",
    "greater_than": "choose a larger value",
    "greater_than_equal": "choose a larger value",
    "less_than": "choose a smaller value",
    "less_than_equal": "choose a smaller value",
}


def remedy_for(model: type[BaseModel], error: ErrorDetails) -> str:
    """One imperative phrase."""
    kind, loc = error["type"], error["loc"]
    if kind == "missing":
        return f"add `{loc[-1]}:` here"
    if kind == "extra_forbidden":
        return _nearest(str(loc[-1]), sorted({name for found in _models_at(model, loc[:-1]) for name in _names(found)}))
    return _WRITE.get(kind, "change it; the default policy shows and explains every key")


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"remove it; known here: {', '.join(known)}" if known else "remove it"


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[type[BaseModel]]:
    """The models that may stand at a location."""
    models = [model]
    for part in loc:
        inside = [
            found
            for candidate in models
            for name, field in candidate.model_fields.items()
            if part in (name, field.alias)
            for found in _models_in(field.annotation)
        ]
        models = inside or models  # an index or a key of a mapping: the same models
    return models


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models_in(part)]
