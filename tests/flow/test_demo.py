"""The demo, as a new user runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_a_file_that_is_no_json_is_refused_with_its_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"channel": "web"}\nnot json\n')
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "demo", "--from", str(bad)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "line 2" in done.stderr
