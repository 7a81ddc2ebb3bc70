"""`python -m tests.benchmarks [name …] [service …]`: measure, print, keep the figures in dist/benchmarks.json."""

import argparse
import importlib
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path

from shared.contracts.topics import SERVICES
from tests.benchmarks.figures import Figure, show, write
from tests.benchmarks.machine import CORES
from tests.servers.found import NoServer

ALONE = ("texts", "throughput", "guarantees", "latency", "growth", "memory", "startup")
ON_KAFKA = ("kafka_throughput", "catch_up", "rebalance", "kafka_latency", "profile")
NAMES = (*ALONE, *ON_KAFKA)
RESULTS = Path("dist/benchmarks.json")


def main() -> None:
    """Run what was named, else everything; what needs a server that cannot be had is one line."""
    arguments = _parser().parse_args()
    if len(CORES) < 2:
        print("One core only: broker and process under test share it, so the figures say less.")
    services = tuple(word for word in arguments.names if word in SERVICES)
    for name in [word for word in arguments.names if word in NAMES] or NAMES:
        try:
            found = run(name, arguments.events, arguments.rounds, services)
        except NoServer as missing:
            print(f"{name}: skipped, {missing}")
            continue
        show(name, found)
        write({name: found}, RESULTS)
    print(f"All figures: {RESULTS}")


def run(name: str, events: int | None = None, rounds: int | None = None, services: Sequence[str] = ()) -> Sequence[Figure]:
    """Measure one thing; what a benchmark cannot be told is left out."""
    measure: Callable[..., Sequence[Figure]] = importlib.import_module(f"tests.benchmarks.{name}").measure
    given = {"events": events, "rounds": rounds, "only": services or None}
    known = inspect.signature(measure).parameters
    return measure(**{key: value for key, value in given.items() if value is not None and key in known})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="See docs/benchmarks.md.")
    names = f"{', '.join(NAMES)}; and services, where it is by service"
    parser.add_argument("names", nargs="*", choices=[*NAMES, *SERVICES, []], metavar="name", help=names)
    parser.add_argument("--events", type=int, help="size of the input; default: by benchmark")
    parser.add_argument("--rounds", type=int, help="how often; default: by benchmark")
    return parser


if __name__ == "__main__":
    main()
