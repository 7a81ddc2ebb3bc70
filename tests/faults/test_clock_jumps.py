"""Row 13: machines whose clocks jump or disagree, and days that are shorter or longer than others."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.escalation.domain.calendar import Calendar
from services.escalation.domain.calendar_model import CalendarPolicy
from shared.platform import clock
from shared.platform.clock import SystemClock, machine_ms
from shared.platform.decision import Decision, Rang, Refused
from shared.platform.document import Document
from shared.platform.processor.announce import Announcer
from shared.platform.processor.loop import Processor
from shared.platform.processor.timers import LEASE_MS, Timers
from shared.platform.runtime import kinds_of
from shared.platform.service import Hearing, Service
from tests.builders import NOW
from tests.component.any_store import Home
from tests.servers.secantus import Secantus
from tests.toys import ClosedVault, Count, MemoryPublisher, a_toy

HOUR, YEAR = 3_600_000, 365 * 86_400_000
EARLY_MS = 2_000
AHEAD: ContextVar[int] = ContextVar("ahead", default=0)
"""How far the clock of the machine that runs this code goes ahead, ms."""


@dataclass
class Town:
    """The true time, which only the test moves, and everything that rang."""

    true: int = NOW
    jumped: int = 0
    """By how much every machine is off."""
    rang: list[tuple[str, int, int, int]] = field(default_factory=list)
    """Aggregate, due instant, the machine's instant, the true instant."""

    def time_ns(self) -> int:
        return (self.true + self.jumped + AHEAD.get()) * 1_000_000

    def service(self) -> Service:
        """A toy whose rings are written down."""
        toy = a_toy()
        hearing = toy.timers[Count]

        def decide(rang: Rang, kept: Count, given: Any) -> Decision[Any] | Refused:
            self.rang.append((kept.customer_id, rang.due, given.now, self.true))
            return hearing.decide(rang, kept, given)

        toy.timers[Count] = Hearing(Rang, Count, hearing.about, decide)
        return toy


