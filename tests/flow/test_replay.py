"""The same complaints once, and once more with every input sent twice and shuffled: nothing changes but what may."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from deploy.sample import complaints
from shared.platform.policy import default_policy
from tests.flow.people import DAY, HOUR, World, running
from tests.flow.stories import RUDE, a_complaint

pytestmark = pytest.mark.xdist_group("replay")

SEED = 11
AT_DOORS = ("web", "chat", "in_person")
# fmt: off
SAME = ("state", "tier", "owner", "priority", "severity", "urgency", "category", "alerts", "channel", "language", "round",
        "attention")
# fmt: on
"""What of a case may not depend on the order of arrival; its one owner is the queue of its tier, or whoever answered."""


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


class Through(NamedTuple):
    """What a house of its own came to."""

    told: dict[str, Any]
    """Stories by source id."""
    count: dict[str, int]
    letters: int
    spent: dict[str, Any]
    """Offers by state, and budgets."""


async def run_through(home: Path, payloads: Sequence[dict[str, Any]], sent: Sequence[dict[str, Any]], **settings: Any) -> Through:
    """Live through it once."""
    async with running(home, **settings) as world:
        await send(world, sent, random.Random(SEED))
        told = await lives(world, payloads)
        attempts = {letter.attempt for letter in world.letters()}
        assert attempts == {1}
        spent = await world.get("followup", "/v1/satisfaction")
        return Through(told, await world.arrivals(), len(world.letters()), spent)


def twice(unique: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Everything two times, in another order."""
    sent = shuffled([*unique, *unique], random.Random(SEED))
    assert sent[: len(unique)] != unique
    return sent


@pytest.mark.parametrize("count", [16, pytest.param(60, marks=pytest.mark.slow)])
async def test_doubled_and_shuffled_input_leads_to_the_same_lives_and_the_same_letters(tmp_path: Path, count: int) -> None:
    payloads = complaints(count, SEED)
    unique = list({payload["source_id"]: payload for payload in payloads}.values())
    once = await run_through(tmp_path / "once", unique, unique)
    again = await run_through(tmp_path / "again", unique, twice(unique))

    told_once, told_again = once.told, again.told
    assert told_once.keys() == told_again.keys()
    for source_id in told_once:
        assert told_again[source_id] == told_once[source_id], source_id
    assert again.letters == once.letters > len(unique)
    assert again.count == once.count | {"submitted": 2 * len(unique), "double": len(unique)}
    assert once.count["registered"] + once.count["rejected"] == len(unique)
    assert sum(bool(told["offers"]) for told in told_once.values()) >= count // 16
    assert sum(bool(told["surveys"]) for told in told_once.values()) >= count // 6
    assert sum("escalation" in str(told["letters"]) for told in told_once.values()) >= count // 4


@pytest.mark.slow
async def test_whom_a_short_budget_refuses_may_depend_on_the_order_and_nothing_else_does(tmp_path: Path) -> None:
    """It is never overspent, each offer is made or refused once, and what is left would not have paid for a refused one."""
    unique = [a_complaint(RUDE) for _ in range(12)]
    policies = with_budget(tmp_path, 120_000)
    once = await run_through(tmp_path / "once", unique, unique, policies=policies)
    again = await run_through(tmp_path / "again", unique, twice(unique), policies=policies)

    for run in (once, again):
        states = {state: number for state, number in run.spent["offer_state"].items() if state}
        assert states.get("denied", 0) > 0 < sum(states.values()) - states.get("denied", 0), run.spent
        assert all(budget["committed_minor"] <= budget["limit_minor"] for budget in run.spent["budgets"])
        offers = [offer for told in run.told.values() for offer in told["offers"]]
        assert len(offers) == sum(states.values())
        letters = [letter for told in run.told.values() for letter in told["letters"] if letter[0] == "offer"]
        assert len(letters) == len(offers) - states["denied"]
    for source_id in once.told:
        assert without_offers(again.told[source_id]) == without_offers(once.told[source_id]), source_id
        assert again.told[source_id]["offers"] == once.told[source_id]["offers"], "who is entitled does not depend on it"


def with_budget(tmp_path: Path, minor: int) -> Path:
    """The shipped policies, with so much in one bucket a month."""
    shipped = default_policy("followup", None).read_text("utf-8")
    poor = shipped.replace("    RUB: 20000000\n", f"    RUB: {minor}\n").replace("  buckets: 8\n", "  buckets: 1\n")
    assert poor.count(f"RUB: {minor}") == poor.count("buckets: 1\n") == 1
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "followup.yaml").write_text(poor, encoding="utf-8")
    return policies


def without_offers(told: dict[str, Any]) -> dict[str, Any]:
    """A story less what depends on whether an offer was granted."""
    said = {key: [line for line in told[key] if line[0] != "offer"] for key in ("letters", "notices")}
    return told | said | {"offers": []}
