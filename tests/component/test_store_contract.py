"""What every store promises; the same sentences for SQLite, for Motor and for PyMongo's own asynchronous client."""

import asyncio
from typing import Any

import pytest

from shared.contracts.errors import NewerSchema
from shared.platform.document import Between, Document, Sought
from shared.platform.store import Announced, Due, Store, Unencodable
from shared.platform.stores.sqlite import SqliteStore
from tests.component.any_store import Home, Note, Ticket, TicketV2, TicketWithDeadline, TicketWithMood, ids, one, ticket

PERSONAL = "Позвоните мне, Анна Кузнецова"

# -- insert -------------------------------------------------------------------------------------------------------------------


async def test_what_is_absent_is_inserted_at_version_one(store: Store) -> None:
    first, second = ticket("a", text="один"), ticket("b")
    assert await store.insert_many([first, second]) == set()
    assert (first.ver, second.ver) == (1, 1)
    loaded = await one(store, "a")
    assert (loaded.ver, loaded.state) == (1, Ticket(text="один"))


async def test_what_is_there_is_reported_and_left_alone_while_its_neighbours_go_in(store: Store) -> None:
    await store.insert_many([ticket("a", text="first")])
    again, new = ticket("a", text="second"), ticket("b", text="new")
    note = Document("a", Note(text="another collection"))
    assert await store.insert_many([again, new, note]) == {("tickets", "a")}
    assert (again.ver, new.ver, note.ver) == (0, 1, 1)
    assert (await one(store, "a")).state.text == "first"
    assert (await one(store, "b")).state.text == "new"
    assert (await one(store, "a", Note)).state.text == "another collection"


async def test_the_same_id_twice_in_one_insert_is_written_once(store: Store) -> None:
    assert await store.insert_many([ticket("a", text="first"), ticket("a", text="second")]) == {("tickets", "a")}
    assert await store.count_by(Ticket, "id") == {"all": 1}


async def test_nothing_to_do_is_no_error(store: Store) -> None:
    assert await store.insert_many([]) == set()
    assert await store.save([]) == set()
    assert await store.load_many(Ticket, []) == {}
    await store.clear([])


# -- save ---------------------------------------------------------------------------------------------------------------------

STRANGE = {"topic.v1/0/12": 1, "$where": 2, "cmp_1:due:123:1": 3, "a|b.c": 4, "": 5, "ключ": 6}


async def test_every_part_of_a_document_comes_back_as_it_was_saved(store: Store) -> None:
    document = Document(
        id="cmp_1",
        state=Ticket(
            text="Ёлка «не горит» 🎄\x00\u202e", tier="t2", opened=1_764_000_000_000, more=STRANGE | {"list": [1.5, None, True]}
        ),
        arrival="complaints.submitted.v1/3/77",
        outcome="registered",
        seen={key: 1_764_000_000_000 + n for key, n in STRANGE.items()},
        settled=dict.fromkeys(STRANGE, "done"),
        head="f" * 64,
        out=[{"k": "e", "body": '{"a":1}', "at": 2**53 + 1}, {"k": "f", "body": {"$x.y": [None, 1.25, STRANGE]}}],
        upd=1_764_000_000_001,
    )
    assert await store.save([document]) == set()
    assert document.ver == 1
    loaded = await one(store, "cmp_1")
    assert loaded == document
    assert {type(value) for value in [*loaded.seen.values(), loaded.state.more["$where"], loaded.out[0]["at"]]} == {int}

    loaded.out, loaded.head = [], "e" * 64
    assert await store.save([loaded]) == set()
    assert await one(store, "cmp_1") == loaded
    assert loaded.ver == 2


async def test_a_stale_version_loses_and_changes_nothing(store: Store) -> None:
    await store.save([ticket("a", text="one")])
    await store.save([ticket("a", 1, text="two")])
    for stale in (ticket("a", 1, text="late"), ticket("a", 0, text="new?"), ticket("a", 3, text="early"), ticket("absent", 1)):
        before = stale.ver
        assert await store.save([stale]) == {stale.key}
        assert stale.ver == before
    assert (await one(store, "a")).state.text == "two"
    assert await store.load_many(Ticket, ["absent"]) == {}


