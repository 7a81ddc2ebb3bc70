"""The gate: the documents under docs/ are what the code says, and the code understands all that was ever published."""

import json
import tempfile
from pathlib import Path
from typing import Any

from deploy.contracts.asyncapi import document_of
from deploy.contracts.cli import cli_schemas
from deploy.contracts.compatible import breaks
from deploy.contracts.examples import DIRECTORY, RELEASED, examples, incomplete, released, unreadable
from deploy.contracts.openapi import openapi_documents
from deploy.contracts.schemas import file_of, schema_files
from deploy.local import SERVICES_AS_DATA
from shared.contracts.events import SUBMITTED_TYPE
from shared.platform.version import VERSION

ROOT = Path(__file__).parents[2]
SCHEMAS, PRINTED, ASYNCAPI, OPENAPI = "docs/schemas", "docs/schemas/cli", "docs/asyncapi", "docs/openapi"
UPSTREAM = file_of(SUBMITTED_TYPE)
REMEDY = "run `make contracts` and commit what it writes"


def documents() -> dict[str, str]:
    """Path under the root to text, of every document that is generated."""
    made: dict[str, dict[str, Any]] = {f"{SCHEMAS}/{name}": schema for name, schema in schema_files().items()}
    made |= {f"{PRINTED}/{name}": schema for name, schema in cli_schemas().items()}
    made |= {f"{ASYNCAPI}/{service.name}.json": document_of(service, VERSION) for service in SERVICES_AS_DATA}
    with tempfile.TemporaryDirectory() as home:
        made |= {f"{OPENAPI}/{name}.json": document for name, document in openapi_documents(Path(home)).items()}
    return {path: json.dumps(document, ensure_ascii=False, indent=2) + "\n" for path, document in made.items()}


def incompatible(made: dict[str, str], root: Path = ROOT) -> list[str]:
    """What a new schema takes from those who rely on the published one; a published event that is gone takes all."""
    found = []
    for path in sorted((root / SCHEMAS).rglob("*.json")):
        name = path.relative_to(root).as_posix()
        if name not in made:
            found.append(f"{name}: no event and no verb has it any more; delete the file only if it was never released")
        else:
            old, new = json.loads(path.read_text("utf-8")), json.loads(made[name])
            found += [f"{name}: {what}" for what in breaks(old, new, only_we_read=path.name == UPSTREAM)]
    return found


def outdated(made: dict[str, str], root: Path = ROOT) -> list[str]:
    """Which files under docs/ are missing, differ from the code, or belong to nothing."""
    found = []
    for name, text in made.items():
        path = root / name
        if not path.exists():
            found.append(f"{name}: is missing; {REMEDY}")
        elif path.read_text("utf-8") != text:
            found.append(f"{name}: is not what the code says; {REMEDY}")
    return found + [f"{name}: belongs to no service; {REMEDY}" for name in stale(made, root)]


def stale(made: dict[str, str], root: Path = ROOT) -> list[str]:
    """Documents of services that are gone."""
    there = [f"{place}/{path.name}" for place in (ASYNCAPI, OPENAPI) for path in sorted((root / place).glob("*.json"))]
    return [name for name in there if name not in made]


def recorded(directory: Path = DIRECTORY) -> list[str]:
    """What is wrong with the recorded examples."""
    found = examples(directory)
    wrong = unreadable(found) + incomplete(found, released(directory))
    return [f"shared/contracts/examples/{problem}" for problem in wrong]


def unrecorded(directory: Path = DIRECTORY) -> list[str]:
    """Examples that nobody has entered into the list of released ones yet."""
    kept = released(directory)
    return [
        f"shared/contracts/examples/{e.name}: is not in {RELEASED}; {REMEDY}" for e in examples(directory) if e.name not in kept
    ]


def check(root: Path = ROOT, directory: Path = DIRECTORY) -> list[str]:
    """All that keeps the gate shut, one line each."""
    made = documents()
    return [*incompatible(made, root), *outdated(made, root), *recorded(directory), *unrecorded(directory)]


def write(root: Path = ROOT, directory: Path = DIRECTORY) -> list[str]:
    """Write every document and enter new examples; refuses, with the reasons, what would break somebody."""
    made = documents()
    wrong = [*incompatible(made, root), *recorded(directory)]
    if wrong:
        return wrong
    for name, text in made.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for name in stale(made, root):
        (root / name).unlink()
    entered = {example.name: example.digest for example in examples(directory)}
    (directory / RELEASED).write_text(json.dumps(entered, indent=2) + "\n", encoding="utf-8")
    return []
