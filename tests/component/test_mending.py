"""What was parked is mended, replayed or given up: each record counts once, whatever people do with it."""

from typing import Any

import httpx2
import pytest

from tests.component.strangers import CANARY, a_complaint, grown, house, kept, log, send, sent, world
from tests.flow.people import HOUR, World

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("mending")]
__all__ = ["house", "log", "world"]


async def parked_one(world: World, body: bytes) -> str:
    """Park one record; gives its arrival."""
    await send(world, "topic", body)
    (record,) = (await world.get("intake", "/internal/v1/parked", limit=1))["parked"]
    return str(record["arrival"])


async def replay(world: World, arrival: str, mended: bytes = b"", key: str | None = None) -> httpx2.Response:
    """Ask for a parked record to be decided again."""
    where = {"arrival": arrival}
    return await world.ask("POST", "intake", "/internal/v1/parked/replay", params=where, content=mended, key=key)


async def test_parked_records_are_listed_for_operators_and_shown_to_the_vaults_keepers_only(world: World) -> None:
    arrival = await parked_one(world, b"{" + CANARY.encode())
    look = {"params": {"arrival": arrival}}
    for scope, may_list, may_show in (("desk", 403, 403), ("submit", 403, 403), ("admin", 200, 403), ("vault", 403, 200)):
        key = world.key_of(scope)
        listed = await world.ask("GET", "intake", "/internal/v1/parked", key=key)
        shown = await world.ask("GET", "intake", "/internal/v1/parked/content", key=key, **look)
        assert (scope, listed.status_code, shown.status_code) == (scope, may_list, may_show)
        assert (CANARY in shown.text) == (may_show == 200)
    assert (await world.ask("GET", "intake", "/internal/v1/parked", key="")).status_code == 401
    assert (await replay(world, arrival, key=world.key_of("desk"))).status_code == 403


async def test_a_mended_record_counts_once_and_is_not_replayed_again(world: World) -> None:
    before = await world.arrivals()
    payload = a_complaint()
    arrival = await parked_one(world, sent(payload | {"text": 1}))
    assert await grown(world, before) == {"submitted": 1, "parked": 1}
    done = await replay(world, arrival, sent(payload))
    assert (done.status_code, done.json()["outcome"]) == (200, "registered")
    await world.settled()
    assert await grown(world, before) == {"submitted": 1, "registered": 1}
    again = await replay(world, arrival, sent(payload))
    assert again.status_code == 409
    assert "replayed already" in again.json()["detail"]
    assert await grown(world, before) == {"submitted": 1, "registered": 1}
    state = await kept(world, payload)
    assert (state["state"], state["door"]) == ("registered", "topic")


async def test_a_record_that_lay_parked_was_received_when_it_came(world: World) -> None:
    payload = a_complaint()
    arrival = await parked_one(world, sent(payload)[:-3])
    came = world.now
    await world.move_to(came + 2 * HOUR, rest=False)
    assert (await replay(world, arrival, sent(payload))).json()["outcome"] == "registered"
    state = await kept(world, payload)
    assert (state["received_at"], state["registered_at"], state["flags"]) == (came, came + 2 * HOUR, [])


async def test_a_record_that_is_still_wrong_stays_parked_and_says_why(world: World) -> None:
    before = await world.arrivals()
    arrival = await parked_one(world, sent(a_complaint(text=...)))
    first = (await replay(world, arrival)).json()
    assert (first["outcome"], first["reason"], first["problems"][0]["field"]) == ("parked", "wrong_shape", "text")
    assert await grown(world, before) == {"submitted": 1, "parked": 1}


async def parked_as(world: World, arrival: str, state: str = "all") -> dict[str, Any]:
    """One parked record as operators see it; empty where it is not in this state."""
    rows = (await world.get("intake", "/internal/v1/parked", state=state, limit=1000))["parked"]
    return next((row for row in rows if row["arrival"] == arrival), {})


