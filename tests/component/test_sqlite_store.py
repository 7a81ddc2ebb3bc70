"""What SQLite promises beyond the contract: a free event loop, a file that survives kill -9, the embedded broker's memory."""

import asyncio
import contextlib
import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest

from shared.contracts.kept import Kept
from shared.platform.document import Document, NewRow
from shared.platform.store import Announced, StoreDown
from shared.platform.stores.sqlite import SqliteStore
from shared.platform.stores.sqlite_schema import create


class Slip(Kept):
    """A small state."""

    collection: ClassVar[str] = "slips"
    indexed: ClassVar[tuple[str, ...]] = ("pending", "due")
    text: str = ""
    pending: str = "yes"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    made = SqliteStore(tmp_path / "deep" / "er" / "test.sqlite", [Slip])
    await made.open()
    yield made
    await made.close()


async def longest_pause(seconds: float, work: "asyncio.Task[object]") -> float:
    """The longest time for which the event loop could not do anything else, seconds."""
    longest, until = 0.0, time.monotonic() + seconds
    before = time.monotonic()
    while not work.done() and before < until:
        await asyncio.sleep(0.001)
        now = time.monotonic()
        longest, before = max(longest, now - before), now
    return longest


async def test_the_event_loop_is_free_while_a_large_batch_is_written(store: SqliteStore) -> None:
    other = sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # somebody else writes: the batch has to wait, the loop must not
    batch = [Document(f"s{n}", Slip(text="т" * 2000)) for n in range(2000)]
    saving = asyncio.create_task(store.save(batch))
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # the documents are encoded, the thread has them
    pause = await longest_pause(0.6, saving)
    assert not saving.done()
    other.execute("ROLLBACK")
    other.close()
    pause = max(pause, await longest_pause(30, saving))
    assert await saving == set()
    assert pause < 0.15


WRITER = """
import asyncio, sys
from pathlib import Path
from shared.platform.document import Document, NewRow
from shared.platform.stores.sqlite import SqliteStore
from tests.component.test_sqlite_store import Slip

async def main():
    store = SqliteStore(Path(sys.argv[1]), [Slip])
    await store.open()
    start = int(sys.argv[2])
    for n in range(start, start + 100_000):
        batch = [Document(f"s{n}-{i}", Slip(text="слово " * 50)) for i in range(5)]
        assert not await store.save(batch)
        print(n, flush=True)

asyncio.run(main())
"""


def test_what_was_acknowledged_is_there_after_a_kill_and_no_batch_is_half_there(tmp_path: Path) -> None:
    path = tmp_path / "killed.sqlite"
    acknowledged: list[int] = []
    for round_ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(round_ * 1_000_000)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert writer.stdout
        for line in writer.stdout:
            acknowledged.append(int(line))
            if len(acknowledged) == 30 * (round_ + 1):
                time.sleep(0.003 * round_)
                writer.send_signal(signal.SIGKILL)
        writer.wait(10)
        writer.stdout.close()

    async def there() -> set[str]:
        store = SqliteStore(path, [Slip])
        await store.open()
        found = await store.load_many(Slip, [f"s{n + extra}-{i}" for n in acknowledged for extra in (0, 1, 2) for i in range(5)])
        await store.close()
        return set(found)

    found = asyncio.run(there())
    assert len(acknowledged) >= 90
    assert {f"s{n}-{i}" for n in acknowledged for i in range(5)} <= found
    assert all(f"{row_id.split('-')[0]}-{i}" in found for row_id in found for i in range(5))


async def test_a_field_may_bear_the_name_of_a_column(store: SqliteStore) -> None:
    await store.save([Document("a", Slip(pending="no"))])
    assert await store.count_by(Slip, "pending") == {"no": 1}
    assert await store.count_by(Slip, "due") == {"": 1}
    db = sqlite3.connect(store.path)
    indexes = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='index' AND tbl_name='slips'")}
    db.close()
    assert {"slips_pending", "slips_ix_pending", "slips_due", "slips_ix_due"} <= indexes


class SlipWithColour(Slip):
    """A later version that cannot read what is there."""

    indexed: ClassVar[tuple[str, ...]] = ("pending", "due", "colour")
    colour: str


