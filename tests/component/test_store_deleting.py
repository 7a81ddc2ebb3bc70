"""What goes for good: every store deletes what is as it was looked at, and nothing that changed meanwhile."""

import asyncio

from shared.platform.document import Document
from shared.platform.store import Store
from shared.platform.stores.sqlite import SqliteStore
from tests.component.any_store import Home, Note, Ticket, ids, one, ticket


async def put(store: Store, *names: str) -> list[Document]:
    documents = [ticket(name, tier="t1") for name in names]
    assert await store.insert_many(documents) == set()
    return documents


async def test_what_is_deleted_is_found_nowhere(store: Store) -> None:
    a, b, _ = await put(store, "a", "b", "c")
    assert await store.delete([a, b]) == set()
    assert await ids(store, tier="t1") == ["c"]
    assert set(await store.load_many(Ticket, ["a", "b", "c"])) == {"c"}
    assert await store.count_by(Ticket, "tier") == {"t1": 1}


async def test_documents_of_several_kinds_go_together(store: Store) -> None:
    (a,) = await put(store, "a")
    note = Document("a", Note(text="beside"))
    await store.insert_many([note])
    assert await store.delete([note, a]) == set()
    assert (await ids(store), await store.load_many(Note, ["a"])) == ([], {})


async def test_what_changed_since_it_was_looked_at_stays_and_is_named(store: Store) -> None:
    a, b = await put(store, "a", "b")
    changed = await one(store, "a")
    changed.state = Ticket(tier="t2")
    assert await store.save([changed]) == set()
    assert await store.delete([a, b]) == {("tickets", "a")}
    assert (await one(store, "a")).state == Ticket(tier="t2")
    assert await ids(store, tier="t1") == (["b"] if store.transactional else []), "a transaction deletes all or nothing"


async def test_deleting_again_is_no_loss(store: Store) -> None:
    (a,) = await put(store, "a")
    assert await store.delete([a]) == set()
    assert await store.delete([a]) == set()
    assert await store.delete([]) == set()


async def test_of_several_replicas_that_delete_the_same_nobody_loses(home: Home) -> None:
    stores = [await home.open() for _ in range(1 if home.kind == "sqlite" else 3)]
    documents = await put(stores[0], *(f"n{i:03}" for i in range(300)))
    assert await asyncio.gather(*(store.delete(documents) for store in stores)) == [set()] * len(stores)
    assert await ids(stores[0]) == []


async def test_what_was_deleted_can_be_written_anew(store: Store) -> None:
    (a,) = await put(store, "a")
    await store.delete([a])
    assert await store.save([ticket("a", tier="t9")]) == set()
    assert (await one(store, "a")).ver == 1


async def test_only_an_embedded_house_has_a_memory_to_amend(store: Store) -> None:
    await store.scrub()
    if not isinstance(store, SqliteStore):
        assert await store.amend_announced(lambda record: b"") == 0
