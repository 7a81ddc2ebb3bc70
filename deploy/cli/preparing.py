"""From a row of a file to what is published: columns renamed, values set, and everything checked as intake checks it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.cli.rows import Row, Rows, put, read_cell, typed
from deploy.cli.shapes import Fault
from deploy.cli.targets import check_targets, nearest
from deploy.cli.troubles import USAGE, trouble
from deploy.cli.words import say, term, wrong
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
        given = row.fields or {}
        found = {field: given[column] for field, column in self.mapped.items() if column in given}
        fields = {name: value for name, value in given.items() if name not in self.mapped.values()}
        if row.is_table:
            return typed(fields | found | dict(self.fixed))
        for field, value in (*found.items(), *self.fixed.items()):
            put(fields, field, value if field in found else read_cell(field, value))
        return fields


AS_IT_IS = Shaping({}, {})
"""For verbs that have no options to shape a file with; what is missing must be mended in the file."""


def pairs(given: Sequence[str]) -> dict[str, str]:
    """`FIELD=VALUE` options as a mapping; a `Trouble` for anything else, and for what is no field of a complaint."""
    made = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise trouble("pair", code=USAGE, given=text)
        made[name.strip()] = value
    check_targets(made)
    return made


def prepared(rows: Rows, shaping: Shaping) -> Iterator[Ready | list[Fault]]:
    """Each row ready to go, or what is wrong with it."""
    for row in rows():
        try:
            yield _letter(row) if row.letter is not None else _record(row, shaping)
        except Unprocessable as error:
            problems = error.problems or [Problem("", term(error.reason))]
            yield [_fault(row, problem, shaping) for problem in problems]


def line_of(fault: Fault) -> str:
    """What is wrong, in one line."""
    about = f"{fault.field}: {fault.message}" if fault.field else fault.message
    return f"{fault.place}: {about}{'; ' + fault.remedy if fault.remedy else ''}"


def _fault(row: Row, problem: Problem, shaping: Shaping) -> Fault:
    is_missing = shaping is not AS_IT_IS and problem.field in HINTED and problem.message == "Field required"
    remedy = _hint(problem.field, row) if is_missing else wrong(problem.remedy)
    return Fault(place=row.place, field=problem.field, message=wrong(problem.message), remedy=remedy)


def _hint(field: str, row: Row) -> str:
    """The option of this verb that helps, with the name in the file that looks as if it were meant."""
    if field == "channel":
        return say("publish.hint.channel")
    meant = nearest(field, row.columns or row.fields or ())
    return say("publish.hint.column" if row.is_table else "publish.hint.key", field=field, name=meant or say("publish.hint.name"))


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
