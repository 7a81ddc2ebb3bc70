"""`python -m tests.benchmarks [name …] [service …]`: measure, print, keep the figures in dist/benchmarks.json."""

import argparse
import importlib
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

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
    for name in [word for word in arguments.names if word in NAMES] or NAMES:
        try:
            found = benchmark(name)(**_chosen(name, arguments))
        except NoServer as missing:
            print(f"{name}: skipped, {missing}")
            continue
        show(name, found)
        write({name: found}, RESULTS)
    print(f"All figures: {RESULTS}")


def benchmark(name: str) -> Callable[..., Sequence[Figure]]:
    """The function that measures."""
    measure: Callable[..., Sequence[Figure]] = importlib.import_module(f"tests.benchmarks.{name}").measure
    return measure


def _chosen(name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """What was given of what the benchmark can be told."""
    services = tuple(word for word in arguments.names if word in SERVICES)
    given = {"events": arguments.events, "rounds": arguments.rounds, "only": services or None}
    known = inspect.signature(benchmark(name)).parameters
    return {key: value for key, value in given.items() if value is not None and key in known}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="See docs/benchmarks.md.")
    names = f"{', '.join(NAMES)}; and services, where it is by service"
    parser.add_argument("names", nargs="*", choices=[*NAMES, *SERVICES, []], metavar="name", help=names)
    parser.add_argument("--events", type=int, help="size of the input; default: by benchmark")
    parser.add_argument("--rounds", type=int, help="how often; default: by benchmark")
    return parser


if __name__ == "__main__":
    main()
