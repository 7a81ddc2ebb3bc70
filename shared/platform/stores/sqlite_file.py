"""One SQLite file: a thread that does all the work on it, durable transactions, and a thread that folds the WAL in."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from shared.platform.store import StoreDown

T = TypeVar("T")
CHECKPOINT_SECONDS = 0.5
TRUNCATE_MS = 1_000
"""How long one attempt to empty the write-ahead log may hold writers up while it waits for readers."""
PRAGMAS = (
    "busy_timeout=30000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "wal_autocheckpoint=0",
    "cache_size=-16000",
    "secure_delete=ON",  # what an erasure blanks must not stay readable in free pages
)


class SqliteFile:
    """WAL, `synchronous=FULL`; checkpoints run on a thread of their own, so no transaction waits for one."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened yet."""
        self.path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"sqlite-{path.stem}")
        self._stopping = threading.Event()
        self._scrubbing = threading.Event()
        self._scrubbing.set()  # a process that was killed may have left behind what it had been asked to scrub
        self._checkpoints: threading.Thread | None = None
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open or create the file and start the checkpoint thread; again after a failure is fine."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        await self._call(self._open)
        if not self._checkpoints:
            self._checkpoints = threading.Thread(target=self._checkpoint, name=f"checkpoint-{self.path.stem}", daemon=True)
            self._checkpoints.start()

    def _open(self) -> None:
        if self._connection:
            return
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=30, check_same_thread=False)
        try:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        self._connection = connection

    def scrub(self) -> None:
        """Have the write-ahead log emptied: a checkpoint alone leaves in it what the pages held before."""
        self._scrubbing.set()

    def _checkpoint(self) -> None:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=TRUNCATE_MS / 1000)
        with contextlib.closing(connection):
            while not self._stopping.wait(CHECKPOINT_SECONDS):
                with contextlib.suppress(sqlite3.Error):
                    self._fold(connection)

    def _fold(self, connection: sqlite3.Connection) -> None:
        """One checkpoint; a log that somebody still reads from is emptied at a later one."""
        if not self._scrubbing.is_set():
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            return
        self._scrubbing.clear()  # before the attempt: who asks meanwhile is served by the next one
        busy = True
        try:
            busy = bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        finally:
            if busy:
                self._scrubbing.set()

    async def close(self) -> None:
        """Finish the running transaction, fold the WAL in, close."""
        self._stopping.set()
        if self._checkpoints:
            await asyncio.to_thread(self._checkpoints.join)
        if self._connection:
            await self._call(self._connection.close)
        self._connection = None
        self._thread.shutdown(wait=True)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Work on the connection, on its thread; raises `StoreDown`."""
        return await self._call(lambda: work(self._opened))

    async def transaction(self, work: Callable[[sqlite3.Connection], T], keep: Callable[[T], bool] = lambda _: True) -> T:
        """Work that is written as a whole or not at all; see `in_transaction`. Raises `StoreDown`."""
        return await self.run(lambda db: in_transaction(db, work, keep))

    async def hurried(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """A transaction that need not outlive a power cut by itself: it becomes durable with the next one that must.

        For what is done again by itself if it is lost; its order before later transactions stays.
        """

        def unsynced(db: sqlite3.Connection) -> T:
            db.execute("PRAGMA synchronous=NORMAL")
            try:
                return in_transaction(db, work)
            finally:
                db.execute("PRAGMA synchronous=FULL")

        return await self.run(unsynced)

    @property
    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise StoreDown("the SQLite file is not open")
        return self._connection

    async def _call(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (sqlite3.Error, OSError) as error:
            raise StoreDown(f"{self.path.name}: {type(error).__name__}") from error
        except RuntimeError as error:  # the thread is shut down
            raise StoreDown(f"{self.path.name}: closed") from error


def in_transaction(
    db: sqlite3.Connection, work: Callable[[sqlite3.Connection], T], keep: Callable[[T], bool] = lambda _: True
) -> T:
    """The work between BEGIN and COMMIT; rolled back where it raises, or where its result is not to be kept."""
    db.execute("BEGIN IMMEDIATE")
    try:
        result = work(db)
        db.execute("COMMIT" if keep(result) else "ROLLBACK")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    return result
