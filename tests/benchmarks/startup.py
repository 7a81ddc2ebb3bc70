"""From exec until the first batch is done, and until a whole house is ready."""

import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.running import read_running
from shared.contracts import topics
from tests.benchmarks.broker import Broker, broker
from tests.benchmarks.commands import ROOT, Home, processed, redress
from tests.benchmarks.figures import Figure, over
from tests.benchmarks.machine import median, pinned, scratch
from tests.benchmarks.rehearsal import Rehearsal, submissions

IMPORT = "import sys, time; at = time.process_time(); __import__(sys.argv[1]); print(time.process_time() - at)"


def measure(events: int = 500, rounds: int = 5) -> list[Figure]:
    """`events` is the size of the first batch."""
    records = Rehearsal().play(submissions(events)).records(topics.REGISTERED)
    with broker() as other, tempfile.TemporaryDirectory(prefix="redress-bytecode-") as place, pinned(1):
        other.load("registered", records)
        bytecode = Path(place)
        never = triage_alone(other, bytecode, len(records))
        alone = [triage_alone(other, bytecode, len(records)) for _ in range(rounds)]
        house = [whole_house(bytecode) for _ in range(rounds + 1)][1:]
        imports = [imported("services.triage.app", bytecode) for _ in range(rounds)]
    return [
        over(
            "`redress run triage`: exec to first batch done",
            alone,
            "s",
            median(alone),
            at_most=1.0,
            note=f"{len(records)} records",
        ),
        Figure("the same, the very first time", never, "s", note="Python compiles every module"),
        over("its imports, CPU", imports, "s", median(imports), at_most=0.35),
        over("`redress up`: exec to four services ready", house, "s", median(house)),
    ]


def triage_alone(other: Broker, bytecode: Path, records: int) -> float:
    """A topic full of complaints waits; the first batch is announced and durable."""
    kafka = other.fresh()
    other.fill("registered")
    other.filled()
    with scratch() as path:
        home = Home.made(path, kafka, bytecode)
        with redress(home, "run", "triage") as process:
            return process.until(lambda: processed(home.ports["triage"]) > 0)


def whole_house(bytecode: Path) -> float:
    """All four embedded, until every one consumes."""
    with scratch() as path:
        home = Home.made(path, "", bytecode)
        with redress(home, "up", "--json") as process:
            return process.until(lambda: bool((read_running(path) or {}).get("ready")))


def imported(module: str, bytecode: Path) -> float:
    """CPU seconds that importing a module takes."""
    environment = {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(bytecode)}
    command = [sys.executable, "-c", IMPORT, module]
    return float(subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60).stdout)