async def test_one_loser_stops_a_transaction_and_nobody_else_where_there_is_none(store: Store) -> None:
    await store.save([ticket("a"), ticket("b")])
    batch = [ticket("a", 1, text="new"), ticket("b", 7, text="new"), ticket("c", text="new"), Document("n", Note(text="new"))]
    lost = await store.save(batch)
    assert lost == {("tickets", "b")}
    there = await store.load_many(Ticket, ["a", "b", "c"])
    texts = {row_id: document.state.text for row_id, document in there.items()}
    notes = await store.load_many(Note, ["n"])
    if store.transactional:
        assert texts == {"a": "", "b": ""}
        assert notes == {}
        assert [document.ver for document in batch] == [1, 7, 0, 0]
    else:
        assert texts == {"a": "new", "b": "", "c": "new"}
        assert notes["n"].state.text == "new"
        assert [document.ver for document in batch] == [2, 7, 1, 1]


async def test_many_writers_of_one_document_lose_no_step(home: Home) -> None:
    replicas = [await home.open(), await home.open()]
    await replicas[0].insert_many([ticket("a")])

    async def step(store: Store) -> None:
        while True:
            document = await one(store, "a")
            document.state = document.state.model_copy(update={"count": document.state.count + 1})
            if not await store.save([document]):
                return

    async def walk(store: Store) -> None:
        for _ in range(8):
            await step(store)

    await asyncio.gather(*(walk(replicas[n % 2]) for n in range(6)))
    document = await one(replicas[0], "a")
    assert (document.state.count, document.ver) == (48, 49)


async def test_of_many_who_create_the_same_document_one_wins(home: Home) -> None:
    replicas = [await home.open(), await home.open()]
    mine = [ticket("a", count=n) for n in range(10)]
    lost = await asyncio.gather(*(replicas[n % 2].save([document]) for n, document in enumerate(mine)))
    winners = [document for document, who in zip(mine, lost, strict=True) if not who]
    assert len(winners) == 1
    assert (await one(replicas[0], "a")).state == winners[0].state
    assert [document.ver for document in mine if document is not winners[0]] == [0] * 9


async def test_a_thousand_documents_go_in_one_batch(store: Store) -> None:
    batch = [ticket(f"cmp_{n:04}", text="т" * 300) for n in range(1000)]
    assert await store.insert_many(batch[:500]) == set()
    assert await store.save(batch[500:]) == set()
    for document in batch:
        document.state = document.state.model_copy(update={"count": 1})
    batch[123].ver = 9
    assert await store.save(batch) == {batch[123].key}
    batch[123].ver = 1
    if store.transactional:
        assert await store.save(batch) == set()
    else:
        assert await store.save([batch[123]]) == set()
    loaded = await store.load_many(Ticket, [document.id for document in batch])
    assert len(loaded) == 1000
    assert {(document.ver, document.state.count) for document in loaded.values()} == {(2, 1)}


# -- what cannot be written, and what others wrote ------------------------------------------------------------------------------

UNWRITABLE = {
    "a lone surrogate in the state": ticket("bad", text="\ud83d"),
    "a lone surrogate deep in the state": ticket("bad", more={"a": [{"b": "\udc00"}]}),
    "an index field above 64 bit": ticket("bad", opened=2**63),
    "an index field below 64 bit": ticket("bad", opened=-(2**63) - 1),
    "a timer above 64 bit": ticket("bad", ring_at=2**64),
    "a lone surrogate in the outbox": Document("bad", Ticket(), out=[{"k": "e", "body": "\ud83d"}]),
    "a lone surrogate among the seen": Document("bad", Ticket(), seen={"\ud83d": 1}),
}


@pytest.mark.parametrize("what", UNWRITABLE)
async def test_what_cannot_be_encoded_is_named_before_anything_is_written(store: Store, what: str) -> None:
    bad = UNWRITABLE[what]
    for write in (store.save, store.insert_many):
        with pytest.raises(Unencodable) as raised:
            await write([ticket("before"), bad, ticket("after"), Document("note", Note())])
        assert raised.value.key == ("tickets", "bad")
        assert await store.load_many(Ticket, ["before", "bad", "after"]) == {}
        assert await store.load_many(Note, ["note"]) == {}
    assert await store.save([ticket("before"), ticket("after")]) == set()


async def test_an_id_that_cannot_be_encoded_is_refused_and_never_found(store: Store) -> None:
    with pytest.raises(Unencodable):
        await store.save([ticket("\ud83d")])
    await store.save([ticket("a")])
    assert list(await store.load_many(Ticket, ["\ud83d", "a"])) == ["a"]


