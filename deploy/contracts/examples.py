"""The recorded examples: what was ever published, and must be understood for as long as its major version lives."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

import shared.contracts
from shared.contracts.events import BY_TYPE, SUBMITTED_TYPE, ComplaintSubmitted

DIRECTORY = Path(shared.contracts.__file__).parent / "examples"
RELEASED = "released.json"
"""Digest of every example that was recorded: examples are added, never changed and never taken away."""

Reader = Callable[[bytes], Any]
_SUBMITTED: TypeAdapter[Any] = TypeAdapter(ComplaintSubmitted)
READERS: dict[str, Reader] = {name: event.model_validate_json for name, event in BY_TYPE.items()} | {
    SUBMITTED_TYPE: _SUBMITTED.validate_json
}
"""Type to what reads its body; raises `ValidationError`."""


@dataclass(frozen=True, slots=True)
class Example:
    """One record as it was published; `headers` are empty where a sender of plain JSON is shown."""

    name: str
    """`<Event>.v<major>.<number>`."""
    headers: dict[str, str]
    body: Any

    @property
    def type(self) -> str:
        """The CloudEvents type, as the file is named."""
        return f"redress.{self.name.rpartition('.')[0]}"

    @property
    def value(self) -> bytes:
        """The body as bytes on the wire."""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def raw_headers(self) -> list[tuple[str, bytes | None]]:
        """The headers as bytes on the wire."""
        return [(name, text.encode()) for name, text in self.headers.items()]

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical content; white space does not count."""
        text = json.dumps([self.headers, self.body], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def examples(directory: Path = DIRECTORY) -> list[Example]:
    """All recorded examples, by name."""
    found = []
    for path in sorted(directory.glob("*.json")):
        if path.name != RELEASED:
            content = json.loads(path.read_text("utf-8"))
            found.append(Example(path.stem, content["headers"], content["body"]))
    return found


def released(directory: Path = DIRECTORY) -> dict[str, str]:
    """Name to digest of the examples recorded so far."""
    path = directory / RELEASED
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def unreadable(recorded: Iterable[Example], readers: Mapping[str, Reader] | None = None) -> list[str]:
    """Which examples today's contracts do not understand, and where."""
    return [f"{e.name}: {problem}" for e in recorded for problem in _problems(e, READERS if readers is None else readers)]


def _problems(example: Example, readers: Mapping[str, Reader]) -> list[str]:
    if example.type not in readers:
        return ["no contract has this type any more; released types stay"]
    if example.headers.get("ce_type", example.type) != example.type:
        return [f"its ce_type is {example.headers['ce_type']}, its file says {example.type}"]
    try:
        readers[example.type](example.value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return [f"no longer understood: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in found]
    return []


def incomplete(recorded: Iterable[Example], kept: Mapping[str, str], types: Iterable[str] = READERS) -> list[str]:
    """Which events have no example, and which released examples were changed or taken away."""
    by_name = {e.name: e for e in recorded}
    shown = {e.type for e in by_name.values()}
    missing = [f"{name.removeprefix('redress.')}: has no recorded example" for name in types if name not in shown]
    gone = [f"{name}: was recorded and must stay" for name in kept if name not in by_name]
    changed = [
        f"{name}: was recorded and must not change; record another one beside it"
        for name, digest in kept.items()
        if name in by_name and by_name[name].digest != digest
    ]
    return missing + gone + changed
