"""How long a complaint waits for triage on a real Kafka while a second replica comes, is stopped, or dies."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from confluent_kafka import Producer

from shared.contracts import topics
from shared.platform.bus.connection import Connection
from tests.benchmarks.again import again
from tests.benchmarks.broker import Sent
from tests.benchmarks.commands import Home, Process, free_port, is_ready, redress
from tests.benchmarks.figures import Figure, over
from tests.benchmarks.kafka import Cluster, real_kafka
from tests.benchmarks.kafka_told import Told
from tests.benchmarks.machine import median, pinned, quantile, scratch
from tests.benchmarks.rehearsal import Rehearsal, submissions
from tests.servers.found import a_mongo

RATE = 20.0
"""Complaints a second, over all partitions: far from what two replicas can do."""
PARTITIONS = 12
PATIENCE_SECONDS = 60.0
SESSION_SECONDS = Connection("", "").session_timeout_ms / 1000
CALM, COMES, STOPPED, DIES = "both work", "a second one comes", "one is stopped (SIGTERM)", "one dies (kill -9)"
SECONDS = {CALM: 5.0, COMES: 8.0, STOPPED: 6.0, DIES: SESSION_SECONDS + 8}
"""How long complaints keep coming once it has happened."""
TARGETS = {STOPPED: 1.0, DIES: SESSION_SECONDS + 3}


def measure(rounds: int = 3) -> list[Figure]:
    """The longest wait, and the median one, of each phase over the rounds. Raises `NoServer`."""
    waits: dict[str, list[list[float]]] = {phase: [] for phase in SECONDS}
    with contextlib.ExitStack() as stack:
        kafka, path = stack.enter_context(real_kafka()), stack.enter_context(scratch())
        bytecode = stack.enter_context(tempfile.TemporaryDirectory(prefix="redress-bytecode-"))
        stack.enter_context(pinned(1))
        store = stack.enter_context(a_mongo())  # replicas cannot share an SQLite file
        home = Home.made(path, Cluster(kafka, PARTITIONS).servers, Path(bytecode), store)
        feed = Feed(kafka, rounds)
        first = stack.enter_context(redress(home, "run", "triage"))
        first.until(lambda: is_ready(home.ports["triage"]))
        with Told(kafka, [topics.TRIAGED]) as told:
            for _ in range(rounds):
                for phase, seconds in _round(home, feed, told).items():
                    waits[phase].append(seconds)
    return [figure for phase, each in waits.items() for figure in _figures(phase, each)]


def _round(home: Home, feed: "Feed", told: Told) -> dict[str, list[float]]:
    """A second replica comes, is stopped, comes again and dies, while complaints keep coming."""
    second = replace(home, ports={**home.ports, "triage": free_port()})
    found = {}
    with contextlib.ExitStack() as stack:
        started: list[Process] = []

        def start() -> None:
            started.append(stack.enter_context(redress(second, "run", "triage")))

        def both_work() -> None:
            started[-1].until(lambda: is_ready(second.ports["triage"]))

        found[COMES] = feed.during(COMES, start, told)
        both_work()
        found[CALM] = feed.during(CALM, lambda: None, told)
        found[STOPPED] = feed.during(STOPPED, started[-1].process.terminate, told)
        started[-1].process.wait(60)
        start()
        both_work()
        found[DIES] = feed.during(DIES, started[-1].process.kill, told)
    return found


class Feed:
    """Registered complaints, put into their topic at a steady rate."""

    def __init__(self, kafka: str, rounds: int) -> None:
        """Enough of them for all phases of all rounds."""
        self._producer = Producer({"bootstrap.servers": kafka, "linger.ms": 0, "log_level": 0})
        said = Rehearsal().play(submissions(500)).records(topics.REGISTERED)
        base = [record for record in said if "ComplaintRegistered" in dict(record.headers)["ce_type"].decode()]
        wanted = int(RATE * (sum(SECONDS.values()) + 2 * len(SECONDS)) * rounds)
        parts = range(wanted // len(base) + 1)
        self._records = iter([record for part in parts for record in again(base, part)])

    def during(self, phase: str, happens: Callable[[], None], told: Told) -> list[float]:
        """Feed, let it happen a second later, feed on; how long each complaint waited to be judged, seconds."""
        sent = self._sent(1.0)
        happens()
        sent |= self._sent(SECONDS[phase])
        self._producer.flush(10)
        judged, until = told.first("ComplaintTriaged"), time.monotonic() + PATIENCE_SECONDS
        while lost := sent.keys() - judged.keys():
            if time.monotonic() > until:
                raise RuntimeError(f"{phase}: {len(lost)} of {len(sent)} complaints were never judged")
            time.sleep(0.1)
        return [judged[subject] - at for subject, at in sent.items()]

    def _sent(self, seconds: float) -> dict[str, float]:
        sent: dict[str, float] = {}
        first = time.monotonic()
        for number in range(int(RATE * seconds)):
            time.sleep(max(0.0, first + number / RATE - time.monotonic()))
            record = next(self._records)
            sent[record.key] = time.monotonic()
            self._put(record)
        return sent

    def _put(self, record: Sent) -> None:
        self._producer.produce(record.topic, record.value, record.key, headers=list(record.headers))
        self._producer.poll(0)


def _figures(phase: str, rounds: Sequence[Sequence[float]]) -> list[Figure]:
    longest, middle = [max(each) for each in rounds], [quantile(each, 0.5) * 1e3 for each in rounds]
    note = f"{len(rounds[0])} complaints a round"
    return [
        over(f"{phase}: the longest wait", longest, "s", median(longest), at_most=TARGETS.get(phase), note=note),
        over(f"{phase}: half wait less than", middle, "ms", median(middle)),
    ]
