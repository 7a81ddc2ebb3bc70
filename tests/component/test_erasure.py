"""Erasing a customer on a real SQLite file: blanked everywhere, kept away for good, safe to repeat."""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from shared.contracts.errors import TryAgain
from shared.contracts.events import ComplaintRegistered
from shared.contracts.fields import Addressee, SealedContact
from shared.contracts.kept import Kept
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import ContactKind
from shared.platform.document import Document, NewRow
from shared.platform.erasure import Erasure, erased_among, forget_customer, forgotten_entry, reapply_erasures
from shared.platform.stores.sqlite import SqliteStore

NOW = 1_760_000_000_000


class Note(Kept):
    """A document with words of a customer."""

    collection: ClassVar[str] = "notes"
    indexed: ClassVar[tuple[str, ...]] = ("customer_id",)

    customer_id: str
    masked_text: str

    def forgotten(self) -> "Note":
        return self.model_copy(update={"masked_text": ""})


class Budget(Kept):
    """A document of nobody in particular."""

    collection: ClassVar[str] = "budgets"

    left: int


KEEPS: tuple[type[Kept], ...] = (Note, Budget)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "triage.sqlite", [*KEEPS, Erasure])
    await store.open()
    yield store
    await store.close()


def event_entry(customer_id: str = "cus_1") -> dict[str, object]:
    contact = SealedContact(kind=ContactKind.EMAIL, address=Sealed(customer_id, token=f"v1.{customer_id}.AAAA"))
    event = ComplaintRegistered(
        complaint_id="cmp_1",
        source="shop",
        addressee=Addressee(customer_id=customer_id, contacts=(contact,), name=Sealed(customer_id, token="v1.cus_1.BBBB")),
        received_at=NOW,
        registered_at=NOW,
        masked_subject="Тема",
        masked_text="Чайник взорвался",
    )
    return {"k": "e", "id": "e1", "type": event.type_name(), "key": "cmp_1", "body": event.model_dump_json()}


async def put(store: SqliteStore, name: str, customer_id: str, out: Sequence[dict[str, object]] = ()) -> None:
    state = Note(customer_id=customer_id, masked_text=f"Чайник взорвался {name}")
    assert not await store.insert_many([Document(name, state, out=list(out), seen={"c": 1}, head="h", arrival="a", upd=5)])


async def read(store: SqliteStore, name: str) -> Document:
    return (await store.load_many(Note, [name]))[name]


async def forget(store: SqliteStore, customer_id: str, at: int = NOW) -> int:
    return await forget_customer(store, KEEPS, customer_id, at, machine_now=at + 1)


async def test_every_document_of_the_customer_is_blanked_and_nobody_elses(store: SqliteStore):
    await put(store, "n1", "cus_1")
    await put(store, "n2", "cus_1")
    await put(store, "n3", "cus_2")
    assert await forget(store, "cus_1") == 2
    assert [(await read(store, n)).state.masked_text for n in ("n1", "n2", "n3")] == ["", "", "Чайник взорвался n3"]  # type: ignore[attr-defined]


async def test_bookkeeping_stays_so_that_nothing_is_done_twice_afterwards(store: SqliteStore):
    await put(store, "n1", "cus_1", [{"k": "h", "hash": "h"}])
    await forget(store, "cus_1")
    after = await read(store, "n1")
    assert (after.seen, after.head, after.arrival, after.ver, after.upd) == ({"c": 1}, "h", "a", 2, NOW + 1)
    assert after.out == [{"k": "h", "hash": "h"}]


async def test_what_waits_to_be_said_loses_its_words_but_keeps_its_name(store: SqliteStore):
    await put(store, "n1", "cus_1", [event_entry(), {"k": "f", "key": "mail", "body": {"to": "v1.cus_1.AAAA"}}])
    await forget(store, "cus_1")
    said, effect = (await read(store, "n1")).out
    body = json.loads(said["body"])
    assert {k: said[k] for k in ("k", "id", "type", "key")} == {k: event_entry()[k] for k in ("k", "id", "type", "key")}
    assert (body["masked_text"], body["masked_subject"], body["addressee"]["contacts"], body["addressee"]["name"]) == (
        "",
        "",
        [],
        None,
    )
    assert (body["complaint_id"], body["addressee"]["customer_id"], body["received_at"]) == ("cmp_1", "cus_1", NOW)
    assert effect == {"k": "f", "key": "mail", "body": {"to": "v1.cus_1.AAAA"}}
    assert (await store.pending())[0] == 1, "it must still be said"


