"""A new master key takes over every customer's key, and the old one can go."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.intake.rewrapping import Rewrapped, Rewrapping
from services.intake.vault import CustomerKey, LocalVault, Opening
from shared.contracts.sealed import Sealed
from shared.platform.crypto import MasterKey, UnknownMaster
from shared.platform.secret_mark import SecretMark, mark_of
from shared.platform.stores.sqlite import SqliteStore

OLD, NEW = MasterKey(bytes(range(32))), MasterKey(bytes(range(1, 33)))
NOW = 1_760_000_000_000


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "intake.sqlite", [CustomerKey, Opening, SecretMark])
    await store.open()
    yield store
    await store.close()


def vault(store: SqliteStore, *masters: MasterKey) -> LocalVault:
    return LocalVault(store, masters, lambda: NOW)


async def sealed_for(store: SqliteStore, customers: int, master: MasterKey = OLD) -> list[Sealed]:
    texts = [Sealed(f"cus_{n}", plain=f"Мария {n}") for n in range(customers)]
    await vault(store, master).seal(texts)
    return texts


async def every_page(store: SqliteStore, *masters: MasterKey, limit: int = 3) -> list[Rewrapped]:
    rewrapping, pages, skip = Rewrapping(store, masters), [], 0
    while not pages or pages[-1].remaining > skip:
        pages.append(await rewrapping.page(skip, limit))
        skip += pages[-1].unreadable
    return pages


async def opened(store: SqliteStore, texts: list[Sealed], *masters: MasterKey) -> list[str | None]:
    return await vault(store, *masters).open([text.token or "" for text in texts], by="test", why="to see")


async def test_after_it_the_old_master_key_is_needed_no_more_and_everything_opens(store: SqliteStore) -> None:
    texts = await sealed_for(store, 7)
    with pytest.raises(UnknownMaster):
        await vault(store, NEW).check()
    pages = await every_page(store, OLD, NEW)
    assert [page.rewrapped for page in pages] == [3, 3, 1]
    assert [page.remaining for page in pages] == [4, 1, 0]
    await vault(store, NEW).check()
    assert await opened(store, texts, NEW) == [f"Мария {n}" for n in range(7)]


async def test_whoever_stops_it_and_begins_again_goes_on_where_it_was(store: SqliteStore) -> None:
    texts = await sealed_for(store, 5)
    await Rewrapping(store, (OLD, NEW)).page(limit=2)
    assert await opened(store, texts, OLD, NEW) == [f"Мария {n}" for n in range(5)], "both masters read meanwhile"
    assert sum(page.rewrapped for page in await every_page(store, OLD, NEW)) == 3
    assert await every_page(store, OLD, NEW) == [Rewrapped(NEW.id, 0, 0, 0)], "the second time there is nothing to do"


async def test_two_replicas_at_it_together_lose_nothing(store: SqliteStore) -> None:
    texts = await sealed_for(store, 40)
    await asyncio.gather(*(every_page(store, OLD, NEW, limit=7) for _ in range(3)))
    assert await opened(store, texts, NEW) == [f"Мария {n}" for n in range(40)]


async def test_destroyed_keys_are_nothing_to_wrap_and_stay_destroyed(store: SqliteStore) -> None:
    texts = await sealed_for(store, 2)
    await vault(store, OLD).destroy("cus_0")
    assert [page.rewrapped for page in await every_page(store, OLD, NEW)] == [1]
    assert await opened(store, texts, NEW) == [None, "Мария 1"]


async def test_a_damaged_key_is_told_and_passed_over(store: SqliteStore) -> None:
    await sealed_for(store, 5)
    (damaged,) = (await store.load_many(CustomerKey, ["cus_2"])).values()
    assert isinstance(damaged.state, CustomerKey)
    damaged.state = damaged.state.model_copy(update={"wrapped": f"{OLD.id}.AAAA"})
    await store.save([damaged])
    pages = await every_page(store, OLD, NEW, limit=2)
    assert (sum(page.rewrapped for page in pages), sum(page.unreadable for page in pages)) == (4, 1)
    assert pages[-1].remaining == 1, "its old master key must not go"


async def test_the_store_belongs_to_the_new_master_key_once_none_needs_the_old(store: SqliteStore) -> None:
    await sealed_for(store, 1)
    await every_page(store, OLD, NEW)
    (mark,) = (await store.load_many(SecretMark, ["master"])).values()
    assert mark.state == SecretMark(mark=mark_of("master", NEW.secret))
