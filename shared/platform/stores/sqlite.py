"""SQLite as the store: durable without a server, one writer thread, one transaction per batch."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from shared.contracts.kept import Kept
from shared.platform.document import Document, NewRow, Sought
from shared.platform.store import LONGEST_LEASE_MS, Announced, Due
from shared.platform.stores import asked, codec
from shared.platform.stores.sqlite_announced import AnnouncedRows, remember
from shared.platform.stores.sqlite_file import SqliteFile
from shared.platform.stores.sqlite_schema import COMMON, Table, create

CHUNK = 500
Stored = tuple[Any, ...]


class SqliteStore(AnnouncedRows):
    """One file per service, one table per collection."""

    transactional = True
    exclusive = True

    def __init__(self, path: Path, keeps: Sequence[type[Kept]]) -> None:
        """Nothing is opened yet; `:memory:` is not supported, durability is the point."""
        self.path = path
        self.keeps = {kept.collection: kept for kept in keeps}
        self._file = SqliteFile(path)
        self._tables = {name: Table(kept) for name, kept in self.keeps.items()}

    async def open(self) -> None:
        """Open the file and create what is missing."""
        await self._file.open()
        await self.prepare_schema()

    async def close(self) -> None:
        """See the port."""
        await self._file.close()

    async def ping(self) -> None:
        """See the port."""
        await self._file.run(lambda db: db.execute("SELECT 1").fetchone())

    async def prepare_schema(self) -> list[str]:
        """See the port; `open` does the same."""
        return await self._file.run(lambda db: create(db, self.keeps.values()))

    # -- read -----------------------------------------------------------------------------------------------------------

    async def load_many(self, keeps: type[Kept], ids: Iterable[str]) -> dict[str, Document]:
        """See the port."""
        wanted, table = codec.possible(ids), self._tables[keeps.collection]

        def work(db: sqlite3.Connection) -> list[Stored]:
            rows = []
            for start in range(0, len(wanted), CHUNK):
                part = wanted[start : start + CHUNK]
                marks = ",".join("?" * len(part))
                rows += db.execute(f"{table.select} WHERE id IN ({marks})", part).fetchall()
            return rows

        rows = await self._file.run(work) if wanted else []
        return {row[0]: _read(keeps, row) for row in rows}

    async def find(self, keeps: type[Kept], sought: Sought) -> list[Document]:
        """See the port."""
        where, values = self._where(keeps, sought.where)
        field, descends = asked.order(keeps, sought.sort)
        way = "DESC" if descends else "ASC"
        order = f"ix_{field} {way}, id {way}" if field else f"id {way}"
        sql = f"{self._tables[keeps.collection].select}{where} ORDER BY {order} LIMIT ? OFFSET ?"
        rows = await self._file.run(lambda db: db.execute(sql, [*values, max(0, sought.limit), sought.skip]).fetchall())
        return [_read(keeps, row) for row in rows]

    async def count_by(self, keeps: type[Kept], field: str, where: Mapping[str, object] | None = None) -> dict[str, int]:
        """See the port."""
        condition, values = self._where(keeps, where or {})
        column = "'all'" if field == "id" else f"ix_{asked.known(keeps, field)}"
        sql = f"SELECT {column}, COUNT(*) FROM {keeps.collection}{condition} GROUP BY 1"  # noqa: S608
        rows = await self._file.run(lambda db: db.execute(sql, values).fetchall())
        return {"" if value is None else str(value): count for value, count in rows}

    async def pending(self) -> tuple[int, int]:
        """See the port."""
        parts = " UNION ALL ".join(f"SELECT COUNT(*) n, MIN(upd) u FROM {c} WHERE pending=1" for c in self.keeps)  # noqa: S608
        sql = f"SELECT SUM(n), MIN(u) FROM ({parts})"  # noqa: S608
        count, oldest = await self._file.run(lambda db: db.execute(sql).fetchone())
        return count or 0, oldest or 0

    def _where(self, keeps: type[Kept], where: Mapping[str, object]) -> tuple[str, list[object]]:
        parts: list[str] = []
        values: list[object] = []
        for condition in asked.conditions(keeps, where):
            column = f"ix_{condition.field}"
            if condition.among is not None:
                some = [value for value in condition.among if value is not None]
                null = f" OR {column} IS NULL" if None in condition.among else ""
                parts.append(f"({column} IN ({','.join('?' * len(some))}){null})")
                values += some
            for sign, bound in ((">=", condition.low), ("<", condition.high)):
                if bound is not None:
                    parts.append(f"{column} {sign} ?")
                    values.append(bound)
        return (" WHERE " + " AND ".join(parts) if parts else ""), values

    # -- write ----------------------------------------------------------------------------------------------------------

    def _row(self, document: Document) -> list[object]:
        row, values = codec.written(document)
        return [*row, *values.values()]

    async def insert_many(self, documents: Sequence[Document], hurried: bool = False) -> set[tuple[str, str]]:
        """See the port."""
        rows = self._new_rows(documents)
        write = self._file.hurried if hurried else self._file.transaction
        there = await write(lambda db: self._insert(db, rows)) if rows else set()
        for document in documents:
            if document.key not in there:
                document.ver = 1
        return there

    def _new_rows(self, documents: Sequence[Document]) -> list[tuple[Document, list[object]]]:
        return [(document, [document.id, *self._row(document)]) for document in documents]

    def _insert(self, db: sqlite3.Connection, rows: Sequence[tuple[Document, list[object]]]) -> set[tuple[str, str]]:
        there = set()
        for document, row in rows:
            insert = f"{self._tables[document.collection].insert} ON CONFLICT DO NOTHING"
            if db.execute(insert, row).rowcount != 1:
                there.add(document.key)
        return there

    async def save(self, documents: Sequence[Document], rows: Sequence[NewRow] = ()) -> set[tuple[str, str]]:
        """See the port."""
        written = [(d, self._row(d)) for d in documents]
        new = self._by_table(rows)

        def work(db: sqlite3.Connection) -> set[tuple[str, str]]:
            lost = set()
            for document, row in written:
                table = self._tables[document.collection]
                if document.ver:
                    update, values = table.update(row, document.indexed)
                    done = db.execute(update, [*values, document.id, document.ver])
                else:
                    done = db.execute(f"{table.insert} ON CONFLICT DO NOTHING", [document.id, *row])
                if done.rowcount != 1:
                    lost.add(document.key)
            for insert, values in new.items() if not lost else ():
                db.executemany(insert, values)
            return lost

        lost = await self._file.transaction(work, keep=lambda lost: not lost) if written or new else set()
        if not lost:
            for document, row in written:
                document.ver += 1
                document.indexed = tuple(row[len(COMMON) :])
        return lost

    def _by_table(self, rows: Sequence[NewRow]) -> dict[str, list[tuple[codec.Value, ...]]]:
        inserts: dict[str, list[tuple[codec.Value, ...]]] = {}
        for row in rows:
            inserts.setdefault(f"{self._tables[row.keeps.collection].insert} ON CONFLICT DO NOTHING", []).append(codec.new(row))
        return inserts

    async def delete(self, documents: Sequence[Document]) -> set[tuple[str, str]]:
        """See the port."""

        def work(db: sqlite3.Connection) -> set[tuple[str, str]]:
            lost = set()
            for document in documents:
                gone = f"DELETE FROM {document.collection} WHERE id=? AND ver=?"  # noqa: S608
                there = f"SELECT 1 FROM {document.collection} WHERE id=?"  # noqa: S608
                if not db.execute(gone, (document.id, document.ver)).rowcount and db.execute(there, (document.id,)).fetchone():
                    lost.add(document.key)
            return lost

        return await self._file.transaction(work, keep=lambda lost: not lost) if documents else set()

    async def scrub(self) -> None:
        """See the port; the write-ahead log is emptied as soon as nobody reads from it."""
        self._file.scrub()

    async def clear(
        self, documents: Sequence[Document], announced: Sequence[Announced] = (), also: Sequence[Document] = ()
    ) -> None:
        """See the port."""
        rows = self._new_rows(also)

        def work(db: sqlite3.Connection) -> None:
            self._insert(db, rows)
            for document in documents:
                db.execute(
                    f"UPDATE {document.collection} SET out=NULL, pending=0 WHERE id=? AND ver=?",  # noqa: S608
                    (document.id, document.ver),
                )
            remember(db, announced)

        if documents or announced or rows:
            await self._file.hurried(work)

    async def claim_due(self, keeps: type[Kept], now: int, machine_now: int, lease_ms: int, limit: int) -> list[Due]:
        """See the port."""
        # The look before the claim keeps idle pollers from taking the write lock.
        look = f"SELECT id, due FROM {keeps.collection} WHERE due<=? AND (lease<? OR lease>?) ORDER BY due LIMIT ?"  # noqa: S608
        free = (now, machine_now, machine_now + LONGEST_LEASE_MS)

        def claim(db: sqlite3.Connection) -> list[Due]:
            found = db.execute(look, (*free, limit)).fetchall()
            lease = f"UPDATE {keeps.collection} SET lease=? WHERE id=?"  # noqa: S608
            db.executemany(lease, [(machine_now + lease_ms, row_id) for row_id, _ in found])
            return [Due(*row) for row in found]

        if not await self._file.run(lambda db: db.execute(look, (*free, 1)).fetchone()):
            return []
        return await self._file.hurried(claim)  # who dies with a lease loses it anyway

    async def due(self, keeps: type[Kept], now: int) -> int:
        """See the port."""
        sql = f"SELECT COUNT(*) FROM {keeps.collection} WHERE due<=?"  # noqa: S608
        return int((await self._file.run(lambda db: db.execute(sql, (now,)).fetchone()))[0])

    async def claim_pending(self, keeps: type[Kept], before: int, limit: int) -> list[Document]:
        """See the port; a single process owns the file, so no lease is needed."""
        sql = f"{self._tables[keeps.collection].select} WHERE pending=1 AND upd<? ORDER BY upd LIMIT ?"
        rows = await self._file.run(lambda db: db.execute(sql, (before, limit)).fetchall())
        return [_read(keeps, row) for row in rows]


def _read(keeps: type[Kept], row: Stored) -> Document:
    document = codec.read_document(keeps, *row[:7])
    document.indexed = row[7:]
    return document
