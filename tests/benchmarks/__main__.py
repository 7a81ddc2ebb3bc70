"""`python -m tests.benchmarks [name …] [--events N] [--rounds N]`: measure, print, keep the figures in dist/benchmarks.json."""

import argparse
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks.figures import Figure, show, write
from tests.benchmarks.machine import CORES

NAMES = ("texts", "throughput", "guarantees", "latency", "growth", "memory", "startup")
RESULTS = Path("dist/benchmarks.json")


def main() -> None:
    """Run what was named, else everything."""
    arguments = _parser().parse_args()
    if len(CORES) < 2:
        print("One core only: broker and process under test share it, so the figures say less.")
    for name in arguments.names or NAMES:
        chosen = {key: value for key in ("events", "rounds") if (value := getattr(arguments, key)) is not None}
        found = benchmark(name)(**chosen)
        show(name, found)
        write({name: found}, RESULTS)
    print(f"All figures: {RESULTS}")


def benchmark(name: str) -> Callable[..., Sequence[Figure]]:
    """The function that measures."""
    measure: Callable[..., Sequence[Figure]] = importlib.import_module(f"tests.benchmarks.{name}").measure
    return measure


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="See docs/benchmarks.md.")
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="name", help=", ".join(NAMES))
    parser.add_argument("--events", type=int, help="size of the input; default: by benchmark")
    parser.add_argument("--rounds", type=int, help="how often; default: by benchmark")
    return parser


if __name__ == "__main__":
    main()