async def test_a_column_that_could_not_be_filled_is_not_left_behind(store: SqliteStore) -> None:
    await store.save([Document("a", Slip())])
    db = sqlite3.connect(store.path, isolation_level=None)
    with pytest.raises(Exception, match="does not fit"):
        create(db, [SlipWithColour])
    assert "ix_colour" not in {row[1] for row in db.execute("PRAGMA table_info(slips)")}
    db.close()


async def test_what_was_announced_is_remembered_in_order_swapped_and_pruned_by_offset(store: SqliteStore) -> None:
    await store.clear(
        [], [Announced("cases.v1", 0, 5, b"a"), Announced("cases.v1", 1, 5, b"b"), Announced("cases.v1", 0, 6, b"c")]
    )
    assert [record for _, record in await store.announced()] == [b"a", b"b", b"c"]
    seqs = [seq for seq, _ in await store.announced()]
    await store.replace_announced(seqs[:2], [Announced("cases.v1", 0, 0, b"a"), Announced("cases.v1", 1, 0, b"b")])
    assert [record for _, record in await store.announced()] == [b"c", b"a", b"b"]
    assert await store.prune_announced({("cases.v1", 0): 6, ("cases.v1", 7): 99}) == 2
    assert [record for _, record in await store.announced()] == [b"c", b"b"]
    assert await store.prune_announced({("cases.v1", 0): 7, ("cases.v1", 1): 1}) == 0


async def test_an_outbox_is_cleared_and_its_events_remembered_in_one_transaction(store: SqliteStore) -> None:
    await store.save([Document("a", Slip(), out=[{"k": "e"}], upd=1)])
    broken = Announced("cases.v1", 0, 5, None)  # type: ignore[arg-type]
    with pytest.raises(StoreDown):
        await store.clear([Document("a", Slip(), ver=1)], [Announced("cases.v1", 0, 4, b"a"), broken])
    assert await store.announced() == []
    assert await store.pending() == (1, 1)


async def test_rows_are_written_with_the_documents_that_bring_them_or_not_at_all(store: SqliteStore) -> None:
    row = NewRow(Slip, "beside", '{"text":"т"}', ("yes", 7), upd=1, due=7)
    await store.save([Document("a", Slip())])
    assert await store.save([Document("a", Slip())], [row]) == {("slips", "a")}
    assert not await store.load_many(Slip, ["beside"])
    assert not await store.save([Document("b", Slip())], [row])
    assert not await store.save([Document("c", Slip())], [dataclasses.replace(row, state="{}")])  # what is there stays
    (read,) = (await store.load_many(Slip, ["beside"])).values()
    assert (read.state, read.ver, read.seen, read.out) == (Slip(text="т"), 1, {}, [])
    assert [due.id for due in await store.claim_due(Slip, 7, 1, 10, 10)] == ["beside"]


async def test_every_save_is_synced_also_after_a_hurried_transaction(store: SqliteStore) -> None:
    await store.save([Document("a", Slip(), out=[{"k": "e"}])])
    await store.clear([Document("a", Slip(), ver=1)])
    assert await store._file.run(lambda db: db.execute("PRAGMA synchronous").fetchone()) == (2,)


async def test_blanked_words_are_not_left_in_the_file(store: SqliteStore) -> None:
    secret = "unmistakable words of a customer"
    await store.save([Document("a", Slip(text=secret))])
    await store.save([Document("a", Slip(), ver=1)])
    await store.close()
    assert secret.encode() not in store.path.read_bytes()
    assert [path.name for path in store.path.parent.iterdir()] == ["test.sqlite"]


async def test_a_closed_or_broken_file_is_a_store_that_is_down(tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite").write_bytes(b"this is not a database, and long enough to be read as one" * 100)
    for path in (tmp_path / "broken.sqlite", tmp_path):
        broken = SqliteStore(path, [Slip])
        with pytest.raises(StoreDown):
            await broken.open()
        with contextlib.suppress(StoreDown):
            await broken.close()
    store = SqliteStore(tmp_path / "closed.sqlite", [Slip])
    with pytest.raises(StoreDown):
        await store.ping()
    await store.open()
    await store.ping()
    await store.close()
    with pytest.raises(StoreDown):
        await store.save([Document("a", Slip())])
