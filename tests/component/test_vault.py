"""The vault on a real SQLite file, inside intake and over HTTP."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, HTTPException, Request

from services.intake import vault as vault_module
from services.intake.vault import CustomerKey, KeyCache, LocalVault, Opening
from services.intake.vault_http import vault_router
from shared.contracts.errors import TryAgain
from shared.contracts.sealed import Sealed
from shared.platform.crypto import MasterKey, UnknownMaster, dead_token, new_key
from shared.platform.document import Sought
from shared.platform.store import StoreDown
from shared.platform.stores.sqlite import SqliteStore
from shared.platform.vault import Vault
from shared.platform.vault_client import CHUNK_BYTES, RemoteVault, VaultRefused

MASTER = MasterKey(bytes(range(32)))
NOW = 1_760_000_000_000


@dataclass
class Seconds:
    """A monotonic clock that tests move."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "intake.sqlite", [CustomerKey, Opening])
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def replica(store: SqliteStore, seconds: Seconds) -> Iterator[Callable[..., LocalVault]]:
    """Makes vaults over the same store: replicas of intake."""
    yield lambda *masters: LocalVault(store, masters or (MASTER,), lambda: NOW, seconds)


@pytest.fixture
def vault(replica: Callable[..., LocalVault]) -> LocalVault:
    return replica()


async def sealed(vault: Vault, customer_id: str, plain: str) -> str:
    text = Sealed(customer_id, plain=plain)
    await vault.seal([text])
    assert text.token
    return text.token


async def openings(store: SqliteStore) -> list[Opening]:
    return [d.state for d in await store.find(Opening, Sought()) if isinstance(d.state, Opening)]


async def test_texts_of_several_customers_open_again_in_order(vault: LocalVault):
    texts = [Sealed(f"cus_{i % 3}", plain=f"Жалоба № {i}") for i in range(9)]
    await vault.seal(texts)
    assert await vault.open([t.token or "" for t in texts], "anna", "case") == [f"Жалоба № {i}" for i in range(9)]


async def test_a_sealed_text_lets_go_of_its_plain_words_and_is_not_sealed_twice(vault: LocalVault):
    text = Sealed("cus_1", plain="слова")
    await vault.seal([text, text])
    token = text.token
    await vault.seal([text])
    assert (text.plain, text.token) == (None, token)


async def test_one_customer_has_one_key_however_many_seal_at_once(replica: Callable[..., LocalVault], store: SqliteStore):
    tokens = await asyncio.gather(*(sealed(replica(), "cus_1", f"text {i}") for i in range(8)))
    assert await store.count_by(CustomerKey, "id") == {"all": 1}
    assert await replica().open(tokens, "anna", "case") == [f"text {i}" for i in range(8)]


async def test_the_store_holds_neither_words_nor_keys_in_plain(vault: LocalVault, tmp_path: Path, store: SqliteStore):
    token = await sealed(vault, "cus_1", "неповторимые слова")
    await vault.open([token], "anna", "case")
    key = vault._cache.get("cus_1")
    assert key
    await store.close()
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "неповторимые слова".encode() not in held
    assert key not in held
    assert MASTER.secret not in held


async def test_every_opening_is_written_down_once_with_who_why_and_whose(vault: LocalVault, store: SqliteStore):
    tokens = [await sealed(vault, "cus_1", "a"), await sealed(vault, "cus_2", "b"), await sealed(vault, "cus_1", "c")]
    await vault.open([*tokens, "v1.stranger.AAAA", "nonsense"], "anna", "case page", via="escalation")
    assert await openings(store) == [
        Opening(by="anna", via="escalation", why="case page", asked=5, opened=3, customers=("cus_1", "cus_2"), at=NOW)
    ]


async def test_what_cannot_be_written_down_is_not_opened(vault: LocalVault, store: SqliteStore):
    token = await sealed(vault, "cus_1", "a")
    await store.close()
    with pytest.raises(StoreDown):
        await vault.open([token], "anna", "case")


async def test_opening_makes_no_keys(vault: LocalVault, store: SqliteStore):
    assert await vault.open(["v1.nobody.AAAA"], "anna", "case") == [None]
    assert (await store.count_by(CustomerKey, "id")).get("all", 0) == 0


