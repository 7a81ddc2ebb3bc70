"""The file of API keys: names, actors, scopes and hashes; the keys themselves are shown once and kept nowhere."""

import hashlib
import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Scope = Literal["submit", "desk", "vault", "admin"]
SCOPES: tuple[str, ...] = get_args(Scope)
_Word = Annotated[str, Field(min_length=1, max_length=80)]


class KeyEntry(BaseModel):
    """One key as the file knows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: _Word
    """Who was given the key, e.g. `web-shop`; the default `source` of what it submits."""
    actor: _Word
    """What history calls its owner."""
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


_FILE = TypeAdapter(tuple[KeyEntry, ...])


class BrokenKeyFile(Exception):  # noqa: N818 - named after the file
    """The file of API keys cannot be used; the message says what to do and quotes nothing of it."""


def hashed(key: str) -> str:
    """What the file holds of a key: it has 256 random bits, so a plain digest cannot be reversed."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def read_keys(path: Path) -> tuple[KeyEntry, ...]:
    """The entries of the file, none if it is absent; raises `BrokenKeyFile`."""
    try:
        return _FILE.validate_json(path.read_bytes())
    except FileNotFoundError:
        return ()
    except ValidationError as error:
        places = sorted({".".join(str(part) for part in e["loc"]) or "the file" for e in error.errors(include_input=False)})
        remedy = "each entry has name, actor, scopes and sha256; write entries with issue_key"
        raise BrokenKeyFile(f"{path}: wrong at {', '.join(places)}; {remedy}") from None
    except OSError as error:
        raise BrokenKeyFile(f"{path}: cannot be read ({error.strerror}); check its owner and permissions") from None


def issue_key(path: Path, name: str, actor: str, scopes: list[str] | tuple[str, ...]) -> str:
    """Make a key, write its hash into the file, and return it; a key of the same name is replaced.

    The file is replaced whole and readable by its owner only. Raises `ValueError` for an unknown scope.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise ValueError(f"unknown scopes {', '.join(unknown) or '(none)'}: choose from {', '.join(SCOPES)}")
    key = f"redress_{secrets.token_urlsafe(32)}"
    entry = KeyEntry.model_validate({"name": name, "actor": actor, "scopes": scopes, "sha256": hashed(key)})
    _write(path, [*(old for old in read_keys(path) if old.name != name), entry])
    return key


def revoke_key(path: Path, name: str) -> bool:
    """Take the key of this name out of the file; False where there is none. Raises `BrokenKeyFile`, `OSError`."""
    there = read_keys(path)
    left = [entry for entry in there if entry.name != name]
    if len(left) == len(there):
        return False
    _write(path, left)
    return True


def _write(path: Path, entries: list[KeyEntry]) -> None:
    rows = [entry.model_dump() | {"scopes": sorted(entry.scopes)} for entry in entries]
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600 from the start
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(rows, file, ensure_ascii=False, indent=2)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