async def test_an_integer_above_64_bit_within_the_state_is_kept_whole_or_refused(store: Store) -> None:
    document = ticket("a", more={"n": 2**70})
    try:
        await store.save([document])
    except Unencodable as error:
        assert error.key == ("tickets", "a")
        assert await store.load_many(Ticket, ["a"]) == {}
    else:
        assert (await one(store, "a")).state.more == {"n": 2**70}


async def test_fields_of_a_newer_version_are_written_back_by_an_older_one(home: Home) -> None:
    newer = await home.open(TicketWithMood)
    state = TicketWithMood.model_validate({"text": "x", "mood": "cross", "extra": {"deep": [1, {"a.b": None}]}})
    await newer.save([Document("a", state)])
    old = await home.open(Ticket)
    document = await one(old, "a")
    document.state = document.state.model_copy(update={"text": "y"})
    assert await old.save([document]) == set()
    again = await one(await home.open(TicketWithMood), "a", TicketWithMood)
    assert again.state == state.model_copy(update={"text": "y"})


async def test_an_index_field_that_is_new_is_filled_from_what_is_stored(home: Home) -> None:
    async def moods(store: Store) -> dict[str, int]:
        return await store.count_by(TicketWithMood, "mood")

    old = await home.open(Ticket)
    await old.insert_many([ticket("a"), *(ticket(f"b{n:04}") for n in range(700))])
    newer = await home.open(TicketWithMood)
    assert await moods(newer) == {"calm": 701}
    await newer.save([Document("a", TicketWithMood(mood="cross"), ver=1)])
    old = await home.open(Ticket)  # rolled back: it knows nothing of moods, and carries them along
    document = await one(old, "a")
    await old.save([document, ticket("c")])
    newer = await home.open(TicketWithMood)
    assert await moods(newer) == {"calm": 701, "cross": 1}


async def test_a_newer_major_stops_whoever_reads_it(home: Home) -> None:
    newer = await home.open(TicketV2)
    await newer.save([Document("a", TicketV2(ring_at=1), out=[{"k": "e"}], upd=1)])
    older = await home.open(Ticket)
    for reading in (
        older.load_many(Ticket, ["a"]),
        older.find(Ticket, Sought()),
        older.claim_pending(Ticket, 10, 10),
    ):
        with pytest.raises(NewerSchema, match="tickets was written with schema 2"):
            await reading
    assert (await one(newer, "a", TicketV2)).ver == 1


async def test_a_state_that_does_not_fit_is_reported_by_field_without_its_words(store: Store) -> None:
    await store.save([ticket("a", text=PERSONAL)])
    with pytest.raises(NewerSchema) as raised:
        await store.load_many(TicketWithDeadline, ["a"])
    assert "deadline" in str(raised.value)
    assert "Анна" not in str(raised.value)


@pytest.mark.parametrize(
    "row_id", ["жалоба-1", "Ё/ё 🎄", "a.b$c|d", "\x00", "x" * 500], ids=["cyrillic", "emoji", "signs", "nul", "long"]
)
async def test_an_id_may_be_any_text(store: Store, row_id: str) -> None:
    await store.insert_many([ticket(row_id)])
    assert await store.save([ticket(row_id, 1, text="x")]) == set()
    assert list(await store.load_many(Ticket, [row_id, row_id])) == [row_id]
    assert await store.insert_many([ticket(row_id)]) == {("tickets", row_id)}


# -- timers -------------------------------------------------------------------------------------------------------------------


async def test_timers_are_claimed_soonest_first_and_only_when_due(store: Store) -> None:
    await store.insert_many(
        [ticket("c", ring_at=30), ticket("a", ring_at=10), ticket("b", ring_at=20), ticket("later", ring_at=31)]
    )
    await store.insert_many([ticket("never")])
    assert await store.due(Ticket, 30) == 3
    assert await store.claim_due(Ticket, 30, 1000, 500, 0) == []
    assert await store.claim_due(Ticket, 30, 1000, 500, 2) == [Due("a", 10), Due("b", 20)]
    assert await store.claim_due(Ticket, 30, 1000, 500, 10) == [Due("c", 30)]
    assert await store.claim_due(Ticket, 2**62, 1001, 500, 10) == [Due("later", 31)]
    assert await store.due(Ticket, 9) == 0


async def test_a_leased_timer_is_left_alone_until_its_lease_ran_out(store: Store) -> None:
    await store.insert_many([ticket("a", ring_at=10)])
    assert await store.claim_due(Ticket, 10, 1000, 500, 9) == [Due("a", 10)]
    assert await store.claim_due(Ticket, 10, 1500, 500, 9) == []
    assert await store.claim_due(Ticket, 10, 1501, 500, 9) == [Due("a", 10)]
    assert await store.claim_due(Ticket, 10, 1502, 500, 9) == []


