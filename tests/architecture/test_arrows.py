"""Who may import whom: the contracts of import-linter in pyproject.toml, and that they say what the design says."""

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.source import ROOT, SERVICES

LINTER = Path(sys.executable).with_name("lint-imports")


def test_every_arrow_between_modules_holds() -> None:
    done = subprocess.run([LINTER, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_no_arrow_was_dropped_from_the_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    by_name = {contract["name"]: contract for contract in contracts}
    assert set(by_name) >= {
        "services know nothing of each other",
        "deploy runs services, services use the platform, the platform uses the contracts",
        "data flows one way inside a service",
        "rules and contracts do no I/O",
        "one module imports the MongoDB driver",
        "only the bus imports Kafka clients",
    }
    services = [f"services.{name}" for name in SERVICES]
    assert by_name["services know nothing of each other"]["modules"] == services
    assert by_name["data flows one way inside a service"]["containers"] == services
    assert by_name["one module imports the MongoDB driver"]["ignore_imports"] == ["shared.platform.stores.mongo_driver -> *"]
    pure = by_name["rules and contracts do no I/O"]
    assert set(pure["source_modules"]) == {"services.*.domain", "shared.contracts", "shared.text"}
    assert "shared.platform" in pure["forbidden_modules"]
    assert pure["ignore_imports"] == []