async def test_a_token_renamed_to_a_customer_whose_key_lives_does_not_open(vault: LocalVault):
    token = await sealed(vault, "cus_1", "чужое")
    await sealed(vault, "cus_2", "своё")
    assert await vault.open([token.replace("cus_1", "cus_2"), token[:-8], token], "mallory", "case") == [None, None, "чужое"]


async def test_a_wrapped_key_copied_over_another_customers_opens_nothing(
    replica: Callable[..., LocalVault], store: SqliteStore, tmp_path: Path
):
    token = await sealed(replica(), "cus_1", "чужое")
    await sealed(replica(), "cus_2", "своё")
    with contextlib.closing(sqlite3.connect(tmp_path / "intake.sqlite")) as db, db:  # an attacker who can write to the store
        db.execute("UPDATE keys SET state=(SELECT state FROM keys WHERE id='cus_1') WHERE id='cus_2'")
    assert await replica().open([token.replace("cus_1", "cus_2")], "mallory", "case") == [None]


async def test_an_erased_customer_opens_to_nothing_and_never_gets_a_key_again(vault: LocalVault, store: SqliteStore):
    token = await sealed(vault, "cus_1", "прошлое")
    assert await vault.destroy("cus_1") is True
    assert await vault.open([token], "anna", "case") == [None]
    assert await sealed(vault, "cus_1", "будущее") == dead_token("cus_1")
    document = (await store.load_many(CustomerKey, ["cus_1"]))["cus_1"]
    assert document.state == CustomerKey(wrapped="", created_at=NOW, destroyed_at=NOW)


async def test_an_erased_customer_does_not_hold_up_the_neighbours(vault: LocalVault):
    await sealed(vault, "cus_1", "a")
    await vault.destroy("cus_1")
    texts = [Sealed("cus_1", plain="a"), Sealed("cus_2", plain="b")]
    await vault.seal(texts)
    assert await vault.open([t.token or "" for t in texts], "anna", "case") == [None, "b"]


async def test_destroying_again_changes_nothing(vault: LocalVault, store: SqliteStore):
    await sealed(vault, "cus_1", "a")
    await vault.destroy("cus_1")
    before = (await store.load_many(CustomerKey, ["cus_1"]))["cus_1"]
    assert await vault.destroy("cus_1") is False
    assert (await store.load_many(CustomerKey, ["cus_1"]))["cus_1"] == before


async def test_a_customer_erased_before_the_first_word_stays_erased(vault: LocalVault):
    assert await vault.destroy("cus_1") is False
    assert await sealed(vault, "cus_1", "слишком поздно") == dead_token("cus_1")


async def test_the_wrapped_key_is_gone_from_the_file(vault: LocalVault, store: SqliteStore, tmp_path: Path):
    await sealed(vault, "cus_1", "a")
    wrapped = (await store.load_many(CustomerKey, ["cus_1"]))["cus_1"].state.wrapped  # type: ignore[attr-defined]
    await vault.destroy("cus_1")
    await store.close()  # folds the write-ahead log in
    assert wrapped.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


async def test_another_replica_stops_using_a_destroyed_key_after_half_a_minute(
    replica: Callable[..., LocalVault], seconds: Seconds
):
    here, there = replica(), replica()
    token = await sealed(there, "cus_1", "a")
    await here.destroy("cus_1")
    seconds.now = vault_module.FRESH_SECONDS - 0.1
    assert await there.open([token], "anna", "case") == ["a"], "still cached: this test needs the other replica to be behind"
    seconds.now = vault_module.FRESH_SECONDS
    assert await there.open([token], "anna", "case") == [None]
    assert await sealed(there, "cus_1", "b") == dead_token("cus_1")


def test_a_key_that_was_read_before_a_destruction_is_not_cached_after_it():
    cache = KeyCache(10, 30.0, Seconds())
    mark = cache.mark()
    cache.drop("cus_1")
    cache.put("cus_1", b"key", mark)
    assert cache.get("cus_1") is None
    cache.put("cus_1", b"key", cache.mark())
    assert cache.get("cus_1") == b"key"


def test_the_cache_is_bounded_and_keeps_what_was_used_last():
    cache = KeyCache(2, 30.0, Seconds())
    for name in ("a", "b"):
        cache.put(name, name.encode(), cache.mark())
    cache.get("a")
    cache.put("c", b"c", cache.mark())
    assert [cache.get(name) for name in ("a", "b", "c")] == [b"a", None, b"c"]


