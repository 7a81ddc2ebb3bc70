"""What the MongoDB adapters say when the server is gone, the wire is cut, or a document is refused."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.platform.store import Store, StoreDown, Unencodable
from tests.component.any_store import STORES, Home, Ticket, ticket
from tests.component.test_store_contract import PERSONAL
from tests.servers.secantus import Secantus
from tests.servers.wire import Wire

DRIVERS = STORES[1:]


@pytest.fixture(scope="module")
def server() -> Iterator[Secantus]:
    with Secantus() as running:
        yield running


@pytest.mark.parametrize("driver", DRIVERS)
async def test_a_dead_server_is_said_to_be_down_and_is_found_again_with_all_it_had_acknowledged(
    driver: str, tmp_path: Path
) -> None:
    with Secantus() as server:
        home = Home(driver, tmp_path, server.uri.replace("=1500", "=400"))
        store = await home.open()
        acknowledged = [ticket(f"cmp_{n}", text=PERSONAL, ring_at=1) for n in range(50)]
        assert await store.save(acknowledged) == set()
        server.kill()
        before = time.monotonic()
        for asking in (
            store.ping(),
            store.save([ticket("lost", text=PERSONAL)]),
            store.insert_many([ticket("lost", text=PERSONAL)]),
            store.load_many(Ticket, ["cmp_1"]),
            store.claim_due(Ticket, 1, 1, 1, 1),
            store.count_by(Ticket, "id"),
        ):
            with pytest.raises(StoreDown) as raised:
                await asking
            assert "Анна" not in repr(raised.value)
            assert raised.value.__suppress_context__ or raised.value.__cause__ is None
        assert time.monotonic() - before < 10
        late = home.make()
        with pytest.raises(StoreDown):
            await late.open()
        server.start()
        await _until_up(store.ping)
        assert len(await store.load_many(Ticket, [document.id for document in acknowledged])) == 50
        assert await store.load_many(Ticket, ["lost"]) == {}
        assert await store.save([acknowledged[0]]) == set()
        await _until_up(late.open)  # an opening that failed can be tried again
        assert await store.count_by(Ticket, "id") == {"all": 50}
        await late.close()
        await home.close()
        with pytest.raises(StoreDown, match="not open"):
            await store.ping()


async def _until_up(asks: Callable[[], Awaitable[None]]) -> None:
    for _ in range(100):
        try:
            return await asks()
        except StoreDown:
            await asyncio.sleep(0.05)
    raise AssertionError("the store was not found again")


@pytest.fixture(params=DRIVERS)
async def wired(request: pytest.FixtureRequest, tmp_path: Path, server: Secantus) -> AsyncIterator[tuple[Wire, Store]]:
    wire = Wire(server.port)
    await wire.open()
    home = Home(request.param, tmp_path, wire.address)
    yield wire, await home.open()
    await home.close()
    wire.close()


async def test_an_own_write_whose_answer_was_lost_is_recognised(wired: tuple[Wire, Store]) -> None:
    wire, store = wired
    await store.save([ticket("a"), ticket("b")])
    await store.save([ticket("b", 1, text="somebody else")])
    batch = [ticket("a", 1, text="mine"), ticket("b", 1, text="mine")]
    wire.cut = "answer"
    assert await store.save(batch) == {("tickets", "b")}
    assert wire.cuts == 1
    assert [document.ver for document in batch] == [2, 1]
    texts = {row_id: document.state.text for row_id, document in (await store.load_many(Ticket, ["a", "b"])).items()}
    assert texts == {"a": "mine", "b": "somebody else"}


async def test_a_write_that_never_arrived_is_not_called_written(wired: tuple[Wire, Store]) -> None:
    wire, store = wired
    document = ticket("a")
    wire.cut = "request"
    with pytest.raises(StoreDown):
        await store.save([document])
    assert (wire.cuts, document.ver) == (1, 0)
    assert await store.save([document]) == set()


async def test_a_document_that_no_server_takes_is_named(server: Secantus, tmp_path: Path) -> None:
    home = Home("motor", tmp_path, server.uri)
    store = await home.open()
    with pytest.raises(Unencodable) as raised:
        await store.save([ticket("small"), ticket("big", text="x" * 17_000_000)])
    assert raised.value.key == ("tickets", "big")
    assert await store.load_many(Ticket, ["small", "big"]) == {}
    await home.close()


@pytest.mark.parametrize("driver", DRIVERS)
async def test_an_address_that_cannot_be_used_is_a_mistake_of_the_operator_and_its_password_stays_unsaid(
    driver: str, tmp_path: Path
) -> None:
    for uri in ("mongodb://user:p@ss/word@host:27017/", "mongodb://:27017:1/", "mongodb://host/?tls=perhaps&maxPoolSize=-4"):
        with pytest.raises(ValueError, match="percent-encoded") as raised:
            await Home(driver, tmp_path, uri).make().open()
        assert "ss/word" not in str(raised.value)


async def test_a_document_that_the_server_will_never_take_is_named_and_does_not_hold_its_neighbours(
    server: Secantus, tmp_path: Path
) -> None:
    home = Home("pymongo", tmp_path, server.uri)
    store = await home.open()
    rule: dict[str, Any] = {"state.text": {"$ne": "forbidden"}}
    await store._driver._db.command("collMod", "tickets", validator=rule)  # type: ignore[attr-defined]
    batch = [ticket("a"), ticket("bad", text="forbidden"), ticket("b")]
    for write in (store.insert_many, store.save):
        with pytest.raises(Unencodable) as raised:
            await write(batch)
        assert raised.value.key == ("tickets", "bad")
    assert sorted(await store.load_many(Ticket, ["a", "bad", "b"])) == ["a", "b"]
    await home.close()
