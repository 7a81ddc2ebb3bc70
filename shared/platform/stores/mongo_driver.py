"""The MongoDB driver behind one door: the only module that imports Motor, PyMongo or BSON."""

import asyncio
import inspect
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import AsyncMongoClient, DeleteOne, InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from shared.platform.store import StoreDown

DriverName = Literal["motor", "pymongo"]
Raw = RawBSONDocument
Operation = InsertOne[Any] | ReplaceOne[Any] | UpdateOne | DeleteOne

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


class Unreachable(StoreDown):
    """No server was found in time: there is nobody to ask what became of a write either."""


def encoded(document: Mapping[str, Any]) -> Raw:
    """The document as bytes, encoded once and alone, so that a bad one cannot fail a whole bulk.

    Raises `OverflowError`, `UnicodeError` or `ValueError` for what BSON cannot hold.
    """
    try:
        raw = bson.encode(document)
    except bson.errors.BSONError as error:
        raise ValueError(type(error).__name__) from None  # the driver's own message quotes the document
    if len(raw) > LARGEST:
        raise ValueError(f"{len(raw)} bytes")
    return RawBSONDocument(raw)


def insert(document: Raw) -> Operation:
    """Insert; a duplicate id is reported, nothing is overwritten."""
    return InsertOne(document)


def replace(where: Mapping[str, Any], document: Raw) -> Operation:
    """Replace the whole document, if it is still as `where` says."""
    return ReplaceOne(where, document)


def update(where: Mapping[str, Any], values: Mapping[str, Any]) -> Operation:
    """Set some fields, if the document is still as `where` says."""
    return UpdateOne(where, {"$set": values})


def delete(where: Mapping[str, Any]) -> Operation:
    """Delete the document, if it is still as `where` says."""
    return DeleteOne(where)


@dataclass(frozen=True, slots=True)
class Done:
    """What an unordered bulk did: counts, and the positions of what was there already or can never be written."""

    inserted: int
    matched: int
    taken: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()
    deleted: int = 0


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
        defaults = PATIENCE | {"appName": self.database}
        settings = SAFE | {name: value for name, value in defaults.items() if name.lower() not in said}
        try:
            with _strictly():
                self._client = _client_class(self.driver)(self.uri, **settings)
        except (ConfigurationError, ValueError, UserWarning) as error:
            if self.uri.startswith("mongodb+srv:") and not isinstance(error, InvalidURI):
                raise StoreDown(f"{self.database}: the SRV record of the address was not found") from None
            raise ValueError(
                "the store's address is not a MongoDB address that can be used: write mongodb://user:password@host:port/"
                "?option=value, user and password percent-encoded, and only options that the driver knows"
            ) from None

    async def close(self) -> None:
        """Give the connections back."""
        client, self._client = self._client, None
        if client is None:
            return
        if self.driver == "motor":  # it says good-bye to the server, and would hold the event loop meanwhile
            await asyncio.to_thread(client.close)
        else:
            await client.close()

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
        return Done(done.inserted_count, done.matched_count, deleted=done.deleted_count)

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
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
        skip: int = 0,
    ) -> list[dict[str, Any]]:
        """The documents that match, or only some of their fields; no limit: all of them."""
        with self._telling():
            cursor = self._db[collection].find(
                where, dict.fromkeys(fields, 1) or None, limit=limit, skip=skip, batch_size=limit or 1000
            )
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
        except ServerSelectionTimeoutError:
            raise Unreachable(f"{self.database}: no server was found in time") from None
        except (PyMongoError, OSError) as error:
            raise StoreDown(f"{self.database}: {type(error).__name__}") from None


@contextmanager
def _strictly() -> Iterator[None]:
    """An option that the driver does not understand is a mistake: it would go on without, be it `tls`."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.filterwarnings("ignore", "You appear to be connected", UserWarning)
        yield


def _client_class(driver: DriverName) -> Any:
    if driver == "pymongo":
        return AsyncMongoClient
    from motor.motor_asyncio import AsyncIOMotorClient  # noqa: PLC0415 - the other driver must not need it

    return AsyncIOMotorClient