async def test_a_rotated_master_writes_while_the_old_one_still_reads(replica: Callable[..., LocalVault], store: SqliteStore):
    new = MasterKey(new_key())
    old_token = await sealed(replica(MASTER), "cus_1", "старое")
    new_token = await sealed(replica(MASTER, new), "cus_2", "новое")
    assert await replica(MASTER, new).open([old_token, new_token], "anna", "case") == ["старое", "новое"]
    assert await store.count_by(CustomerKey, "master") == {MASTER.id: 1, new.id: 1}


async def test_a_missing_master_stops_the_vault_and_is_never_taken_for_an_erasure(replica: Callable[..., LocalVault]):
    token = await sealed(replica(MASTER), "cus_1", "a")
    stranger = replica(MasterKey(new_key()))
    for attempt in (stranger.check(), stranger.open([token], "anna", "case"), sealed(stranger, "cus_1", "b")):
        with pytest.raises(UnknownMaster, match=MASTER.id):
            await attempt


async def test_the_check_passes_with_every_master_and_over_tombstones(replica: Callable[..., LocalVault]):
    await sealed(replica(MASTER), "cus_1", "a")
    await replica(MASTER).destroy("cus_1")
    await replica(MasterKey(new_key())).check()


async def test_sealing_in_bulk_costs_little_processor_time(vault: LocalVault):
    await vault.seal([Sealed(f"cus_{i}", plain="x") for i in range(500)])
    costs = []
    for _ in range(5):
        texts = [Sealed(f"cus_{i}", plain="Посылка пришла мятая. " * 10) for i in range(500)]
        start = time.thread_time()
        await vault.seal(texts)
        costs.append(time.thread_time() - start)
    assert min(costs) < 0.025, "500 texts take about 4 ms; five times that means the shape is wrong"


# -- over HTTP ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Caller:
    name: str
    actor: str


def house(vault: LocalVault) -> FastAPI:
    """Intake's door with the smallest keyring that will do."""

    def needs(scope: str) -> Any:
        def dependency(request: Request) -> Caller:
            if request.headers.get("authorization") != f"Bearer {scope}-key":
                raise HTTPException(401)
            return Caller("key-of-escalation", "escalation")

        return dependency

    app = FastAPI()
    app.include_router(vault_router(vault, needs))
    return app


@pytest.fixture
async def remote(vault: LocalVault) -> AsyncIterator[RemoteVault]:
    remote = RemoteVault("http://intake/", "vault-key", httpx2.ASGITransport(house(vault)))
    yield remote
    await remote.close()


def answering(*answers: httpx2.Response | Exception) -> tuple[RemoteVault, list[httpx2.Request]]:
    """A remote vault whose network answers as told, and what was asked."""
    left, asked = list(answers), []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        now = left.pop(0)
        if isinstance(now, Exception):
            raise now
        return now

    return RemoteVault("http://intake", "vault-key", httpx2.MockTransport(answer)), asked


async def test_other_services_seal_and_open_through_the_door(remote: RemoteVault, store: SqliteStore):
    texts = [Sealed("cus_1", plain="Спасибо, всё решили"), Sealed("cus_2", plain="thanks")]
    await remote.seal(texts)
    assert [text.plain for text in texts] == [None, None]
    tokens = [text.token or "" for text in texts]
    assert await remote.open([*tokens, "v1.cus_1.broken"], "anna", "case page") == ["Спасибо, всё решили", "thanks", None]
    (row,) = await openings(store)
    assert (row.by, row.via, row.why) == ("anna", "escalation", "case page")


async def test_more_texts_than_one_request_takes_keep_their_order(remote: RemoteVault, store: SqliteStore):
    texts = [Sealed(f"cus_{i % 7}", plain=str(i)) for i in range(1_203)]
    await remote.seal(texts)
    assert await remote.open([t.token or "" for t in texts], "anna", "case") == [str(i) for i in range(1_203)]
    assert sorted(row.asked for row in await openings(store)) == [203, 500, 500]


