"""What has been kept long enough goes: parked records lose their content, openings go whole, and the counts stay right."""

from collections.abc import Callable
from typing import Any

import pytest

from services.intake.vault import Opening
from shared.contracts.topics import DAY_MS
from shared.platform.clock import machine_ms
from shared.platform.document import Document, Sought
from shared.platform.parked import Parked
from shared.platform.retention import PAGE, Retention, Term, parked_term
from shared.platform.store import Store
from tests.component.any_store import Home
from tests.component.strangers import CANARY, a_complaint, grown, house, log, send, sent, world
from tests.flow.people import World

__all__ = ["house", "log", "world"]
NOW = 1_760_000_000_000


def openings(days: int = 400) -> Term:
    return Term(Opening, "at", days, lambda: NOW)


def a_parked(at: int, **more: Any) -> Parked:
    place = {"topic": "complaints.submitted.v1", "partition": 0, "offset": 1, "reason": "broken_json"}
    return Parked(**place, **{"at": at, "size": 9, "cipher": "AAAA", "note": "BBBB", "digest": "d"} | more)


async def put_openings(store: Store, *ages: int) -> None:
    rows = [Opening(by="anna", why="case", asked=1, opened=1, customers=(), at=NOW - age * DAY_MS) for age in ages]
    assert not await store.insert_many([Document(f"o{n:04}", row) for n, row in enumerate(rows)])


async def left(store: Store) -> list[str]:
    return [row.id for row in await store.find(Opening, Sought(limit=1000))]


async def test_what_is_older_than_its_term_goes_and_the_rest_stays(home: Home) -> None:
    store = await home.open(Opening)
    await put_openings(store, 401, 400, 399, 0)
    assert await Retention("intake", store, [openings()]).let_go() == 1
    assert await left(store) == ["o0001", "o0002", "o0003"]


async def test_any_number_goes_page_by_page_and_two_replicas_do_not_disturb_each_other(home: Home) -> None:
    store = await home.open(Opening)
    await put_openings(store, *[500] * (PAGE + 5), 1)
    other = store if home.kind == "sqlite" else await home.open(Opening)
    assert await Retention("intake", store, [openings()]).let_go() == PAGE + 5
    assert await Retention("intake", other, [openings()]).let_go() == 0
    assert len(await left(store)) == 1


async def test_no_term_means_for_ever(home: Home) -> None:
    store = await home.open(Opening)
    await put_openings(store, 30_000)
    assert await Retention("intake", store, [openings(0)]).let_go() == 0
    assert len(await left(store)) == 1


@pytest.mark.parametrize(
    ("state", "becomes"), [("parked", "expired"), ("replayed", "replayed"), ("dismissed", "dismissed"), ("expired", "expired")]
)
async def test_a_parked_record_loses_content_and_note_and_keeps_what_it_counts_as(home: Home, state: str, becomes: str) -> None:
    store = await home.open(Parked)
    now = machine_ms()
    await store.insert_many([Document("old", a_parked(now - 91 * DAY_MS, state=state)), Document("new", a_parked(now))])
    retention = Retention("intake", store, [parked_term(90)])
    assert (await retention.let_go(), await retention.let_go()) == (1, 0)
    found = {row.id: row.state for row in await store.find(Parked, Sought())}
    assert found["old"] == a_parked(now - 91 * DAY_MS, state=becomes, cipher="", note="")
    assert found["new"] == a_parked(now)


@pytest.fixture
def months_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def jump() -> None:
        monkeypatch.setattr("shared.platform.retention.machine_ms", lambda: machine_ms() + 91 * DAY_MS)

    return jump


@pytest.mark.asyncio(loop_scope="module")
async def test_counts_add_up_after_it_and_nobody_is_promised_a_replay(world: World, months_later: Callable[[], None]) -> None:
    before = await world.arrivals()
    await send(world, "topic", sent(a_complaint(text=CANARY))[:-3])
    (row,) = (await world.get("intake", "/internal/v1/parked", limit=1))["parked"]
    months_later()
    runtime = world.house.services["intake"].runtime
    assert await Retention("intake", runtime.store, [parked_term(90)]).let_go() >= 1
    assert await grown(world, before) == {"submitted": 1, "parked": 1}
    where = {"params": {"arrival": row["arrival"]}}
    shown = await world.ask("GET", "intake", "/internal/v1/parked/content", key=world.key_of("vault"), **where)
    replayed = await world.ask("POST", "intake", "/internal/v1/parked/replay", content=sent(a_complaint()), **where)
    assert (shown.status_code, replayed.status_code) == (410, 409)
    assert "retention" in shown.text and "retention" in replayed.text
    rows = (await world.get("intake", "/internal/v1/parked", state="expired"))["parked"]
    assert row["arrival"] in {expired["arrival"] for expired in rows}
