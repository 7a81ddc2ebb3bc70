"""Each service's processor with its real rules against the bare loop B, in one process and one run, order shuffled."""

import asyncio
import contextlib
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.contracts import topics
from shared.contracts.topics import Topic
from shared.platform.service import Service
from tests.benchmarks import bare, ours
from tests.benchmarks.bare_intake import BareIntake
from tests.benchmarks.broker import Broker, broker
from tests.benchmarks.figures import Figure, over
from tests.benchmarks.machine import median, pinned, scratch, seldom_collected, still_heap
from tests.benchmarks.rehearsal import SERVICES, Rehearsal, policy_of, submissions

TARGETS = {"intake": 0.92, "triage": 0.95, "escalation": 0.88, "followup": 0.88}
INPUTS: dict[str, tuple[Topic, ...]] = {
    "intake": (topics.SUBMITTED,),
    "triage": (topics.REGISTERED,),
    "escalation": (topics.REGISTERED, topics.TRIAGED, topics.NOTICES),
    "followup": (topics.CASES,),
}


@dataclass
class Stopwatch:
    """From the first batch to the last, wall and CPU of this process."""

    expected: int
    done: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _started: tuple[float, float] | None = None

    def __call__(self, records: int) -> None:
        """Before a batch 0, after it the number of its records."""
        now = time.perf_counter(), time.process_time()
        if records == 0:
            self._started = self._started or now
        elif records > 0 and self._started:
            self.done += records
            if self.done >= self.expected:
                self.wall, self.cpu = now[0] - self._started[0], now[1] - self._started[1]
                self.ended.set()


@dataclass(frozen=True)
class Run:
    """One job done once."""

    per_second: float
    cpu_us: float
    """CPU per record, µs."""
    rows: int
    """Aggregates in the end: both ways must have made the same."""


@dataclass(frozen=True)
class Job:
    """A service, the topics it hears, and how many records it will read."""

    service: Service
    heard: tuple[Topic, ...]
    expected: int

    async def bare(self, other: Broker) -> Run:
        """By the bare loop."""
        servers, watch, policy = other.fresh(), Stopwatch(self.expected), policy_of(self.service.name)
        with scratch() as home:
            store = bare.BareStore(home / "bare.sqlite", bare.kinds_of(self.service))
            with contextlib.closing(store):
                loop = bare.BareLoop(self.service, policy, store, patience=other.patience)
                if self.service.name == "intake":
                    loop.intake = BareIntake(policy.policy)

                def progress(records: int) -> None:
                    other.fill(self.service.name) if records < 0 else watch(records)

                async with asyncio.timeout(120):
                    await loop.run(servers, self.heard, self.expected, progress)
                other.filled()
                return self._run(watch, store.count(self.service.keeps[0]))

    async def ours(self, other: Broker) -> Run:
        """By the service as it is."""
        servers, watch, policy = other.fresh(), Stopwatch(self.expected), policy_of(self.service.name)
        with scratch() as home, seldom_collected():
            runtime = ours.runtime_of(self.service, policy, servers, home / "ours.sqlite", other.patience)
            async with ours.running(runtime, watch):
                other.fill(self.service.name)
                await asyncio.wait_for(watch.ended.wait(), 120)
                other.filled()
                rows = (await runtime.store.count_by(self.service.keeps[0], "id")).get("all", 0)
                return self._run(watch, rows)

    def _run(self, watch: Stopwatch, rows: int) -> Run:
        return Run(self.expected / watch.wall, watch.cpu / self.expected * 1e6, rows)


def measure(events: int = 4_000, rounds: int = 7, only: Sequence[str] = tuple(TARGETS), seed: int = 1) -> list[Figure]:
    """Ratios of each service; `events` is the number of complaints."""
    with broker() as other:
        return compared(other, events, rounds, only, seed)


def compared(other: Broker, events: int, rounds: int, only: Sequence[str], seed: int) -> list[Figure]:
    """The same on whatever broker it is."""
    figures: list[Figure] = []
    dice = random.Random(seed)
    with pinned(0):
        jobs = prepared(other, events, only)
        with still_heap():
            for job in jobs:
                figures += _compared(job, asyncio.run(_rounds(job, other, rounds, dice)))
    return figures


def prepared(other: Broker, events: int, only: Sequence[str]) -> list[Job]:
    """What each service will hear, handed to the other process; what a service tells itself comes on top."""
    arrivals = submissions(events)
    rehearsal = Rehearsal().play(arrivals)
    jobs = []
    for name in only:
        records = list(arrivals) if name == "intake" else rehearsal.records(*INPUTS[name])
        other.load(name, records)
        steps = len(rehearsal.records(topics.FOLLOWUP_STEPS)) if name == "followup" else 0
        heard = (*INPUTS[name], topics.FOLLOWUP_STEPS) if name == "followup" else INPUTS[name]
        jobs.append(Job(SERVICES[name], heard, len(records) + 2 * steps))  # each wish for money gets one answer
    return jobs


async def _rounds(job: Job, other: Broker, rounds: int, dice: random.Random) -> list[tuple[Run, Run]]:
    """Pairs (bare, ours); the first round only warms up, unless it is the only one."""
    pairs = []
    for _ in range(rounds + 1 if rounds > 1 else 1):
        found: dict[str, Run] = {}
        for way in dice.sample(("bare", "ours"), 2):
            found[way] = await (job.bare(other) if way == "bare" else job.ours(other))
        if found["bare"].rows != found["ours"].rows:
            raise AssertionError(f"{job.service.name}: {found['bare'].rows} rows by B, {found['ours'].rows} by us")
        pairs.append((found["bare"], found["ours"]))
    return pairs[1:] if rounds > 1 else pairs


def _compared(job: Job, pairs: Sequence[tuple[Run, Run]]) -> list[Figure]:
    name = job.service.name
    ratios = [mine.per_second / plain.per_second for plain, mine in pairs]
    speeds = [mine.per_second for _, mine in pairs]
    plain = [bare.per_second for bare, _ in pairs]
    cpu = [bare.cpu_us / mine.cpu_us for bare, mine in pairs]
    mine = [mine.cpu_us for _, mine in pairs]
    note = f"{job.expected} records, {len(pairs)} rounds"
    return [
        over(f"{name}: of B", ratios, "x", median(ratios), at_least=TARGETS[name], note=note),
        over(f"{name}: of B by CPU", cpu, "x", median(cpu)),
        over(f"{name}: CPU a record", mine, "µs", median(mine)),
        over(f"{name}: records a second", speeds, "/s", median(speeds)),
        over(f"{name}: B, records a second", plain, "/s", median(plain)),
    ]
