"""What the embedded broker forgets with its process, remembered in the file of the service that said it."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence

from shared.platform.store import Announced
from shared.platform.stores.sqlite_file import SqliteFile

INSERT = "INSERT INTO announced(topic,partition,offset,record) VALUES (?,?,?,?)"


def remember(db: sqlite3.Connection, announced: Sequence[Announced]) -> None:
    """Add entries; part of the transaction that clears their outboxes."""
    db.executemany(INSERT, [(a.topic, a.partition, a.offset, a.record) for a in announced])


class AnnouncedRows:
    """The table `announced` of a store's file."""

    _file: SqliteFile

    async def announced(self) -> list[tuple[int, bytes]]:
        """Every announced entry in order, with its sequence number."""
        return await self._file.run(lambda db: db.execute("SELECT seq, record FROM announced ORDER BY seq").fetchall())

    async def replace_announced(self, old: Sequence[int], new: Sequence[Announced]) -> None:
        """Swap entries for their new places after they were announced again."""

        def work(db: sqlite3.Connection) -> None:
            db.executemany("DELETE FROM announced WHERE seq=?", [(seq,) for seq in old])
            remember(db, new)

        await self._file.transaction(work)

    async def amend_announced(self, change: Callable[[bytes], bytes]) -> int:
        """See the port."""

        def work(db: sqlite3.Connection) -> int:
            rows = db.execute("SELECT seq, record FROM announced").fetchall()
            changed = [(new, seq) for seq, record in rows if (new := change(record)) != record]
            db.executemany("UPDATE announced SET record=? WHERE seq=?", changed)
            return len(changed)

        return await self._file.transaction(work)

    async def prune_announced(self, upto: Mapping[tuple[str, int], int]) -> int:
        """Forget entries below the offset that every subscriber has durably passed; returns how many remain."""

        def work(db: sqlite3.Connection) -> int:
            for (topic, partition), offset in upto.items():
                db.execute("DELETE FROM announced WHERE topic=? AND partition=? AND offset<?", (topic, partition, offset))
            return int(db.execute("SELECT COUNT(*) FROM announced").fetchone()[0])

        return await self._file.transaction(work)
