"""What pydantic found wrong with an input, as senders are told: field, message and remedy, never the input itself."""

from collections.abc import Iterable, Sequence

from pydantic_core import ErrorDetails

from shared.contracts.errors import Problem

REMEDIES = {
    "missing": "send it",
    "json_invalid": "check quotes, commas and brackets",
    "extra_forbidden": "leave it out",
    "literal_error": "send one of the values named",
    "enum": "send one of the values named",
    "unknown_word": "send one of the values named",
    "string_type": "send it as a string",
    "string_too_long": "shorten it",
    "string_too_short": "send more than that",
    "int_type": "send a whole number",
    "int_parsing": "send a whole number",
    "bool_type": "send true or false",
    "tuple_type": "send a list",
    "list_type": "send a list",
    "model_type": "send an object",
    "model_attributes_type": "send an object, with the header Content-Type: application/json",
    "dict_type": "send an object",
    "too_long": "send fewer of them",
    "greater_than_equal": "send a number within the bounds",
    "less_than_equal": "send a number within the bounds",
    "timezone_aware": "add the offset, such as Z or +03:00",
}
"""By pydantic's type of error."""
OTHERWISE = "send a value of the type that the schema names"
BRANCHES = ("str", "int", "float", "bool")
"""What pydantic calls the branches of a union of plain types."""


def problems_of(errors: Iterable[ErrorDetails], roots: Sequence[str] = ()) -> list[Problem]:
    """One problem for each field; `roots` are first steps of a path that belong to no field, such as branches of a union."""
    found: dict[str, Problem] = {}
    for error in errors:
        field = _field(error, roots)
        message = "names none of the kinds known" if error["type"] == "union_tag_invalid" else str(error["msg"])
        problem = Problem(field, message.removeprefix("Value error, "), REMEDIES.get(error["type"], OTHERWISE))
        found.setdefault(field, problem)
    return list(found.values())


def _field(error: ErrorDetails, roots: Sequence[str]) -> str:
    """`customer.email`, whatever branches pydantic tried on the way."""
    steps = [] if error["type"] == "json_invalid" else [str(step) for step in error["loc"]]
    if steps and steps[0] in roots and not error["type"].startswith("union"):
        steps = steps[1:]
    if len(steps) > 1 and steps[-1] in BRANCHES:
        steps = steps[:-1]
    return ".".join(steps)
