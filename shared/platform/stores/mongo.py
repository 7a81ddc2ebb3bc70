"""MongoDB as the store: compare-and-set on single documents in unordered bulks, nothing that a compatible server lacks."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from shared.contracts.kept import Kept
from shared.platform.document import Document, NewRow, Sought
from shared.platform.store import LONGEST_LEASE_MS, Announced, Due, StoreDown, Unencodable
from shared.platform.stores import asked, codec, mongo_driver
from shared.platform.stores.mongo_document import READ, raw_of, read, where_of
from shared.platform.stores.mongo_driver import Driver, DriverName, Raw, Unreachable
from shared.platform.stores.mongo_schema import NEVER_DUE, prepare

T = TypeVar("T")
CHUNK = 1000


class MongoStore:
    """One database per service; any number of replicas; a bulk is not a transaction, each document in it is."""

    transactional = False
    exclusive = False

    def __init__(self, uri: str, database: str, keeps: Sequence[type[Kept]], driver: DriverName = "motor") -> None:
        """Nothing is connected yet."""
        self.keeps = {kept.collection: kept for kept in keeps}
        self.database = database
        self._driver = Driver(uri, database, driver)

    # -- life -----------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Connect and see that the server answers; may be called again after a `StoreDown`."""
        self._driver.connect()
        await self._driver.ping()

    async def close(self) -> None:
        """Give the connections back."""
        await self._driver.close()

    async def ping(self) -> None:
        """Ask the primary."""
        await self._driver.ping()

    async def prepare_schema(self) -> list[str]:
        """Create what is missing; run by the init job, not by every replica at its start."""
        return await prepare(self._driver, self.keeps.values())

    # -- read -----------------------------------------------------------------------------------------------------------

    async def load_many(self, keeps: type[Kept], ids: Iterable[str]) -> dict[str, Document]:
        """See the port."""
        wanted = codec.possible(ids)
        rows = []
        for start in range(0, len(wanted), CHUNK):
            rows += await self._driver.find(keeps.collection, {"_id": {"$in": wanted[start : start + CHUNK]}}, READ)
        return {row["_id"]: read(keeps, row) for row in rows}

    async def find(self, keeps: type[Kept], sought: Sought) -> list[Document]:
        """See the port."""
        where = where_of(keeps, sought.where)
        field, descends = asked.order(keeps, sought.sort)
        way = -1 if descends else 1
        sort = [(f"ix.{field}", way), ("_id", way)] if field else [("_id", way)]
        if sought.limit <= 0:
            return []
        rows = await self._driver.find(keeps.collection, where, READ, sort=sort, limit=sought.limit, skip=sought.skip)
        return [read(keeps, row) for row in rows]

    async def count_by(self, keeps: type[Kept], field: str, where: Mapping[str, object] | None = None) -> dict[str, int]:
        """See the port."""
        by = {"$literal": "all"} if field == "id" else f"$ix.{asked.known(keeps, field)}"
        rows = await self._driver.group(keeps.collection, where_of(keeps, where or {}), by)
        return {"" if row["_id"] is None else str(row["_id"]): row["n"] for row in rows}

    async def pending(self) -> tuple[int, int]:
        """See the port."""
        waiting = [
            row for name in self.keeps for row in await self._driver.group(name, {"pend": 1}, None, oldest={"$min": "$upd"})
        ]
        return sum(row["n"] for row in waiting), min((row["oldest"] for row in waiting), default=0)

    # -- write ----------------------------------------------------------------------------------------------------------

    async def insert_many(self, documents: Sequence[Document], hurried: bool = False) -> set[tuple[str, str]]:
        """See the port; a server that confirms writes of a majority confirms all of them alike."""
        del hurried
        token = _token()
        there: set[tuple[str, str]] = set()
        for collection, part in _by_collection([(document, raw_of(document, 1, token)) for document in documents]).items():
            done = await self._driver.bulk(collection, [mongo_driver.insert(raw) for _, raw in part])
            _refuse(part, done.refused)
            there |= {part[position][0].key for position in done.taken}
        for document in documents:
            if document.key not in there:
                document.ver = 1
        return there

    async def save(self, documents: Sequence[Document], rows: Sequence[NewRow] = ()) -> set[tuple[str, str]]:
        """See the port; what was written before a collection failed stays written."""
        if rows:
            raise ValueError("without transactions, what belongs to a document travels in its outbox")
        token = _token()
        lost: set[tuple[str, str]] = set()
        for collection, part in _by_collection([(d, raw_of(d, d.ver + 1, token)) for d in documents]).items():
            lost |= await self._save(collection, part, token)
        for document in documents:
            if document.key not in lost:
                document.ver += 1
        return lost

    async def _save(self, collection: str, part: list[tuple[Document, Raw]], token: str) -> set[tuple[str, str]]:
        """Whoever lost is only looked for when the counts do not add up or the answer did not come."""
        operations = [
            mongo_driver.replace({"_id": document.id, "ver": document.ver}, raw) if document.ver else mongo_driver.insert(raw)
            for document, raw in part
        ]
        try:
            done = await self._driver.bulk(collection, operations)
        except Unreachable:
            raise
        except StoreDown:  # the answer was lost: what the server did with the bulk is read, not guessed
            won = await self._written_under(token, collection, part)
            if not won:
                raise
        else:
            _refuse(part, done.refused)
            if done.inserted + done.matched == len(part):
                return set()
            won = await self._written_under(token, collection, part)
        return {document.key for document, _ in part if document.id not in won}

    async def _written_under(self, token: str, collection: str, part: list[tuple[Document, Raw]]) -> set[str]:
        rows = await self._driver.find(collection, {"_id": {"$in": [document.id for document, _ in part]}, "w": token}, ["_id"])
        return {row["_id"] for row in rows}

    async def delete(self, documents: Sequence[Document]) -> set[tuple[str, str]]:
        """See the port; who stayed is only looked for when the count does not add up."""
        lost: set[tuple[str, str]] = set()
        for collection, part in _by_collection([(document, None) for document in documents]).items():
            gone = [mongo_driver.delete({"_id": document.id, "ver": document.ver}) for document, _ in part]
            if (await self._driver.bulk(collection, gone)).deleted == len(part):
                continue
            there = {"_id": {"$in": [document.id for document, _ in part]}}
            lost |= {(collection, row["_id"]) for row in await self._driver.find(collection, there, ["_id"])}
        return lost

    async def scrub(self) -> None:
        """See the port: the server's log turns over by itself."""

    async def amend_announced(self, change: Callable[[bytes], bytes]) -> int:
        """See the port: only an embedded house has that memory."""
        del change
        return 0

    async def clear(
        self, documents: Sequence[Document], announced: Sequence[Announced] = (), also: Sequence[Document] = ()
    ) -> None:
        """See the port."""
        if announced:
            raise ValueError("the embedded broker needs SQLite: set REDRESS_STORE=sqlite:///DIR or REDRESS_KAFKA=host:port")
        await self.insert_many(also)
        empty = {"out": "", "pend": 0}
        for collection, part in _by_collection([(document, None) for document in documents]).items():
            await self._driver.bulk(collection, [mongo_driver.update({"_id": d.id, "ver": d.ver}, empty) for d, _ in part])

    # -- claims ---------------------------------------------------------------------------------------------------------

    async def claim_due(self, keeps: type[Kept], now: int, machine_now: int, lease_ms: int, limit: int) -> list[Due]:
        """See the port; of several replicas that see the same timer, one gets it."""
        # "not between" and no $or, which leads some servers away from the index
        runs = {"$gte": machine_now, "$lte": machine_now + LONGEST_LEASE_MS}
        free = {"due": {"$lte": min(now, NEVER_DUE - 1)}, "lease": {"$not": runs}}
        seen = await self._driver.find(keeps.collection, free, ["due"], sort=[("due", 1)], limit=limit) if limit > 0 else []
        if not seen:
            return []
        token = _token()
        lease = {"lease": machine_now + lease_ms, "holder": token}
        claims = [mongo_driver.update({"_id": row["_id"], **free, "due": row["due"]}, lease) for row in seen]
        done = await self._driver.bulk(keeps.collection, claims)
        if done.matched != len(seen):
            mine = {"_id": {"$in": [row["_id"] for row in seen]}, "holder": token}
            held = {row["_id"] for row in await self._driver.find(keeps.collection, mine, ["_id"])}
            seen = [row for row in seen if row["_id"] in held]
        return [Due(row["_id"], int(row["due"])) for row in seen]

    async def due(self, keeps: type[Kept], now: int) -> int:
        """See the port."""
        rows = await self._driver.group(keeps.collection, {"due": {"$lte": min(now, NEVER_DUE - 1)}}, None)
        return sum(row["n"] for row in rows)

    async def claim_pending(self, keeps: type[Kept], before: int, limit: int) -> list[Document]:
        """See the port; two replicas may get the same, since announcing twice says the same thing under the same ids."""
        waiting = {"pend": 1, "upd": {"$lt": before}}
        rows = await self._driver.find(keeps.collection, waiting, READ, sort=[("upd", 1)], limit=limit) if limit > 0 else []
        return [read(keeps, row) for row in rows]


def _by_collection(rows: Sequence[tuple[Document, T]]) -> dict[str, list[tuple[Document, T]]]:
    parts: dict[str, list[tuple[Document, T]]] = {}
    for document, raw in rows:
        parts.setdefault(document.collection, []).append((document, raw))
    return parts


def _refuse(part: Sequence[tuple[Document, Any]], positions: frozenset[int]) -> None:
    """A server that will never take a document is told apart from one that is down: waiting would not help."""
    for position in sorted(positions):
        raise Unencodable(part[position][0].key)


def _token() -> str:
    return secrets.token_hex(8)
