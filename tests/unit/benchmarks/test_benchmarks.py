"""Every benchmark still runs: on a handful of events, for what it finds says nothing then, only that it finds something."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.benchmarks import figures, growth, guarantees, machine, profile, throughput
from tests.benchmarks.__main__ import NAMES, run
from tests.benchmarks.figures import Figure
from tests.servers.found import NoServer

EVENTS = 50


def names(found: Sequence[Figure]) -> set[str]:
    assert all(figure.value == figure.value for figure in found)
    return {figure.name for figure in found}


@pytest.fixture(autouse=True)
def unpinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests share the cores with other tests."""
    monkeypatch.setattr(machine, "CORES", [])


def test_triages_texts_are_counted_by_the_second() -> None:
    (later, first) = run("texts", EVENTS, 2)
    assert later.value > 0 < first.value
    assert later.at_least == 5_000


@pytest.mark.parametrize("service", throughput.TARGETS)
def test_a_service_and_the_bare_loop_do_the_same_work(service: str) -> None:
    """`measure` itself refuses a pair that ends with different numbers of rows."""
    found = {figure.name: figure for figure in throughput.measure(EVENTS, 1, (service,))}
    assert found[f"{service}: of B"].value > 0
    assert found[f"{service}: of B"].at_least == throughput.TARGETS[service]
    assert found[f"{service}: B, records a second"].value > 0


@pytest.mark.slow
def test_the_stores_cost_is_measured_at_growing_sizes() -> None:
    found = names(growth.measure(events=EVENTS, rounds=2))
    assert {"newest cases change: an event at 10 cases", "newest cases change: an event at 50 cases"} <= found
    assert "new cases open: growth" in found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["latency", "memory", "startup"])
def test_what_starts_whole_processes_runs(name: str) -> None:
    found = run(name, EVENTS, 1)
    assert all(figure.value > 0 for figure in found if "growth" not in figure.name)


@pytest.mark.slow
def test_every_guarantee_is_taken_away_in_turn() -> None:
    found = names(guarantees.measure(EVENTS, 1, ("triage",)))
    assert {f"triage: {name} saves" for name in guarantees.WAYS if name != "everything"} < found
    assert {"triage: everything", "triage: B"} < found


@pytest.mark.servers
@pytest.mark.parametrize(
    "name",
    ["kafka_throughput", "catch_up", *(pytest.param(name, marks=pytest.mark.slow) for name in ("rebalance", "kafka_latency"))],
)
def test_what_needs_a_kafka_runs(name: str) -> None:
    try:
        found = run(name, EVENTS, 1, ("triage",))
    except NoServer as missing:
        pytest.skip(str(missing))
    assert found
    assert all(figure.value >= 0 for figure in found)


@pytest.mark.slow
def test_the_frames_of_a_service_are_drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(profile, "PLACE", tmp_path / "dist")
    try:
        found = run("profile", EVENTS, services=("triage",))
    except NoServer as missing:
        pytest.skip(str(missing))
    assert found
    assert (tmp_path / "dist" / "flame-triage.svg").read_text("utf-8").count("<rect") > 10


def test_every_benchmark_has_a_test_here() -> None:
    here = {"texts", "throughput", "guarantees", "growth", "latency", "memory", "startup"}
    assert set(NAMES) == here | {"kafka_throughput", "catch_up", "rebalance", "kafka_latency", "profile"}


def test_a_figure_knows_whether_it_meets_its_target() -> None:
    assert Figure("speed", 0.96, "x", at_least=0.95).is_met is True
    assert Figure("speed", 0.94, "x", at_least=0.95).is_met is False
    assert Figure("wait", 41, "ms", at_most=40).is_met is False
    assert Figure("size", 1, "MB").is_met is None


def test_new_figures_are_kept_beside_those_of_other_benchmarks(tmp_path: Path) -> None:
    path = tmp_path / "dist" / "benchmarks.json"
    figures.write({"texts": [Figure("speed", 1, "/s")]}, path)
    figures.write({"growth": [Figure("cost", 2, "µs", at_most=3)]}, path)
    figures.write({"texts": [Figure("speed", 9, "/s")]}, path)
    text = path.read_text("utf-8")
    assert '"growth"' in text
    assert '"value": 9' in text
    assert '"value": 1,' not in text
    assert '"met": true' in text
