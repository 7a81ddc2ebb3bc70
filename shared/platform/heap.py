"""When Python looks for cyclic garbage: a batch makes thousands of objects and hardly a cycle."""

import gc

SELDOM = (50_000, 20, 50)
"""Python's own 700 look a hundred times into one batch of 500, which is a seventh of its CPU time (docs/benchmarks.md)."""


def collect_seldom() -> None:
    """For a process that only serves: fewer looks, of the same kind."""
    gc.set_threshold(*SELDOM)


def leave_start_alone() -> None:
    """Once started: what the start made lives as long as the process, and no look goes through it again."""
    gc.freeze()