async def test_a_saved_document_gives_its_lease_back_and_wants_what_it_says_now(store: Store) -> None:
    await store.insert_many([ticket("a", ring_at=10), ticket("b", ring_at=10)])
    assert len(await store.claim_due(Ticket, 10, 1000, 60_000, 9)) == 2
    assert await store.save([ticket("a", 1, ring_at=20), ticket("b", 1)]) == set()
    assert await store.claim_due(Ticket, 19, 1001, 500, 9) == []
    assert await store.claim_due(Ticket, 20, 1001, 500, 9) == [Due("a", 20)]


async def test_a_lease_does_not_change_the_version(store: Store) -> None:
    document = ticket("a", ring_at=10)
    await store.insert_many([document])
    await store.claim_due(Ticket, 10, 1000, 500, 9)
    assert await store.save([document]) == set()


async def test_of_several_replicas_that_see_a_timer_one_gets_it(home: Home) -> None:
    replicas = [await home.open(), await home.open()]
    await replicas[0].insert_many([ticket(f"t{n:02}", ring_at=n) for n in range(40)])

    async def claim(store: Store) -> list[Due]:
        mine: list[Due] = []
        while claimed := await store.claim_due(Ticket, 100, 1000, 500, 7):
            mine += claimed
        return mine

    claimed = await asyncio.gather(*(claim(replicas[n % 2]) for n in range(4)))
    # A replica that lost every race of a round gives up early; whoever is left over is claimed by the next one.
    rest = await claim(replicas[0])
    assert sorted(due.id for mine in [*claimed, rest] for due in mine) == [f"t{n:02}" for n in range(40)]


# -- outboxes -----------------------------------------------------------------------------------------------------------------


def speaking(row_id: str, upd: int, **fields: Any) -> Document:
    return Document(row_id, Ticket(**fields), out=[{"k": "e", "id": row_id}], upd=upd)


async def test_waiting_outboxes_are_found_oldest_first(store: Store) -> None:
    assert await store.pending() == (0, 0)
    await store.save([speaking("c", 30), speaking("a", 10), speaking("b", 20), ticket("silent"), speaking("young", 99)])
    await store.save([Document("n", Note(), out=[{"k": "h"}], upd=5)])
    found = await store.claim_pending(Ticket, 99, 10)
    assert [(document.id, document.out) for document in found] == [(i, [{"k": "e", "id": i}]) for i in "abc"]
    assert [document.id for document in await store.claim_pending(Ticket, 99, 2)] == ["a", "b"]
    assert await store.claim_pending(Ticket, 99, 0) == []
    assert await store.pending() == (5, 5)


async def test_clearing_empties_the_outbox_of_that_version_only(store: Store) -> None:
    await store.save([speaking("a", 10, text="x"), speaking("b", 20, text="x")])
    document = await one(store, "b")
    document.out.append({"k": "e", "id": "more"})
    await store.save([document])
    await store.clear([Document("a", Ticket(), ver=1), Document("b", Ticket(), ver=1), Document("absent", Ticket(), ver=1)])
    first, second = await one(store, "a"), await one(store, "b")
    assert (first.out, first.ver, first.state.text, first.upd) == ([], 1, "x", 10)
    assert (len(second.out), second.ver) == (2, 2)
    assert await store.pending() == (1, 20)
    assert await store.load_many(Ticket, ["absent"]) == {}
    assert await store.save([first]) == set()


async def test_only_the_store_of_an_embedded_house_remembers_what_was_announced(store: Store) -> None:
    await store.save([speaking("a", 10)])
    document = await one(store, "a")
    rows = [Announced("cases.v1", 0, 7, b"{}")]
    if isinstance(store, SqliteStore):
        await store.clear([document], rows)
        assert await store.announced() == [(1, b"{}")]
        assert await store.pending() == (0, 0)
    else:
        with pytest.raises(ValueError, match="needs SQLite"):
            await store.clear([document], rows)
        assert await store.pending() == (1, 10)


# -- search -------------------------------------------------------------------------------------------------------------------