async def test_a_mend_that_is_itself_wrong_is_refused_and_the_record_stays_as_it_was(world: World) -> None:
    before = await world.arrivals()
    taken = a_complaint()
    await send(world, "topic", sent(taken))
    arrival = await parked_one(world, sent(a_complaint(text=...)))
    was = await parked_as(world, arrival)
    for mend, reason in ((b"{" + CANARY.encode(), "broken_json"), (sent(taken | {"text": "Другое"}), "source_id_reused")) * 2:
        answer = await replay(world, arrival, mend)
        assert (answer.status_code, answer.json()["reason"]) == (422, reason)
        assert answer.json()["problems"][0]["message"]
    assert await parked_as(world, arrival) == was
    assert await grown(world, before) == {"submitted": 2, "registered": 1, "parked": 1}
    assert (await replay(world, arrival, sent(a_complaint()))).json()["outcome"] == "registered"


async def test_a_record_that_was_replayed_three_times_in_vain_is_tried_again_only_when_mended(world: World) -> None:
    arrival = await parked_one(world, b"[")
    assert [(await replay(world, arrival)).status_code for _ in range(4)] == [200, 200, 200, 409]
    assert (await parked_as(world, arrival))["attempts"] == 3
    assert (await replay(world, arrival, sent(a_complaint()))).json()["outcome"] == "registered"


async def dismiss(world: World, arrival: str, why: str) -> httpx2.Response:
    """Give a parked record up."""
    return await world.ask("POST", "intake", "/internal/v1/parked/dismiss", params={"arrival": arrival}, json={"reason": why})


async def test_a_dismissed_record_is_kept_and_counted_as_parked_and_may_still_be_mended(world: World) -> None:
    before = await world.arrivals()
    open_before = (await world.get("intake", "/internal/v1/counts"))["parked"]
    arrival = await parked_one(world, b"[")
    done = await dismiss(world, arrival, f"Проверка: {CANARY}")
    assert (done.status_code, done.json()["state"]) == (200, "dismissed")
    assert await grown(world, before) == {"submitted": 1, "parked": 1, "dismissed": 1}
    assert (await world.get("intake", "/internal/v1/counts"))["parked"] == open_before
    assert await parked_as(world, arrival, "parked") == {}
    listed = await parked_as(world, arrival, "dismissed")
    assert (listed["dismissed_by"], "note" in listed, CANARY in str(listed)) == (done.json()["by"], False, False)
    shown = await world.get("intake", "/internal/v1/parked/content", arrival=arrival)
    assert (shown["note"], shown["body"]) == (f"Проверка: {CANARY}", "[")
    assert (await dismiss(world, arrival, "again")).status_code == 409
    assert (await replay(world, arrival, sent(a_complaint()))).json()["outcome"] == "registered"
    assert await grown(world, before) == {"submitted": 1, "registered": 1}
    assert (await dismiss(world, arrival, "too late")).status_code == 409


async def test_parked_records_are_found_by_their_reason(world: World) -> None:
    arrival = await parked_one(world, b"\xff")
    rows = (await world.get("intake", "/internal/v1/parked", reason="not_utf8"))["parked"]
    assert (rows[0]["arrival"], {row["reason"] for row in rows}) == (arrival, {"not_utf8"})


async def test_a_record_that_was_meanwhile_sent_again_whole_is_a_double(world: World) -> None:
    before = await world.arrivals()
    payload = a_complaint()
    arrival = await parked_one(world, sent(payload)[:-3])
    await send(world, "http", sent(payload))
    assert (await replay(world, arrival, sent(payload))).json()["outcome"] == "double"
    assert await grown(world, before) == {"submitted": 2, "registered": 1, "double": 1}


async def test_a_record_mended_into_a_used_source_id_stays_parked(world: World) -> None:
    before = await world.arrivals()
    payload = a_complaint()
    await send(world, "topic", sent(payload))
    arrival = await parked_one(world, b"{")
    refused = await replay(world, arrival, sent(payload | {"text": "Другой текст совсем."}))
    assert (refused.status_code, refused.json()["reason"]) == (422, "source_id_reused")
    assert await grown(world, before) == {"submitted": 2, "registered": 1, "parked": 1}


async def test_a_record_mended_into_no_complaint_is_rejected(world: World) -> None:
    before = await world.arrivals()
    arrival = await parked_one(world, b"{")
    done = (await replay(world, arrival, sent(a_complaint(text="Спасибо большое!")))).json()
    assert done["outcome"] == "rejected"
    assert await grown(world, before) == {"submitted": 1, "rejected": 1}


async def test_an_unknown_record_cannot_be_replayed(world: World) -> None:
    assert (await replay(world, "topic/nowhere/x/0/0")).status_code == 404