class Replica:
    """One process's timers; its machine may be ahead of the others."""

    def __init__(self, town: Town, home: Home, ahead: int = 0) -> None:
        self.ahead = ahead
        service = town.service()
        self.store = home.make(*kinds_of(service))
        self.publisher = MemoryPublisher()
        self.announcer = Announcer("triage", self.store, self.publisher)
        self.timers = Timers(Processor(service, self.store, ClosedVault(), SystemClock(), self.announcer, None, "p"))

    async def look(self) -> None:
        """One look at what is due, by its own clock."""
        AHEAD.set(self.ahead)
        while await self.timers.fire_due():
            pass

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Replica"]:
        AHEAD.set(self.ahead)
        await self.store.open()
        await self.store.prepare_schema()
        task = asyncio.create_task(self.announcer.run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self.store.close()
            AHEAD.set(0)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    made = Town()
    monkeypatch.setattr(clock, "time", made)
    return made


@pytest.fixture(params=["sqlite", "motor"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with contextlib.ExitStack() as stack:
        uri = stack.enter_context(Secantus()).uri if request.param == "motor" else ""
        yield Home(request.param, tmp_path, uri)


async def alarms(replica: Replica, within: int, count: int = 200) -> list[str]:
    """So many aggregates that want to be woken at some instant of the time to come."""
    chance = random.Random(13)
    rows = [
        Document(f"cmp_{n}", Count(wake=machine_ms() + chance.randrange(1, within), customer_id=f"cmp_{n}")) for n in range(count)
    ]
    assert not await replica.store.insert_many(rows)
    return [row.id for row in rows]


async def walk(town: Town, replicas: Sequence[Replica], ms: int, step: int) -> None:
    """True time passes, and every replica looks at each step."""
    for _ in range(0, ms, step):
        town.true += step
        await asyncio.gather(*(asyncio.create_task(replica.look()) for replica in replicas))


async def once_each(town: Town, replicas: Sequence[Replica], names: Sequence[str]) -> None:
    """Every alarm rang, was kept and was told once; no rule was asked before its time by the clock that asked it."""
    assert all(now >= due for _, due, now, _ in town.rang)
    documents = await replicas[0].store.load_many(Count, names)
    assert Counter(document.state.rung for document in documents.values() if isinstance(document.state, Count)) == {1: len(names)}
    said = [entry["id"] for replica in replicas for entry in replica.publisher.said("AlertRaised")]
    assert len(set(said)) == len(names)


async def test_row_13_two_replicas_two_seconds_apart_ring_once_and_hardly_early(town: Town, tmp_path: Path) -> None:
    with Secantus() as server:
        home = Home("motor", tmp_path, server.uri)
        slow, fast = Replica(town, home), Replica(town, home, ahead=EARLY_MS)
        async with slow.running(), fast.running():
            AHEAD.set(0)
            names = await alarms(slow, 20_000)
            await walk(town, [slow, fast], 24_000, 250)
            await once_each(town, [slow, fast], names)
    early = max(due - true for _, due, _, true in town.rang)
    late = max(true - due for _, due, _, true in town.rang)
    assert early <= EARLY_MS
    assert late < 500
    print(f"\nrow 13: replicas 2 s apart: {len(names)} of {len(names)} once, at most {early} ms early, {max(0, late)} ms late")


@pytest.mark.parametrize("jump", [HOUR, -HOUR, YEAR], ids=["+1h", "-1h", "+1y"])
async def test_row_13_a_clock_that_jumps_rings_once_each_and_never_before_its_time(town: Town, home: Home, jump: int) -> None:
    replica = Replica(town, home)
    async with replica.running():
        names = await alarms(replica, 2 * HOUR)
        await walk(town, [replica], HOUR, 5 * 60_000)
        before = len(town.rang)
        assert 0 < before < len(names)
        town.jumped = jump
        await walk(town, [replica], 3 * HOUR, 5 * 60_000)
        await once_each(town, [replica], names)
    print(f"\nrow 13: the clock jumps by {jump // HOUR} h: {before} rang before, {len(names) - before} after it, each once")


async def test_row_13_what_a_dead_process_had_claimed_in_a_wrong_time_is_free_once_the_clock_is_right(
    town: Town, home: Home
) -> None:
    replica = Replica(town, home)
    async with replica.running():
        names = await alarms(replica, 10_000, 20)
        town.jumped = YEAR
        await replica.store.claim_due(Count, machine_ms(), machine_ms(), LEASE_MS, 500)  # and died
        town.jumped = 0
        await walk(town, [replica], 120_000, 1_000)
        await once_each(town, [replica], names)
    late = max(true - due for _, due, _, true in town.rang)
    assert late <= 60_000
    print(f"\nrow 13: claimed by a dead process a year ahead: free again, at most {late / 1000:.0f} s late")


# -- business time

DAYS = {
    "Europe/Berlin": ["2027-03-28", "2027-10-31", "2028-02-29"],
    "America/New_York": ["2027-03-14", "2027-11-07", "2028-02-29"],
    "Europe/Moscow": ["2027-03-28", "2014-10-26", "2028-02-29"],
}
"""Days on which clocks change (in Moscow for the last time in 2014), and the leap day."""
OFFICE = ((9, 0, 13, 0), (14, 0, 18, 0))
NIGHT = ((0, 0, 6, 0), (22, 0, 24, 0))
"""A shift in which clocks change: an hour of it is missing, or worked twice."""


def by_minutes(zone: str, hours: Sequence[tuple[int, int, int, int]], start: int, minutes: int) -> int:
    """The same question answered by looking at the wall clock at every minute: slow, and hard to get wrong."""
    at, wall_clock = start, ZoneInfo(zone)
    while minutes:
        wall = datetime.fromtimestamp(at / 1000, wall_clock)
        now = wall.hour * 60 + wall.minute
        minutes -= any(a * 60 + b <= now < c * 60 + d for a, b, c, d in hours)
        at += 60_000
    return at


def calendar_of(zone: str, hours: Sequence[tuple[int, int, int, int]]) -> Calendar:
    """Those hours on every day of the week."""
    text = [f"{a:02}:{b:02}-{c:02}:{d:02}" for a, b, c, d in hours]
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), text)
    return CalendarPolicy.model_validate({"zone": zone, "hours": week}).calendar


@pytest.mark.parametrize("zone", DAYS)
@pytest.mark.parametrize("hours", [OFFICE, NIGHT], ids=["office", "night"])
def test_row_13_deadlines_around_clock_changes_and_the_leap_day_are_those_of_the_wall_clock(
    zone: str, hours: Sequence[tuple[int, int, int, int]]
) -> None:
    asked, calendar = 0, calendar_of(zone, hours)
    for day in DAYS[zone]:
        evening = datetime.fromisoformat(f"{day}T17:30").replace(tzinfo=ZoneInfo(zone)) - timedelta(days=1)
        start = int(evening.timestamp()) * 1000
        for minutes in (15, 30, 240, 300, 465, 480, 720):
            asked += 1
            assert calendar.add(start, minutes * 60_000) == by_minutes(zone, hours, start, minutes), (day, minutes)
    print(f"\nrow 13: {zone}: {asked} deadlines around clock changes and the leap day as the wall clock has them")
