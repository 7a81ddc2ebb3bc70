"""Real complaints of strangers: the narratives that consumers sent to the CFPB, published as an operator would."""

import asyncio
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.up import ROOT, Up

NARRATIVES = ROOT.parent / "shared/data/open/en_cfpb.dev.jsonl.gz"
OPTIONS = ("--map", "source_id=id", "--set", "channel=web", "--set", "source=cfpb")
pytestmark = [
    pytest.mark.skipif(not NARRATIVES.exists(), reason="the CFPB narratives are not beside this checkout"),
    pytest.mark.xdist_group("publish_cfpb"),
]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with Up(tmp_path_factory.mktemp("up")) as made:
        asyncio.run(made.start())
        yield made


@pytest.fixture(scope="module")
def ids() -> list[str]:
    with gzip.open(NARRATIVES, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["id"] for line in lines]


def test_they_become_cases_the_count_adds_up_and_sent_again_they_are_doubles(up: Up, ids: list[str], tmp_path: Path) -> None:
    all_become_cases(up, ids)
    one_can_be_followed(up, ids)
    again_they_are_doubles(up, ids, tmp_path)


def all_become_cases(up: Up, ids: list[str]) -> None:
    published = up.told("publish", str(NARRATIVES), *OPTIONS)
    assert (published["read"], published["sent"], published["invalid"], published["failed"]) == (len(ids), len(ids), 0, 0)
    counts = up.told("counts", "--wait", "120", seconds=150)
    assert counts["quiet"], counts["open"]
    arrivals = counts["arrivals"]
    outcomes = ("registered", "rejected", "doubles", "parked", "in_flight", "unaccounted")
    assert arrivals["submitted"] == len(ids) == sum(arrivals[name] for name in outcomes)
    assert (arrivals["parked"], arrivals["doubles"], arrivals["in_flight"], arrivals["unaccounted"]) == (0, 0, 0, 0)
    assert arrivals["registered"] >= 0.98 * len(ids)
    standing = counts["standing"]
    assert sum(standing["cases"]["state"].values()) == arrivals["registered"]
    assert sum(standing["triaged"]["priority"].values()) == arrivals["registered"]
    assert len(standing["triaged"]["priority"]) >= 3
    assert standing["triaged"]["language"].get("en", 0) >= 0.98 * arrivals["registered"]


def again_they_are_doubles(up: Up, ids: list[str], tmp_path: Path) -> None:
    some = tmp_path / "some.jsonl"
    with gzip.open(NARRATIVES, "rt", encoding="utf-8") as lines:
        some.write_text("".join(line for line, _ in zip(lines, range(40), strict=False)), encoding="utf-8")
    published = up.told("publish", str(some), *OPTIONS, "--http", "auto")
    assert (published["sent"], published["registered"], published["doubles"]) == (40, 0, 40 - published["rejected"])
    arrivals = up.told("counts", "--wait", "60")["arrivals"]
    assert (arrivals["submitted"], arrivals["unaccounted"]) == (len(ids) + 40, 0)
    assert arrivals["doubles"] == 40


def one_can_be_followed(up: Up, ids: list[str]) -> None:
    story = up.told("story", f"cfpb:{ids[0]}")
    assert story["now"]["state"] == "open"
    assert story["judgement"]["severity_factors"]
