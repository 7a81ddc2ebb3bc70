"""The installation's secrets: read from files, made once over an empty store, and never made anew over a full one."""

import base64
import binascii
import contextlib
import os
import secrets
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from shared.platform.crypto import KEY_BYTES, MasterKey, new_key

NAMES = ("master", "identity", "dlq", "links")
"""`master` wraps customers' keys, `identity` keys ids that stand for contacts, `dlq` parked records, `links` customers' links."""


class SecretProblem(Exception):  # noqa: N818 - named after what the operator has
    """A secret is missing or broken; the message says which file, and what to do."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What was read: every secret by name, each with all keys of its file, the newest last."""

    keys: dict[str, tuple[bytes, ...]] = field(repr=False)
    warnings: tuple[str, ...] = ()
    """One sentence for each file that others can read."""

    @property
    def masters(self) -> tuple[MasterKey, ...]:
        """Every master key, the newest, which writes, last."""
        return tuple(MasterKey(key) for key in self.keys["master"])

    @property
    def identity(self) -> bytes:
        """Keys the digests that stand for contacts and source ids."""
        return self.keys["identity"][-1]

    @property
    def dlq(self) -> bytes:
        """Encrypts parked records."""
        return self.keys["dlq"][-1]

    @property
    def links(self) -> bytes:
        """Keys the links that customers get."""
        return self.keys["links"][-1]


def secret_file(home: Path, name: str) -> Path:
    """Where a secret lies."""
    return home / "secrets" / f"{name}.key"


def ensure_secrets(
    home: Path, store_is_empty: bool, names: Iterable[str] = NAMES, elsewhere: Mapping[str, Path | None] = MappingProxyType({})
) -> Secrets:
    """Read the secrets, from files `elsewhere` or in home; make those that are missing, but only over an empty store.

    Several processes may start at once: each reads what the first one made. Raises `SecretProblem`.
    """
    files = {name: elsewhere.get(name) or secret_file(home, name) for name in names}
    missing = [path for path in files.values() if not path.exists()]
    if missing and not store_is_empty:
        raise SecretProblem(
            f"{', '.join(str(path) for path in missing)}: not there, but the store holds data that was written under it. "
            "Put the secret back from your backup; a new one would make the stored data unreadable. "
            "To start over, move the old store away."
        )
    for path in missing:
        _make(path)
    keys = {name: read_keys(path) for name, path in files.items()}
    return Secrets(keys, tuple(filter(None, (permission_warning(path) for path in files.values()))))


def read_keys(path: Path) -> tuple[bytes, ...]:
    """The keys of a file: one a line, 32 bytes in base64 each, the newest last; raises `SecretProblem` without quoting them."""
    try:
        lines = [line.strip() for line in path.read_text("ascii").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise SecretProblem(f"{path}: cannot be read ({type(error).__name__}); check that it is there and permitted") from None
    if not lines:
        raise SecretProblem(f"{path}: is empty; put the secret back from your backup")
    return tuple(_key(line, path, number) for number, line in enumerate(lines, 1))


def permission_warning(path: Path) -> str | None:
    """A sentence if others than the owner may read the file, else None; only where the system knows such permissions."""
    if os.name != "posix" or not stat.S_IMODE(path.stat().st_mode) & 0o077:
        return None
    return f"{path} can be read by others than its owner; run: chmod 600 {path}"


def _key(line: str, path: Path, number: int) -> bytes:
    try:
        key = binascii.a2b_base64(line.replace("-", "+").replace("_", "/"), strict_mode=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SecretProblem(f"{path}, line {number}: not {KEY_BYTES} bytes in base64; put it back from your backup")
    return key


def _make(path: Path) -> None:
    """Write a new key whole or not at all, and never over one that somebody else made meanwhile."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(draft, base64.b64encode(new_key()) + b"\n")
        try:
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
        _sync_directory(path.parent)
    except OSError as error:
        raise SecretProblem(f"{path}: cannot be made ({type(error).__name__}); make it by hand or allow writing there") from None


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(directory: Path) -> None:
    """A key must outlive a power cut: a store that was written under it will."""
    if os.name != "posix":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
