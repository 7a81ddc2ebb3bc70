"""After an erasure the words are in no file of the store: not in the broker's memory, not in the log, while it runs."""

import asyncio
import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.contracts import topics
from shared.platform.erasure import Erasure, forget_announced, forget_customer, reapply_erasures
from shared.platform.store import Announced
from shared.platform.stores.sqlite import SqliteStore
from tests.component.test_embedded_memory import DOWNSTREAM, a_complaint, forgotten, remembered, said_all
from tests.component.test_erasure import KEEPS, NOW, event_entry, put, read
from tests.flow.people import World, running, until

WORDS = "взорвался"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "intake.sqlite", [*KEEPS, Erasure])
    await store.open()
    yield store
    await store.close()


def on_disk(home: Path, words: str = WORDS) -> list[str]:
    """The files of a home in which words can be read, letters apart."""
    files = [path for path in home.rglob("*") if path.is_file() and "mail" not in path.relative_to(home).parts]
    return sorted(path.name for path in files if words.encode() in path.read_bytes())


async def gone(home: Path, words: str = WORDS) -> None:
    """Wait until no file has the words any more."""

    async def none() -> bool:
        return not on_disk(home, words)

    await until(none, f"still in {on_disk(home, words)}")


async def announce(store: SqliteStore, *customers: str) -> None:
    rows = [json.dumps(event_entry(customer), ensure_ascii=False).encode() for customer in customers]
    await store.clear([], [Announced("complaints.registered.v1", 0, n, row) for n, row in enumerate(rows)])


async def test_what_the_brokers_memory_holds_loses_its_words_and_keeps_its_name_and_place(store: SqliteStore) -> None:
    await announce(store, "cus_1", "cus_2", "cus_11")
    before = await store.announced()
    await forget_customer(store, KEEPS, "cus_1", NOW, NOW)
    (first, *others), (was, *others_before) = await store.announced(), before
    assert others == others_before, "nobody else's words are touched"
    assert first[0] == was[0]
    now, then = json.loads(first[1]), json.loads(was[1])
    assert json.loads(now.pop("body"))["masked_text"] == ""
    assert json.loads(then.pop("body"))["masked_text"]
    assert now == then
    assert await store.prune_announced({("complaints.registered.v1", 0): 1}) == 2, "it lies where it lay"


async def test_what_was_announced_while_its_customer_was_erased_is_blanked_by_the_next_look(store: SqliteStore) -> None:
    await forget_customer(store, KEEPS, "cus_1", NOW, NOW)
    await announce(store, "cus_1")
    await reapply_erasures(store, KEEPS, NOW + 1)
    assert WORDS not in str(await store.announced())
    assert await forget_announced(store, {"cus_1"}) == 0, "doing it again changes nothing"


async def test_the_running_stores_files_hold_nothing_of_the_words(store: SqliteStore, tmp_path: Path) -> None:
    await put(store, "n1", "cus_1", [event_entry()])
    await announce(store, "cus_1")
    assert on_disk(tmp_path)
    await forget_customer(store, KEEPS, "cus_1", NOW, NOW)
    await gone(tmp_path)
    assert (await read(store, "n1")).out, "the event is still to be said"
    assert len(await store.announced()) == 1


async def test_a_log_that_somebody_reads_is_emptied_once_they_are_done(store: SqliteStore, tmp_path: Path) -> None:
    await put(store, "n1", "cus_1")
    with contextlib.closing(sqlite3.connect(tmp_path / "intake.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM notes").fetchone()
        await forget_customer(store, KEEPS, "cus_1", NOW, NOW)
        await asyncio.sleep(1.5)
        assert on_disk(tmp_path), "who reads still sees what was"
        await put(store, "n2", "cus_2")
        reader.execute("COMMIT")
    await until(lambda: _is_empty(tmp_path / "intake.sqlite-wal"), "the log was never emptied")
    assert f"{WORDS} n1".encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


async def _is_empty(log: Path) -> bool:
    return log.stat().st_size == 0


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from shared.platform.erasure import Erasure, forget_customer
from shared.platform.stores import sqlite_file
from shared.platform.stores.sqlite import SqliteStore
from tests.component.test_erasure import KEEPS, NOW, put

sqlite_file.CHECKPOINT_SECONDS = 3600

async def main():
    store = SqliteStore(Path(sys.argv[1]) / "intake.sqlite", [*KEEPS, Erasure])
    await store.open()
    await put(store, "n1", "cus_1")
    await forget_customer(store, KEEPS, "cus_1", NOW, NOW)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_process_killed_before_it_emptied_its_log_does_so_at_the_next_start(tmp_path: Path) -> None:
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert on_disk(tmp_path) == ["intake.sqlite-wal"]
    store = SqliteStore(tmp_path / "intake.sqlite", [*KEEPS, Erasure])
    await store.open()
    try:
        await gone(tmp_path)
    finally:
        await store.close()


async def test_an_erasure_leaves_no_words_in_any_file_of_a_running_home_and_no_event_is_lost(tmp_path: Path) -> None:
    said = "Пылесос задымился и сжёг ковёр"
    async with running(tmp_path, deaf=DOWNSTREAM) as world:
        taken = (await world.complain(a_complaint(1, text=f"{said}. Верните деньги.")))["complaint_id"]
        await said_all(world, "intake")
        assert on_disk(tmp_path, said)
        await erase(world, taken)
        await gone(tmp_path, said)
        kept = [e for e in await remembered(world, "intake") if e["topic"] == topics.REGISTERED.name]
        assert [(e["key"], json.loads(e["body"])["masked_text"]) for e in kept] == [(taken, "")]
    assert on_disk(tmp_path, said) == []
    async with running(tmp_path) as world:
        await world.quiet()
        assert (await world.case(taken))["complaint_id"] == taken, "its case was opened all the same"
        await forgotten(world)
        assert on_disk(tmp_path, said) == []


async def erase(world: World, complaint_id: str) -> None:
    done = await world.post("intake", "/internal/v1/erasures", {"complaint_id": complaint_id})
    assert done.status_code == 200, done.text