ROWS = [
    ticket("a", tier="t1", owner="anna", opened=10),
    ticket("b", tier="t2", owner="борис", opened=20),
    ticket("c", tier="t1", owner=None, opened=30),
    ticket("d", tier=None, owner="anna", opened=None),
    ticket("e", tier="t3", owner=None, opened=-5),
]
SEARCHES: list[tuple[dict[str, Any], str]] = [
    ({}, "abcde"),
    ({"tier": "t1"}, "ac"),
    ({"tier": "t1", "owner": "anna"}, "a"),
    ({"owner": "борис"}, "b"),
    ({"tier": ("t1", "t3")}, "ace"),
    ({"tier": ("t1", None)}, "acd"),
    ({"tier": ()}, ""),
    ({"owner": None}, "ce"),
    ({"opened": None}, "d"),
    ({"opened": 20}, "b"),
    ({"opened": 2**70}, ""),
    ({"tier": "T1"}, ""),
    ({"opened": Between(10, 30)}, "ab"),
    ({"opened": Between(low=10)}, "abc"),
    ({"opened": Between(high=20)}, "ae"),
    ({"opened": Between()}, "abcde"),
    ({"opened": Between(30, 10)}, ""),
    ({"opened": Between(-(2**80), 2**80)}, "abcde"),
    ({"opened": Between(low=2**80)}, ""),
    ({"opened": Between(high=-(2**80))}, ""),
    ({"opened": Between(low=0), "owner": ("anna", "борис")}, "ab"),
]
SORTS = {
    "": "abcde",
    "opened": "deabc",
    "-opened": "cbaed",
    "tier": "dacbe",
    "-tier": "ebcad",
    "owner": "ceadb",
    "-owner": "bdaec",
}


async def test_documents_are_found_by_their_index_fields(store: Store) -> None:
    await store.insert_many([Document(row.id, row.state) for row in ROWS])
    found = {str(where): "".join(await ids(store, **where)) for where, _ in SEARCHES}
    assert found == {str(where): wanted for where, wanted in SEARCHES}


async def test_documents_are_sorted_with_null_lowest_and_ties_by_id_the_same_way(store: Store) -> None:
    await store.insert_many([Document(row.id, row.state) for row in ROWS])
    found = {sort: "".join(d.id for d in await store.find(Ticket, Sought(sort=sort))) for sort in SORTS}
    assert found == SORTS
    pages = [await store.find(Ticket, Sought(sort="-opened", limit=2, skip=skip)) for skip in (0, 2, 4, 6)]
    assert ["".join(d.id for d in page) for page in pages] == ["cb", "ae", "d", ""]
    assert await store.find(Ticket, Sought(limit=0)) == []


async def test_a_found_document_is_whole(store: Store) -> None:
    document = speaking("a", 7, tier="t1", text="слова")
    await store.save([document])
    assert await store.find(Ticket, Sought({"tier": "t1"})) == [document]


async def test_documents_are_counted_by_the_values_of_a_field(store: Store) -> None:
    assert await store.count_by(Ticket, "tier") == {}
    assert await store.count_by(Ticket, "id") == {}
    await store.insert_many([Document(row.id, row.state) for row in ROWS])
    assert await store.count_by(Ticket, "tier") == {"t1": 2, "t2": 1, "t3": 1, "": 1}
    assert await store.count_by(Ticket, "opened") == {"10": 1, "20": 1, "30": 1, "-5": 1, "": 1}
    assert await store.count_by(Ticket, "owner", {"tier": ("t1", None)}) == {"anna": 2, "": 1}
    assert await store.count_by(Ticket, "id") == {"all": 5}
    assert await store.count_by(Ticket, "id", {"opened": Between(low=20)}) == {"all": 2}


async def test_a_field_that_is_not_indexed_is_refused_by_name(store: Store) -> None:
    for asking in (
        store.find(Ticket, Sought({"text": "x"})),
        store.find(Ticket, Sought(sort="-text")),
        store.count_by(Ticket, "text"),
        store.count_by(Ticket, "tier", {"text": "x"}),
    ):
        with pytest.raises(ValueError, match=r"tickets cannot be searched by 'text'; it has tier, owner, opened"):
            await asking


async def test_the_schema_is_made_once(home: Home) -> None:
    store = home.make()
    await store.open()
    home.opened.append(store)
    made = await store.prepare_schema()
    if not isinstance(store, SqliteStore):  # SQLite makes it when it opens
        assert "tickets.ix.tier_1__id_1" in made
        assert "tickets.due_1_lease_1" in made
        assert {name for name in made if name.startswith("notes.")} == {"notes.pend_1_upd_1"}
    assert await store.prepare_schema() == []
