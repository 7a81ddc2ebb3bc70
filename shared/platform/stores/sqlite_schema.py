"""The tables: one a collection, the same columns in each, and one column an index field."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from shared.contracts.kept import Kept
from shared.platform.stores import codec
from shared.platform.stores.sqlite_file import in_transaction

COMMON = ("schema", "state", "meta", "out", "pending", "upd")
"""Columns that every update writes, as `codec.Row` has them; what follows there is indexed."""


class Table:
    """The statements that read and write one collection."""

    def __init__(self, keeps: type[Kept]) -> None:
        """`indexed`: the columns after the common ones, each with an index of its own."""
        self.name = keeps.collection
        self.indexed = ("due", *(f"ix_{name}" for name in keeps.indexed))
        names = [*COMMON, *self.indexed]
        self.insert = f"INSERT INTO {self.name}(id,ver,{','.join(names)}) VALUES (?,1,{','.join('?' * len(names))})"  # noqa: S608
        self.select = f"SELECT id,ver,schema,state,meta,out,upd,{','.join(self.indexed)} FROM {self.name}"  # noqa: S608
        self._updates: dict[tuple[int, ...], str] = {}

    def update(self, row: Sequence[Any], held: Sequence[Any] | None) -> tuple[str, list[Any]]:
        """The guarded update and its values, less id and version, of a row (as `insert` takes it, less the id).

        `held`: what the indexed columns hold, None where that is not known. Only those that change are written: SQLite
        rewrites the index of every column that it is given.
        """
        common, new = row[: len(COMMON)], row[len(COMMON) :]
        places = range(len(new)) if held is None else [place for place, value in enumerate(new) if held[place] != value]
        changed = tuple(places)
        if changed not in self._updates:
            names = [*COMMON, *(self.indexed[place] for place in changed)]
            sets = ",".join(f"{name}=?" for name in names)
            self._updates[changed] = f"UPDATE {self.name} SET ver=ver+1,lease=0,{sets} WHERE id=? AND ver=?"  # noqa: S608
        return self._updates[changed], [*common, *(new[place] for place in changed)]


def create(db: sqlite3.Connection, kinds: Iterable[type[Kept]]) -> list[str]:
    """Create what is missing, idempotent; a new index field of an old file is filled from the stored states."""
    before = _names(db)
    in_transaction(db, lambda db: _create(db, kinds))  # a column without its values must not survive a crash
    return sorted(_names(db) - before)


def _names(db: sqlite3.Connection) -> set[str]:
    return {row[0] for row in db.execute("SELECT name FROM sqlite_master")}


def _create(db: sqlite3.Connection, kinds: Iterable[type[Kept]]) -> None:
    db.execute(
        "CREATE TABLE IF NOT EXISTS announced(seq INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL,"
        " partition INTEGER NOT NULL, offset INTEGER NOT NULL, record BLOB NOT NULL)"
    )
    db.execute("CREATE INDEX IF NOT EXISTS announced_place ON announced(topic, partition, offset)")
    for kept in kinds:
        _create_collection(db, kept)


def _create_collection(db: sqlite3.Connection, kept: type[Kept]) -> None:
    table = kept.collection
    db.execute(
        f"CREATE TABLE IF NOT EXISTS {table}(id TEXT PRIMARY KEY, ver INTEGER NOT NULL, schema INTEGER NOT NULL,"
        " state TEXT NOT NULL, meta TEXT NOT NULL, out TEXT, pending INTEGER NOT NULL, upd INTEGER NOT NULL, due INTEGER,"
        " lease INTEGER NOT NULL DEFAULT 0)"
    )
    there = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
    for column in sorted(c for c in there if c.startswith("ix_") and c.removeprefix("ix_") not in kept.indexed):
        db.execute(f"DROP INDEX IF EXISTS {table}_{column}")
        db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")  # nobody writes it now: it would be wrong when it comes back
    new = [name for name in kept.indexed if f"ix_{name}" not in there]
    for name in new:
        db.execute(f"ALTER TABLE {table} ADD COLUMN ix_{name}")
    if new:
        _fill(db, kept, new)
    db.execute(f"CREATE INDEX IF NOT EXISTS {table}_pending ON {table}(upd) WHERE pending=1")
    db.execute(f"CREATE INDEX IF NOT EXISTS {table}_due ON {table}(due) WHERE due IS NOT NULL")
    for name in kept.indexed:
        db.execute(f"CREATE INDEX IF NOT EXISTS {table}_ix_{name} ON {table}(ix_{name}, id)")


def _fill(db: sqlite3.Connection, kept: type[Kept], names: list[str]) -> None:
    table = kept.collection
    page = f"SELECT id, state, schema FROM {table} WHERE id>? ORDER BY id LIMIT 500"  # noqa: S608
    update = f"UPDATE {table} SET {','.join(f'ix_{name}=?' for name in names)} WHERE id=?"  # noqa: S608
    last = ""
    while rows := db.execute(page, (last,)).fetchall():
        for row_id, state, schema in rows:
            values = codec.index_values(codec.read_state(kept, state, schema))
            db.execute(update, [*(values[name] for name in names), row_id])
        last = rows[-1][0]