async def test_words_that_only_wait_to_be_said_are_found_too(store: SqliteStore):
    await store.insert_many([Document("n1", Note(customer_id="cus_1", masked_text=""), out=[event_entry()])])
    assert await forget(store, "cus_1") == 1
    assert "взорвался" not in str((await read(store, "n1")).out)


@pytest.mark.parametrize(
    "entry",
    [
        {"k": "h", "type": "redress.ComplaintRegistered.v1", "what": "x"},
        {"k": "e", "type": "redress.CustomerSeen.v1", "body": "{}"},
        {"k": "e", "type": "redress.Unheard.v9", "body": "not even JSON"},
    ],
)
def test_an_entry_without_words_is_left_alone(entry: dict[str, object]):
    assert forgotten_entry(entry) is entry


async def test_saying_it_again_writes_nothing_and_keeps_the_first_instant(store: SqliteStore):
    await put(store, "n1", "cus_1", [event_entry()])
    await forget(store, "cus_1")
    before = await read(store, "n1")
    assert await forget(store, "cus_1", at=NOW + 99) == 0
    assert await read(store, "n1") == before
    assert (await store.load_many(Erasure, ["cus_1"]))["cus_1"].state == Erasure(at=NOW, kept_at=NOW + 1)


async def test_the_stub_outlives_the_customer_even_where_nothing_was_known(store: SqliteStore):
    assert await forget(store, "cus_9") == 0
    assert await erased_among(store, ["cus_1", "cus_9", "cus_2"]) == {"cus_9"}
    assert await erased_among(store, []) == set()


async def test_more_documents_than_a_page_are_all_blanked(store: SqliteStore):
    for i in range(450):
        await put(store, f"n{i:03}", "cus_1")
    assert await forget(store, "cus_1") == 450
    assert await forget(store, "cus_1") == 0


async def test_nothing_of_the_words_stays_in_the_file(store: SqliteStore, tmp_path: Path):
    await put(store, "n1", "cus_1", [event_entry()])
    await forget(store, "cus_1")
    await store.close()  # folds the write-ahead log in
    assert "взорвался".encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


class Rival(SqliteStore):
    """A store in which somebody else writes just before each of the first saves."""

    rivals = 0

    async def save(self, documents: Sequence[Document], rows: Sequence[NewRow] = ()) -> set[tuple[str, str]]:
        if self.rivals:
            self.rivals -= 1
            theirs = await self.load_many(Note, [documents[0].id])
            theirs[documents[0].id].seen["rival"] = self.rivals
            assert not await super().save(list(theirs.values()))
        return await super().save(documents, rows)


@pytest.fixture
async def rival(tmp_path: Path) -> AsyncIterator[Rival]:
    store = Rival(tmp_path / "rival.sqlite", [*KEEPS, Erasure])
    await store.open()
    yield store
    await store.close()


async def test_a_lost_compare_and_set_is_done_again_on_what_stands(rival: Rival):
    await put(rival, "n1", "cus_1")
    await put(rival, "n2", "cus_1")
    rival.rivals = 3
    assert await forget(rival, "cus_1") == 2
    after = [await read(rival, name) for name in ("n1", "n2")]
    assert [d.state.masked_text for d in after] == ["", ""]  # type: ignore[attr-defined]
    assert after[0].seen == {"c": 1, "rival": 0}, "what the rival wrote is kept"


async def test_a_rival_that_always_wins_is_said_and_the_stub_stands_already(rival: Rival):
    await put(rival, "n1", "cus_1")
    rival.rivals = 1_000
    with pytest.raises(TryAgain):
        await forget(rival, "cus_1")
    assert await erased_among(rival, ["cus_1"]) == {"cus_1"}


async def test_whoever_came_back_is_forgotten_again(store: SqliteStore):
    asked: list[str] = []

    async def destroy(customer_id: str) -> bool:
        asked.append(customer_id)
        return True

    await forget(store, "cus_1", at=NOW)
    await forget(store, "cus_2", at=NOW + 10)
    await put(store, "n1", "cus_1")
    await put(store, "n2", "cus_2")
    await put(store, "n3", "cus_3")
    assert await reapply_erasures(store, KEEPS, NOW + 20, since=NOW + 5, also=destroy) == 1
    assert asked == ["cus_2"]
    assert await reapply_erasures(store, KEEPS, NOW + 20, also=destroy) == 1
    assert asked == ["cus_2", "cus_1", "cus_2"]
    assert (await read(store, "n3")).state.masked_text  # type: ignore[attr-defined]
