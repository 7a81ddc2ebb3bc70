"""How a document, and what is asked of documents, look in MongoDB."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json, to_json

from shared.contracts.kept import Kept
from shared.platform.document import Document
from shared.platform.store import Unencodable
from shared.platform.stores import asked, codec, mongo_driver
from shared.platform.stores.mongo_driver import Raw
from shared.platform.stores.mongo_schema import NEVER_DUE

READ = ("ver", "schema", "state", "meta", "out", "upd")
"""Fields that `read` needs."""


def raw_of(document: Document, ver: int, token: str) -> Raw:
    """The stored form.

    The state lies there as fields, for people who look; bookkeeping and outbox as JSON text, since their keys are the ids
    and names of others, and dots and dollars in keys mean something to a server. `w` names the save that wrote it.
    """
    row, values = codec.written(document)
    try:
        return mongo_driver.encoded(
            {
                "_id": document.id,
                "ver": ver,
                "schema": row.schema,
                "state": from_json(row.state),
                "meta": row.meta,
                "out": row.out or "",
                "pend": row.pending,
                "upd": row.upd,
                "due": NEVER_DUE if row.due is None else row.due,
                "lease": 0,
                "ix": values,
                "w": token,
            }
        )
    except (OverflowError, ValueError) as error:
        raise Unencodable(document.key) from error


def read(keeps: type[Kept], row: Mapping[str, Any]) -> Document:
    """The document of a row."""
    state = to_json(row["state"])  # read as JSON like everywhere else, so that both stores understand a type alike
    return codec.read_document(keeps, row["_id"], row["ver"], row["schema"], state, row["meta"], row["out"], row["upd"])


def where_of(keeps: type[Kept], where: Mapping[str, object]) -> dict[str, Any]:
    """Conditions over index fields as a filter; `ValueError` names a field that is not indexed."""
    made: dict[str, Any] = {}
    for condition in asked.conditions(keeps, where):
        bounds = {"$gte": condition.low, "$lt": condition.high}
        among = {"$in": list(condition.among)} if condition.among is not None else {}
        made[f"ix.{condition.field}"] = among or {sign: bound for sign, bound in bounds.items() if bound is not None}
    return made
