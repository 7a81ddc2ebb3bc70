"""Where a service's time goes: a flame graph of its process while it works off a full topic, and its dearest parts."""

import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.broker import Broker, Sent, broker
from tests.benchmarks.commands import Home, Process, is_ready, processed, redress
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import pinned, scratch
from tests.benchmarks.rehearsal import Rehearsal, submissions
from tests.benchmarks.throughput import INPUTS, TARGETS
from tests.servers.found import NoServer

PLACE = Path("dist")
LOOKS_A_SECOND = "200"
MOST = 12
"""Parts shown of each service."""
FRAME = re.compile(r" \((?P<file>[^()]+?)(?::\d+)?\)$")


def measure(events: int = 4_000, only: Sequence[str] = tuple(TARGETS)) -> list[Figure]:
    """Writes `dist/flame-SERVICE.svg`; gives the innermost frames of whoever held the interpreter, which SQLite lets go."""
    spy = Path(sys.executable).with_name("py-spy")
    if not spy.exists():
        raise NoServer("py-spy is not installed")
    PLACE.mkdir(exist_ok=True)
    parts = [submissions(2 * events)[:events], submissions(2 * events)[events:]]
    figures: list[Figure] = []
    with broker() as other, tempfile.TemporaryDirectory(prefix="redress-bytecode-") as bytecode, pinned(1):
        for name in only:
            with scratch() as path:
                home = Home.made(path, other.fresh(), Path(bytecode))
                heard = [part if name == "intake" else Rehearsal().play(part).records(*INPUTS[name]) for part in parts]
                figures += _parts_of(name, _profiled(spy, other, home, name, heard))
    return figures


def _profiled(spy: Path, other: Broker, home: Home, name: str, heard: Sequence[Sequence[Sent]]) -> Counter[str]:
    """The first part is counted, the second drawn: py-spy does one or the other."""
    counted, drawn = home.path / "samples", home.path / "flame.svg"
    with redress(home, "run", name) as process:
        process.until(lambda: is_ready(home.ports[name]))
        for number, (form, file) in enumerate((("raw", counted), ("flamegraph", drawn))):
            other.load(f"{name}-{number}", heard[number])
            _watched(spy, other, home, name, number, sum(len(part) for part in heard[: number + 1]), form, file, process)
    shutil.copyfile(drawn, PLACE / f"flame-{name}.svg")
    found: Counter[str] = Counter()
    for line in counted.read_text("utf-8").splitlines():
        stack, _, samples = line.rpartition(" ")
        found[_part(stack.rsplit(";", 1)[-1])] += int(samples)
    return found


def _watched(
    spy: Path, other: Broker, home: Home, name: str, number: int, until: int, form: str, file: Path, process: Process
) -> None:
    pid = str(process.process.pid)
    command = [str(spy), "record", "--gil", "--pid", pid, "--rate", LOOKS_A_SECOND, "--format", form, "--output", str(file)]
    watching = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        other.fill(f"{name}-{number}")
        process.until(lambda: processed(home.ports[name]) >= until, 300)
        other.filled()
    finally:
        watching.send_signal(signal.SIGINT)
        told = watching.communicate(timeout=60)[1].decode()
    if not file.exists():
        raise NoServer(f"py-spy could not look at a process of ours: {told.strip()[-300:]}")


def _part(frame: str) -> str:
    """Ours by file, what is not ours by library."""
    found = FRAME.search(frame)
    file = found["file"] if found else frame
    if file.startswith(("services/", "shared/", "deploy/")):
        return file
    return file.split("/", 1)[0] if "/" in file else file


def _parts_of(name: str, found: Counter[str]) -> list[Figure]:
    total = found.total()
    return [
        Figure(f"{name}: {part}", 100 * samples / total, "%", note=f"{total} samples" if place == 0 else "")
        for place, (part, samples) in enumerate(found.most_common(MOST))
    ]
