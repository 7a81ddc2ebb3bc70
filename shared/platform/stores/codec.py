"""How a document reads and writes its parts as JSON; used by every store, so that all of them hold the same."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError, from_json, to_json

from shared.contracts.errors import NewerSchema
from shared.contracts.kept import Kept
from shared.platform.document import Document, NewRow
from shared.platform.store import Unencodable

INT64 = 2**63
Value = str | int | None


class Row(NamedTuple):
    """A document as columns, in the order in which SQLite keeps them; id, version and index fields apart."""

    schema: int
    state: str
    meta: str
    out: str | None
    """JSON text of the outbox, None when it is empty."""
    pending: int
    upd: int
    due: int | None


def written(document: Document) -> tuple[Row, dict[str, Value]]:
    """A document's columns and index fields; `Unencodable` names the document instead of failing a whole batch."""
    try:
        document.id.encode()
        row = Row(
            type(document.state).schema_version,
            document.state.model_dump_json(),
            to_json(bookkeeping(document)).decode(),
            to_json(document.out).decode() if document.out else None,
            1 if document.out else 0,
            document.upd,
            _within(document.state.due),
        )
        return row, index_values(document.state)
    except (PydanticSerializationError, UnicodeError, OverflowError) as error:
        raise Unencodable(document.key) from error


def index_values(state: Kept) -> dict[str, Value]:
    """The declared index fields; `OverflowError` or `UnicodeError` for what no store can compare."""
    values = state.index()
    return {name: _plain(values[name]) for name in state.indexed}


def _plain(value: Value) -> Value:
    if value is None or (type(value) is str and value.isascii()):
        return value
    if isinstance(value, str):
        value.encode()
        return str(value)  # of an enum only the word
    return _within(int(value))  # of a truth value the number: stores disagree about true = 1


def _within(value: int | None) -> int | None:
    if value is not None and not -INT64 <= value < INT64:
        raise OverflowError("beyond 64 bits")
    return value


def bookkeeping(document: Document) -> dict[str, Any]:
    """Everything beside state, outbox and version."""
    return {
        "arrival": document.arrival,
        "outcome": document.outcome,
        "seen": document.seen,
        "settled": document.settled,
        "head": document.head,
    }


NO_BOOKKEEPING = to_json({"arrival": "", "outcome": "", "seen": {}, "settled": {}, "head": ""}).decode()
"""Of a row that no message is about."""


def new(row: NewRow) -> tuple[Value, ...]:
    """A new row's values: its id, then what `written` gives of a document."""
    return (row.id, row.keeps.schema_version, row.state, NO_BOOKKEEPING, None, 0, row.upd, row.due, *row.index)


def possible(ids: Iterable[str]) -> list[str]:
    """The ids that a store can hold, once each, in order: what cannot be written cannot be there."""
    return [row_id for row_id in dict.fromkeys(ids) if row_id.isascii() or _encodes(row_id)]


def _encodes(text: str) -> bool:
    try:
        return bool(text.encode())
    except UnicodeEncodeError:
        return False


def read_state(keeps: type[Kept], text: str | bytes, schema: int) -> Kept:
    """The state from its JSON text; a newer major stops the service."""
    if schema > keeps.schema_version:
        raise NewerSchema(f"{keeps.collection} was written with schema {schema}, this version knows {keeps.schema_version}")
    try:
        return keeps.model_validate_json(text)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, e["loc"])) for e in error.errors(include_input=False, include_url=False))
        raise NewerSchema(f"a document of {keeps.collection} does not fit this version at: {fields}") from None


def read_document(
    keeps: type[Kept], row_id: str, ver: int, schema: int, state: str | bytes, meta: str, out: str | None, upd: int
) -> Document:
    """A document from its parts."""
    m = from_json(meta)
    return Document(
        id=row_id,
        state=read_state(keeps, state, schema),
        ver=ver,
        arrival=m["arrival"],
        outcome=m["outcome"],
        seen=m["seen"],
        settled=m["settled"],
        head=m["head"],
        out=from_json(out) if out else [],
        upd=upd,
    )
