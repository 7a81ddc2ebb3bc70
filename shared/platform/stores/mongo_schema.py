"""The indexes of a collection in MongoDB, and index fields that older documents lack."""

from collections.abc import Iterable

from pydantic_core import to_json

from shared.contracts.kept import Kept
from shared.platform.stores import codec, mongo_driver
from shared.platform.stores.mongo_driver import Driver

NEVER_DUE = 9_000_000_000_000_000
"""`due` of a document that wants no timer: a number, so that one plain index orders all."""
PAGE = 500


async def prepare(driver: Driver, kinds: Iterable[type[Kept]]) -> list[str]:
    """Create what is missing, idempotent; returns `collection.index` of what is new."""
    made = []
    for kept in kinds:
        new = await driver.index(kept.collection, indexes_of(kept))
        made += [f"{kept.collection}.{name}" for name in new]
        if kept.indexed:
            await _fill(driver, kept)
    return made


def indexes_of(kept: type[Kept]) -> list[tuple[str, ...]]:
    """The fields of each index: outboxes, timers (where a state has any), and each field to search by."""
    timers = [] if kept.due is Kept.due else [("due", "lease")]
    return [("pend", "upd"), *timers, *((f"ix.{name}", "_id") for name in kept.indexed)]


async def _fill(driver: Driver, kept: type[Kept]) -> None:
    """Give documents written before an index field existed its value; one that changes meanwhile has been given it."""
    last = ""
    lacking = [{f"ix.{name}": {"$exists": False}} for name in kept.indexed]
    while True:
        where = {"_id": {"$gt": last}, "$or": lacking}
        rows = await driver.find(kept.collection, where, ("ver", "schema", "state"), sort=[("_id", 1)], limit=PAGE)
        if not rows:
            return
        updates = [
            mongo_driver.update(
                {"_id": row["_id"], "ver": row["ver"]},
                {"ix": codec.index_values(codec.read_state(kept, to_json(row["state"]), row["schema"]))},
            )
            for row in rows
        ]
        await driver.bulk(kept.collection, updates)
        last = rows[-1]["_id"]
