"""From a row of a file to what is published: columns renamed, values set, and everything checked as intake checks it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.cli.rows import Row, Rows, put, read_cell, typed
from deploy.cli.shapes import Fault
from deploy.cli.troubles import USAGE, trouble
from deploy.cli.words import say, term
from services.intake.upstream import read_submission
from shared.contracts.cloudevents import dumps
from shared.contracts.errors import Problem, Unprocessable
from shared.contracts.topics import INPUT_BYTES

HINTED = ("channel", "source_id", "text")
"""Fields that every complaint needs: where one is missing, the remedy is an option of this verb."""


@dataclass(frozen=True, slots=True)
class Ready:
    """One record as it will be published."""

    place: str
    body: bytes
    source: str = ""
    source_id: str = ""
    is_letter: bool = False


@dataclass(frozen=True)
class Shaping:
    """What the operator says about the columns."""

    mapped: Mapping[str, str]
    """Field to column."""
    fixed: Mapping[str, str]
    """Field to value."""

    def shape(self, row: Row) -> dict[str, Any]:
        """The fields of a record."""
        fields = dict(row.fields or {})
        found = {field: fields.pop(column) for field, column in self.mapped.items() if column in fields}
        if row.is_table:
            return typed(fields | found | dict(self.fixed))
        for field, value in (*found.items(), *self.fixed.items()):
            put(fields, field, value if field in found else read_cell(field, value))
        return fields


def pairs(given: Sequence[str]) -> dict[str, str]:
    """`NAME=VALUE` options as a mapping; a `Trouble` for anything else."""
    made = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise trouble("pair", code=USAGE, given=text)
        made[name.strip()] = value
    return made


def prepared(rows: Rows, shaping: Shaping) -> Iterator[Ready | list[Fault]]:
    """Each row ready to go, or what is wrong with it."""
    for row in rows():
        try:
            yield _letter(row) if row.letter is not None else _record(row, shaping)
        except Unprocessable as error:
            problems = error.problems or [Problem("", term(error.reason))]
            yield [_fault(row.place, problem) for problem in problems]


def _fault(place: str, problem: Problem) -> Fault:
    message = say("publish.missing") if problem.message == "Field required" else problem.message
    remedy = say(f"publish.hint.{problem.field}") if problem.field in HINTED else problem.remedy
    return Fault(place=place, field=problem.field, message=message, remedy=remedy)


def _record(row: Row, shaping: Shaping) -> Ready:
    if row.fault:
        raise row.fault
    fields = shaping.shape(row)
    if not fields.get("source") and isinstance(fields.get("channel"), str):
        fields["source"] = fields["channel"]  # by either way the same, so that sending again by the other one is a double
    body = dumps(fields).encode()
    _check_size(body)
    submission = read_submission(body)
    return Ready(row.place, body, str(fields.get("source") or fields.get("channel") or "file"), submission.source_id)


def _letter(row: Row) -> Ready:
    body = row.letter or b""
    _check_size(body)
    if b":" not in body.split(b"\n", 1)[0]:
        raise Unprocessable("not_a_letter", [Problem("", say("publish.not_a_letter"), say("publish.not_a_letter.remedy"))])
    return Ready(row.place, body, is_letter=True)


def _check_size(body: bytes) -> None:
    if len(body) > INPUT_BYTES:
        raise Unprocessable(
            "too_large", [Problem("", say("publish.too_large", most=INPUT_BYTES), say("publish.too_large.remedy"))]
        )