async def test_long_texts_travel_in_smaller_chunks(vault: LocalVault):
    sizes = []
    app = httpx2.ASGITransport(house(vault))

    class Watched(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            sizes.append(len(await request.aread()))
            return await app.handle_async_request(request)

    texts = [Sealed("cus_1", plain="я" * 100_000) for _ in range(5)]
    await RemoteVault("http://intake", "vault-key", Watched()).seal(texts)
    assert len(sizes) == 3
    assert max(sizes) < CHUNK_BYTES * 1.1
    assert all(text.token for text in texts)


async def test_a_lone_surrogate_does_not_fail_the_neighbours(remote: RemoteVault):
    texts = [Sealed("cus_1", plain="a\udc00"), Sealed("cus_1", plain="b")]
    await remote.seal(texts)
    assert await remote.open([t.token or "" for t in texts], "anna", "case") == ["a?", "b"]


async def test_without_the_scope_the_door_stays_shut_and_the_caller_waits(vault: LocalVault, store: SqliteStore):
    stranger = RemoteVault("http://intake", "desk-key", httpx2.ASGITransport(house(vault)))
    token = await sealed(vault, "cus_1", "a")
    with pytest.raises(TryAgain, match="401"):
        await stranger.open([token], "mallory", "case")
    assert await openings(store) == []


@pytest.mark.parametrize(
    ("door", "body"),
    [
        ("seal", {"texts": [{"customer_id": "a.b", "plain": "x"}]}),
        ("seal", {"texts": [{"customer_id": "", "plain": "x"}]}),
        ("seal", {"texts": [{"customer_id": "a", "plain": 5}]}),
        ("seal", {"texts": [{"customer_id": "a", "plain": "x"}] * 501}),
        ("open", {"tokens": ["v1.a.b"]}),
        ("open", {"tokens": ["v1.a.b"], "why": ""}),
        ("open", {"tokens": ["v1.a.b"] * 501, "why": "case"}),
    ],
)
async def test_a_request_of_the_wrong_shape_is_refused(vault: LocalVault, store: SqliteStore, door: str, body: dict[str, Any]):
    transport = httpx2.ASGITransport(house(vault))
    async with httpx2.AsyncClient(transport=transport, base_url="http://intake") as client:
        answer = await client.post(f"/internal/v1/vault/{door}", json=body, headers={"Authorization": "Bearer vault-key"})
    assert answer.status_code == 422
    assert await openings(store) == []


@pytest.mark.parametrize("error", [httpx2.ConnectError("no"), httpx2.ConnectTimeout("no"), httpx2.RemoteProtocolError("no")])
async def test_a_connection_that_cannot_be_made_is_tried_once_more(error: Exception):
    remote, asked = answering(error, httpx2.Response(200, json={"tokens": ["v1.cus_1.x"]}))
    assert await sealed(remote, "cus_1", "a") == "v1.cus_1.x"
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("answers", "requests"),
    [
        ([httpx2.ConnectError("no"), httpx2.ConnectError("no")], 2),
        ([httpx2.ReadTimeout("slow")], 1),
        ([httpx2.Response(503)], 1),
        ([httpx2.Response(429)], 1),
        ([httpx2.Response(403)], 1),
        ([httpx2.Response(200, text="<html>a proxy's page</html>")], 1),
        ([httpx2.Response(200, json={"tokens": []})], 1),
        ([httpx2.Response(200, json={"tokens": [None]})], 1),
        ([httpx2.Response(200, json=["surprise"])], 1),
    ],
)
async def test_a_wrong_moment_is_said_as_try_again_and_nothing_is_half_sealed(answers: list[Any], requests: int):
    remote, asked = answering(*answers)
    text = Sealed("cus_1", plain="очень личное")
    with pytest.raises(TryAgain) as problem:
        await remote.seal([text])
    assert len(asked) == requests
    assert (text.plain, text.token) == ("очень личное", None)
    assert "личное" not in str(problem.value)


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_request_that_will_never_be_right_is_not_repeated_for_ever(status: int):
    remote, _ = answering(httpx2.Response(status))
    with pytest.raises(VaultRefused, match=str(status)):
        await sealed(remote, "cus_1", "a")


async def test_nothing_is_asked_when_there_is_nothing_to_ask():
    remote, asked = answering()
    await remote.seal([])
    assert await remote.open([], "anna", "case") == []
    assert asked == []
