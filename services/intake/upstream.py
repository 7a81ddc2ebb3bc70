"""Reads what strangers send: the one union over all channels, from JSON that is taken strictly."""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.intake.domain.source import source_of
from shared.contracts.cloudevents import Attributes
from shared.contracts.errors import Problem, Unprocessable
from shared.contracts.events import SUBMITTED_TYPE, ComplaintSubmitted, Submission
from shared.contracts.events.submitted import VARIANTS
from shared.contracts.strict_json import read_json
from shared.platform.faults import problems_of

CHANNELS = (*VARIANTS, "other")
"""The branches of the union, which no field is in."""
_SUBMITTED: TypeAdapter[Submission] = TypeAdapter(ComplaintSubmitted)


def read_submission(body: Any, said: Attributes | None = None, key_name: str | None = None) -> Submission:
    """The submission in a body (bytes, or JSON that a structured event carried); `Unprocessable` names every wrong field.

    Its `source` is filled in: what the sender says, else the API key's name, else `ce_source`, else the channel.
    """
    if said and said.type and said.type != SUBMITTED_TYPE:
        raise Unprocessable("unknown_type", [Problem("ce_type", "this type or major version is not taken here", SUBMITTED_TYPE)])
    value = read_json(body) if isinstance(body, bytes) else body
    if not isinstance(value, dict):
        raise Unprocessable("wrong_shape", [Problem("", "the body is not a JSON object", "send one complaint as an object")])
    try:
        submission = _SUBMITTED.validate_python(_without_nulls(value))
    except ValidationError as error:
        raise Unprocessable("wrong_shape", problems_of(error.errors(), CHANNELS)) from None
    source = source_of(submission, key_name, said.source if said else None)
    return submission if submission.source == source else submission.model_copy(update={"source": source})


def _without_nulls(value: dict[str, Any]) -> dict[str, Any]:
    """Null means absent, here and in `customer`."""
    given = {name: part for name, part in value.items() if part is not None}
    customer = given.get("customer")
    if isinstance(customer, dict):
        given["customer"] = {name: part for name, part in customer.items() if part is not None}
    return given
