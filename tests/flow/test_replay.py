"""The same complaints once, and once more with every input sent twice and shuffled: nothing changes but what may."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from deploy.sample import complaints
from tests.flow.people import DAY, HOUR, World, running

pytestmark = pytest.mark.xdist_group("replay")

SEED = 11
AT_DOORS = ("web", "chat", "in_person")
SAME = ("state", "tier", "priority", "severity", "urgency", "category", "alerts", "channel", "language", "round", "attention")
"""What of a case may not depend on the order of arrival; the owner of a queue is its tier."""


def person_of(payload: dict[str, Any]) -> str:
    """Whose order is kept: a customer's, and of whoever has no address each message by itself."""
    customer = payload.get("customer", {})
    contacts = [customer.get(name) for name in ("id", "email", "phone")] + [c["value"] for c in customer.get("contacts", ())]
    return next((str(contact) for contact in contacts if contact), payload["source_id"])


def shuffled(payloads: Sequence[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """Another order in which every customer still writes in their own."""
    places = [person_of(payload) for payload in payloads]
    rng.shuffle(places)
    waiting = {person: [p for p in payloads if person_of(p) == person] for person in dict.fromkeys(places)}
    return [waiting[person].pop(0) for person in places]


def waves(payloads: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Cut into parts in which nobody writes twice: what is sent at once over two doors has no order."""
    cut: list[list[dict[str, Any]]] = [[]]
    for payload in payloads:
        if person_of(payload) in map(person_of, cut[-1]):
            cut.append([])
        cut[-1].append(payload)
    return cut


async def send(world: World, payloads: Sequence[dict[str, Any]], rng: random.Random) -> None:
    """Over the doors that their channels use, spread over the partitions of the topic."""
    for wave in waves(payloads):
        on_topic: dict[int, list[bytes]] = {}
        for payload in wave:
            if payload["channel"] not in AT_DOORS:
                on_topic.setdefault(rng.randrange(4), []).append(world.json(payload))
        await asyncio.gather(
            *(world.complain(payload) for payload in wave if payload["channel"] in AT_DOORS),
            *(world.publish(*bodies, partition=partition) for partition, bodies in on_topic.items()),
        )
        await world.settled()
    await world.quiet()


async def lives(world: World, payloads: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Three weeks: agents answer every third case the next day, every ninth customer is not content, the rest waits."""
    names = {p["source_id"]: await world.named(p["source"], p["source_id"]) for p in payloads}
    start = world.now
    await world.move_to(start + 2 * HOUR)
    await world.move_to(start + DAY)
    cases = [name for _, name in sorted(names.items()) if (await world.kept("escalation", name)).get("registered")]
    answered = cases[::3]
    for name in answered:
        await world.resolve(name, rest=False)
    await world.quiet()
    for name in answered[::3]:
        for survey in world.letters(name, "survey"):
            await world.answer(world.survey_of(name, survey.round), score=2, solved=False)
    await world.quiet()
    for days in (3, 7, 21):
        await world.move_to(start + days * DAY)
    return {source_id: await story(world, name) for source_id, name in names.items()}


async def story(world: World, name: str) -> dict[str, Any]:
    """All that became of one complaint, without ids."""
    settled = await world.kept("intake", name)
    judged = (await world.kept("triage", name)).get("judgement", {})
    case = await world.ask("GET", "escalation", f"/v1/cases/{name}")
    care = await world.kept("followup", name)
    letters = Counter((letter.kind, letter.round, letter.cause) for letter in world.letters(name))
    assert set(letters.values()) <= {1}
    return {
        "settled": (settled["state"], settled["reason"], settled["flags"], settled["language"]),
        "judged": {key: judged[key] for key in judged if key not in ("judged_at", "at")},
        "case": {key: case.json()[key] for key in SAME} if case.status_code == 200 else {},
        "clocks": sorted((c["kind"], c["state"], c["misses"], still_due(c)) for c in case.json().get("clocks", ())),
        "letters": sorted(letters),
        "notices": sorted((n["kind"], n["round"], n["state"], n["reason"]) for n in care.get("notices", ())),
        "surveys": [(s["round"], s["state"], s["score"]) for s in care.get("surveys", ())],
        "offers": [(o["round"], o["rule"], o["amount"]) for o in care.get("offers", ())],
    }


def still_due(clock: dict[str, Any]) -> int:
    """When a running promise is due; one that ended keeps the time of its end, and triage may speak before or after it."""
    return int(clock["due_at"]) if clock["state"] in ("running", "warned") else 0


async def run_through(home: Path, payloads: Sequence[dict[str, Any]], sent: Sequence[dict[str, Any]]) -> tuple[Any, Any, int]:
    """A house of its own: its stories by source id, its count, and how many letters it wrote."""
    async with running(home) as world:
        await send(world, sent, random.Random(SEED))
        told = await lives(world, payloads)
        attempts = {letter.attempt for letter in world.letters()}
        assert attempts == {1}
        return told, await world.arrivals(), len(world.letters())


@pytest.mark.parametrize("count", [16, pytest.param(60, marks=pytest.mark.slow)])
async def test_doubled_and_shuffled_input_leads_to_the_same_lives_and_the_same_letters(tmp_path: Path, count: int) -> None:
    payloads = complaints(count, SEED)
    unique = list({payload["source_id"]: payload for payload in payloads}.values())
    once = await run_through(tmp_path / "once", unique, unique)
    twice_over = shuffled([*unique, *unique], random.Random(SEED))
    again = await run_through(tmp_path / "again", unique, twice_over)
    assert twice_over[: len(unique)] != unique

    told_once, told_again = once[0], again[0]
    assert told_once.keys() == told_again.keys()
    for source_id in told_once:
        assert told_again[source_id] == told_once[source_id], source_id
    assert again[2] == once[2] > len(unique)
    assert again[1] == once[1] | {"submitted": 2 * len(unique), "double": len(unique)}
    assert once[1]["registered"] + once[1]["rejected"] == len(unique)
    assert sum(bool(told["offers"]) for told in told_once.values()) >= count // 16
    assert sum(bool(told["surveys"]) for told in told_once.values()) >= count // 6
    assert sum("escalation" in str(told["letters"]) for told in told_once.values()) >= count // 4
