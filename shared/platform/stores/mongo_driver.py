"""The MongoDB driver behind one door: the only module that imports Motor, PyMongo or BSON."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import AsyncMongoClient, InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError, ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from shared.platform.store import StoreDown

DriverName = Literal["motor", "pymongo"]
Operation = InsertOne[Any] | ReplaceOne[Any] | UpdateOne

SAFE = {
    "w": "majority",
    "journal": True,
    "readConcernLevel": "majority",
    "readPreference": "primary",
    "retryWrites": True,
    "retryReads": True,
    "tz_aware": True,
    "uuidRepresentation": "standard",
}
"""What the promise rests on: the address cannot change it."""
PATIENCE = {
    "wTimeoutMS": 10_000,
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 20_000,
    "waitQueueTimeoutMS": 5_000,
    "maxPoolSize": 100,
}
"""Defaults that the address may override."""
LARGEST = 16 * 1024 * 1024 - 16 * 1024
"""Bytes of the largest document: what every server takes, less the command around it."""
DUPLICATE = 11000
NEVER = frozenset({2, 9, 14, 16, 22, 52, 53, 55, 56, 57, 121, 10334, 17280, 17419, 17420})
"""Codes by which a server refuses a document for what it is: sending it again would not help."""


class TooLarge(ValueError):
    """The encoded document is above what a server takes."""


def encoded(document: Mapping[str, Any]) -> RawBSONDocument:
    """The document as bytes, encoded once and alone, so that a bad one cannot fail a whole bulk.

    Raises `OverflowError`, `UnicodeError` or `ValueError` for what BSON cannot hold.
    """
    try:
        raw = bson.encode(document)
    except bson.errors.BSONError as error:
        raise ValueError(type(error).__name__) from None  # the driver's own message quotes the document
    if len(raw) > LARGEST:
        raise TooLarge(f"{len(raw)} bytes")
    return RawBSONDocument(raw)


def insert(document: RawBSONDocument) -> Operation:
    """Insert; a duplicate id is reported, nothing is overwritten."""
    return InsertOne(document)


def replace(where: Mapping[str, Any], document: RawBSONDocument) -> Operation:
    """Replace the whole document, if it is still as `where` says."""
    return ReplaceOne(where, document)


def update(where: Mapping[str, Any], values: Mapping[str, Any]) -> Operation:
    """Set some fields, if the document is still as `where` says."""
    return UpdateOne(where, {"$set": values})


@dataclass(frozen=True, slots=True)
class Done:
    """What an unordered bulk did: counts, and the positions of what was there already or can never be written."""

    inserted: int
    matched: int
    taken: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()


class Driver:
    """One client and one database; every failure is a `StoreDown` that names the failure and quotes no document."""

    def __init__(self, uri: str, database: str, driver: DriverName = "motor") -> None:
        """`driver` says whose client: Motor's, or PyMongo's own asynchronous one."""
        self.uri = uri
        self.database = database
        self.driver = driver
        self._client: Any = None

    def connect(self) -> None:
        """Make the client inside the running event loop; it connects on first use and again after every cut."""
        if self._client is not None:
            return
        said = {name.lower() for name, _ in parse_qsl(urlsplit(self.uri).query)}
        settings = SAFE | {name: value for name, value in PATIENCE.items() if name.lower() not in said}
        try:
            self._client = _client_class(self.driver)(self.uri, **settings)
        except (InvalidURI, ConfigurationError, ValueError) as error:
            raise ValueError(
                f"the store's address is not a MongoDB address that can be used ({type(error).__name__}):"
                " write mongodb://user:password@host:port/?option=value with user and password percent-encoded"
            ) from None

    async def close(self) -> None:
        """Give the connections back."""
        client, self._client = self._client, None
        closing = client.close() if client is not None else None
        if inspect.isawaitable(closing):
            await closing

    async def ping(self) -> None:
        """Ask the primary whether it is there."""
        with self._telling():
            await self._db.command("ping")

    async def bulk(self, collection: str, operations: Sequence[Operation]) -> Done:
        """Send all in one unordered bulk; what one of them meets does not stop the others."""
        with self._telling():
            try:
                done = await self._db[collection].bulk_write(operations, ordered=False)
            except BulkWriteError as error:
                return self._sorted_out(error.details or {})
        return Done(done.inserted_count, done.matched_count)

    def _sorted_out(self, details: Mapping[str, Any]) -> Done:
        codes = {int(e["index"]): int(e.get("code") or 0) for e in details.get("writeErrors", ())}
        unsure = [e.get("code") for e in details.get("writeConcernErrors", ())]
        unsure += [code for code in codes.values() if code != DUPLICATE and code not in NEVER]
        if unsure:
            raise StoreDown(f"{self.database}: a bulk was not confirmed, code {unsure[0]}") from None
        return Done(
            inserted=int(details.get("nInserted", 0)),
            matched=int(details.get("nMatched", 0)),
            taken=frozenset(i for i, code in codes.items() if code == DUPLICATE),
            refused=frozenset(i for i, code in codes.items() if code in NEVER),
        )

    async def find(
        self,
        collection: str,
        where: Mapping[str, Any],
        fields: Sequence[str] = (),
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
        skip: int = 0,
    ) -> list[dict[str, Any]]:
        """The documents that match, or only some of their fields; no limit: all of them."""
        with self._telling():
            cursor = self._db[collection].find(where, dict.fromkeys(fields, 1) or None, limit=limit, skip=skip, batch_size=limit or 1000)
            found: list[dict[str, Any]] = await (cursor.sort(list(sort)) if sort else cursor).to_list(None)
        return found

    async def group(self, collection: str, where: Mapping[str, Any], by: Any, **sums: Any) -> list[dict[str, Any]]:
        """Counts (`n`) and other accumulators of the documents that match, by the value of an expression (`_id`)."""
        pipeline = [{"$match": where}, {"$group": {"_id": by, "n": {"$sum": 1}, **sums}}]
        with self._telling():
            cursor = self._db[collection].aggregate(pipeline)
            if inspect.isawaitable(cursor):  # PyMongo's is awaited, Motor's is not
                cursor = await cursor
            rows: list[dict[str, Any]] = await cursor.to_list(None)
        return rows

    async def index(self, collection: str, wanted: Sequence[Sequence[str]]) -> list[str]:
        """Create the ascending indexes that are missing; returns the names of the new ones."""
        with self._telling():
            there = await self._db[collection].index_information()
            names = {"_".join(f"{field}_1" for field in fields): fields for fields in wanted}
            new = [name for name in names if name not in there]
            for name in new:
                await self._db[collection].create_index([(field, 1) for field in names[name]], name=name)
        return new

    @property
    def _db(self) -> Any:
        if self._client is None:
            raise StoreDown(f"{self.database}: not open")
        return self._client[self.database]

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OperationFailure as error:  # its message can quote a document
            raise StoreDown(f"{self.database}: the server refused a command, code {error.code}") from None
        except (PyMongoError, OSError) as error:
            raise StoreDown(f"{self.database}: {type(error).__name__}") from None


def _client_class(driver: DriverName) -> Any:
    if driver == "pymongo":
        return AsyncMongoClient
    from motor.motor_asyncio import AsyncIOMotorClient  # noqa: PLC0415 - the other driver must not need it

    return AsyncIOMotorClient
