"""The demo, as a new user runs it."""

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest

from deploy.cli import demo_home
from deploy.cli.demo_home import remove_leftovers
from deploy.contracts.cli import cli_schemas
from deploy.demo.summary import Summary

pytestmark = pytest.mark.slow


def demo(tmp_path: Path, *arguments: str) -> Summary:
    """Its summary; nothing may stay behind, neither in the temporary directory nor in the working one."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "demo", "--json", *arguments],
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "HOME": str(tmp_path), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
    jsonschema.validate(json.loads(done.stdout), cli_schemas()["demo.json"])
    return Summary.model_validate(json.loads(done.stdout))


@pytest.mark.timeout(240)
def test_the_same_seed_gives_the_same_summary_and_everything_is_accounted_for(tmp_path: Path) -> None:
    first = demo(tmp_path, "--complaints", "40", "--seed", "3")
    assert first.arrivals["submitted"] == 40
    assert (first.arrivals["unaccounted"], first.arrivals["in_flight"]) == (0, 0)
    assert first.by_state == {"closed": first.arrivals["registered"]}
    assert sum(first.by_channel.values()) == first.arrivals["registered"]
    assert first.letters.keys() == {"sent"}
    assert demo(tmp_path, "--complaints", "40", "--seed", "3") == first


def test_complaints_of_your_own_are_played(tmp_path: Path) -> None:
    mine = tmp_path.parent / "mine.jsonl"
    rows = [
        {"channel": "web", "source_id": f"m{i}", "text": f"The lamp {i} broke.", "customer": {"email": f"m{i}@example.com"}}
        for i in range(5)
    ]
    mine.write_text("\n".join(map(json.dumps, rows)))
    assert demo(tmp_path, "--from", str(mine)).by_channel == {"web": 5}


def refused(*arguments: str) -> str:
    """What it says to a file that it does not play."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "demo", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"channel": "web", "source_id": "1", "text": "The lamp broke."}\nnot json\n', "line 2: not valid JSON"),
        (b'{"channel": "web", "source_id": "1"}\n', "line 1: text: is missing; send it"),
        (b"[[1, 2]]", "entry 1: "),
        (b'{"channel": "web", "source_id": "1", "text": "caf\xe9"}\n', "line 1: the body is not UTF-8"),
        (b"", "There is nothing in"),
    ],
    ids=["no JSON", "no text", "a list for a complaint", "not UTF-8", "empty"],
)
def test_a_file_that_cannot_be_played_is_refused_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(content)
    assert said in refused("--from", str(bad))


def test_a_file_that_is_not_there_and_a_directory_are_refused(tmp_path: Path) -> None:
    assert "nowhere.jsonl cannot be read (there is no such file)" in refused("--from", "nowhere.jsonl")
    assert "cannot be read (it is a directory)" in refused("--from", str(tmp_path))
    (tmp_path / "a.eml").write_bytes(b"Subject: lamp\n\nIt broke.\n")
    assert "`redress publish`" in refused("--from", str(tmp_path))


@contextmanager
def playing(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A demo that has begun."""
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", "demo"],
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "HOME": str(tmp_path), "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            until = time.monotonic() + 60
            while not list(tmp_path.glob("*/escalation.sqlite")):
                assert time.monotonic() < until
                time.sleep(0.1)
            yield process
        finally:
            process.kill()


def test_an_interrupted_demo_says_so_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with playing(tmp_path) as process:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=40)
    assert b"Stopped before the end." in said
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_demo_left_goes_with_the_next_one_and_one_at_work_keeps_its_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(demo_home, "YOUNG_SECONDS", 0)
    with playing(tmp_path) as process:
        remove_leftovers()
        assert len(list(tmp_path.iterdir())) == 1
        process.kill()
        process.communicate(timeout=20)
    remove_leftovers()
    assert list(tmp_path.iterdir()) == []
