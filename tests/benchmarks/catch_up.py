"""A service was down and its topics filled up: how fast it works off what waits, beside its rate while it is up."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.again import again
from tests.benchmarks.broker import Broker, broker
from tests.benchmarks.commands import Home, Process, is_ready, processed, redress
from tests.benchmarks.figures import Figure, over
from tests.benchmarks.kafka import real_kafka
from tests.benchmarks.machine import median, pinned, scratch
from tests.benchmarks.rehearsal import Rehearsal, submissions
from tests.benchmarks.throughput import INPUTS

LOOK_SECONDS = 0.05
"""Between two looks at the service's counter; each costs it some milliseconds."""
PATIENCE_SECONDS = 300
BOTH = ("triage", "escalation")


@dataclass(frozen=True)
class Round:
    """The same number of records, once as they come and once after an outage."""

    steady: float
    """Records a second while it was up."""
    caught_up: float
    """Records a second from its first batch until nothing waited."""
    seconds: float
    """From exec until nothing waited."""


def measure(events: int = 8_000, rounds: int = 3, only: Sequence[str] = BOTH) -> list[Figure]:
    """`events` is the number of complaints in one backlog; a service hears one or more records of each. Raises `NoServer`."""
    figures: list[Figure] = []
    with real_kafka() as kafka, broker(kafka) as other, tempfile.TemporaryDirectory(prefix="redress-bytecode-") as bytecode:
        said = Rehearsal().play(submissions(events))
        for name in only:
            records = said.records(*INPUTS[name])
            for part in range(2 * rounds + 1):
                other.load(f"{name}-{part}", again(records, part))
            with pinned(1), scratch() as path:
                home = Home.made(path, other.fresh(), Path(bytecode))
                figures += _figures(name, len(records), _rounds(other, home, name, len(records), rounds))
    return figures


def _rounds(other: Broker, home: Home, name: str, records: int, rounds: int) -> list[Round]:
    """One part while it is up, one while it is down, in turn; the very first part only warms up."""
    found = []
    for number in range(rounds):
        with redress(home, "run", name) as process:
            process.until(lambda: is_ready(home.ports[name]))
            if number == 0:
                other.fill(f"{name}-0")
                _worked_off(home, name, records, process)
                other.filled()
            before = processed(home.ports[name])
            other.fill(f"{name}-{2 * number + 1}")
            steady, _ = _worked_off(home, name, before + records, process, before)
            other.filled()
        other.fill(f"{name}-{2 * number + 2}")
        other.filled()
        with redress(home, "run", name) as process:
            caught_up, ended = _worked_off(home, name, records, process)
            found.append(Round(steady, caught_up, ended - process.started))
    return found


def _worked_off(home: Home, name: str, until: int, process: Process, since: int = 0) -> tuple[float, float]:
    """Records a second from the first look that saw any settled, and when all were."""
    first, latest, began = since, since, 0.0
    while True:
        time.sleep(LOOK_SECONDS)
        now, latest = time.perf_counter(), max(latest, processed(home.ports[name]))
        if latest > since and not began:
            first, began = latest, now
        if latest >= until:
            return (latest - first) / (now - began) if now > began else 0.0, now
        if process.process.poll() is not None or now - process.started > PATIENCE_SECONDS:
            raise RuntimeError(f"{name} has settled {latest} of {until}: {process.log.read_text('utf-8', 'replace')[-2000:]}")


def _figures(name: str, records: int, rounds: Sequence[Round]) -> list[Figure]:
    rates, seconds = [one.caught_up for one in rounds], [one.seconds for one in rounds]
    ratios = [one.caught_up / one.steady for one in rounds if one.steady]
    steady = [one.steady for one in rounds]
    return [
        over(f"{name}: records a second after an outage", rates, "/s", median(rates), note=f"{records} waited"),
        over(f"{name}: records a second while it is up", steady, "/s", median(steady)),
        over(f"{name}: the one to the other", ratios or [0.0], "x", median(ratios or [0.0])),
        over(f"{name}: from exec until nothing waited", seconds, "s", median(seconds)),
    ]
