"""What could not be understood, kept durably and encrypted until somebody mends or drops it."""

import base64
import hashlib
import hmac
import json
import os
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict

from shared.contracts.errors import Problem, Unprocessable
from shared.contracts.kept import Kept
from shared.contracts.topics import RECORD_BYTES, dead_letters_of
from shared.platform.crypto import KEY_BYTES, NONCE_BYTES, Unreadable
from shared.platform.processor.decode import Record

ENVELOPE_BYTES = 4_096
"""Room that the export to the DLQ topic needs for its own key and headers."""
CUT_BYTES = 65_536
"""How much of the key, the headers and the value stays of a record that is too large to be exported."""

MOST_PROBLEMS = 50
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z_.0-9-]{0,99}")

SETTLED_AS_PARKED = ("parked", "dismissed", "expired")
"""States in which a record still counts as parked: giving one up does not make it anything else."""

Headers = Sequence[tuple[str, bytes | None]]


class ParkedProblem(BaseModel):
    """One thing that was wrong: where, what, and what the sender can do; never the content."""

    model_config = ConfigDict(frozen=True, extra="allow")

    field: str
    message: str
    remedy: str = ""


class Parked(Kept):
    """One arrival that was not understood; its id is the arrival's, so that it is parked once."""

    collection: ClassVar[str] = "parked"
    indexed: ClassVar[tuple[str, ...]] = ("state", "reason", "topic", "at", "outcome", "content_since")

    topic: str
    partition: int
    offset: int
    reason: str
    """Machine-readable, e.g. `broken_json`."""
    fields: tuple[ParkedProblem, ...] = ()
    at: int
    """Machine instant of parking, ms."""
    heard_at: int | None = None
    """Business instant at which it came, ms: a replay later on does not make it new."""
    attempts: int = 0
    """How often it was replayed; a mend that was itself wrong does not count."""
    state: str = "parked"
    """`parked`, `replayed`, `dismissed`, or `expired`: nobody came for it while its content was kept."""
    outcome: str = ""
    """How the replay settled it; empty while it is parked or dismissed."""
    dismissed_by: str = ""
    """Who decided that nothing will come of it."""
    dismissed_at: int | None = None
    """Machine instant, ms."""
    note: str = ""
    """Why, encrypted like the record, since a person wrote it."""
    size: int
    """Bytes of key, headers and value as they came."""
    cipher: str
    """Base64 of the encrypted record, which `DlqCipher.unpack` reads; empty once its retention is over."""
    digest: str
    """Keyed digest of the value as it came: equal poison has an equal digest, and nobody can guess a text by it."""
    cut: bool = False
    """True when only the beginning is kept, because the record is too large to be exported."""

    @property
    def content_since(self) -> int | None:
        """Machine instant, ms, from which its content is kept; None where there is none any more."""
        return self.at if self.cipher else None

    def without_content(self) -> "Parked":
        """What stays once its retention is over: that it came, when, and what became of it, so that counts go on adding up."""
        state = "expired" if self.state == "parked" else self.state
        return self.model_copy(update={"cipher": "", "note": "", "state": state})


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A parked record as it came."""

    key: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    value: bytes | None


class DlqCipher:
    """Encrypts parked records under the DLQ's own key: no vault key opens them, and this key opens no vault."""

    def __init__(self, key: bytes) -> None:
        """`key`: 32 bytes; one key for encrypting and one for digests are derived from it."""
        if len(key) != KEY_BYTES:
            raise ValueError(f"the DLQ key has {KEY_BYTES} bytes")
        self._aead = AESGCM(_derived(key, b"cipher"))
        self._digest_key = _derived(key, b"digest")

    def pack(self, key: bytes | None, headers: Headers, value: bytes | None) -> str:
        """Key, headers and value, encrypted, in base64."""
        about = {"key": _text(key), "headers": [(name, _text(text)) for name, text in headers or ()], "null": value is None}
        head = json.dumps(about, separators=(",", ":")).encode()
        nonce = os.urandom(NONCE_BYTES)
        plain = struct.pack(">I", len(head)) + head + (value or b"")
        return base64.b64encode(nonce + self._aead.encrypt(nonce, plain, b"redress dlq v1")).decode()

    def unpack(self, cipher: str) -> Unpacked:
        """The record again. Raises `Unreadable` when the cipher is cut, changed, or under another key."""
        try:
            sealed = base64.b64decode(cipher, validate=True)
            plain = self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], b"redress dlq v1")
        except (ValueError, InvalidTag):
            raise Unreadable("a parked record is damaged, or was encrypted under another key") from None
        (length,) = struct.unpack_from(">I", plain)
        about: dict[str, Any] = json.loads(plain[4 : 4 + length])
        headers = tuple((name, _bytes(text)) for name, text in about["headers"])
        return Unpacked(_bytes(about["key"]), headers, None if about["null"] else plain[4 + length :])

    def digest(self, value: bytes | None) -> str:
        """Keyed digest of a value, 32 hex digits."""
        return hmac.new(self._digest_key, value or b"", hashlib.sha256).hexdigest()[:32]


def park(record: Record, error: Unprocessable, cipher: DlqCipher, at: int) -> Parked:
    """A record as it is kept once it is known to be wrong; `at` is the machine instant, ms."""
    packed = cipher.pack(record.key, record.headers, record.value)
    cut = len(packed) * 3 // 4 > RECORD_BYTES - ENVELOPE_BYTES
    if cut:
        packed = cipher.pack(*_beginning(record))
    return Parked(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        reason=error.reason,
        fields=tuple(_noted(problem) for problem in error.problems[:MOST_PROBLEMS]),
        at=at,
        size=_size(record),
        cipher=packed,
        digest=cipher.digest(record.value),
        cut=cut,
    )


def export_of(service: str, arrival: str, parked: Parked) -> dict[str, Any]:
    """The outbox entry that copies a parked record to the service's DLQ topic; the announcer publishes it."""
    headers = {
        "dlq-origin": f"{parked.topic}/{parked.partition}/{parked.offset}",
        "dlq-reason": parked.reason,
        "dlq-attempts": "1",
        "dlq-at": str(parked.at),
        "content-type": "application/octet-stream",
    }
    name = dead_letters_of(service).name
    return {"k": "e", "topic": name, "key": arrival, "headers": list(headers.items()), "body": parked.cipher, "type": "parked"}


def _noted(problem: Problem) -> ParkedProblem:
    """A problem as it is kept in plain: a key that a stranger made up may be an address, so only field names stay."""
    field = problem.field if _FIELD_NAME.fullmatch(problem.field) else ""
    return ParkedProblem(field=field, message=problem.message[:300], remedy=problem.remedy[:300])


def _beginning(record: Record) -> tuple[bytes | None, Headers, bytes | None]:
    """What stays of a record that is too large: the first 64 KiB of key and value, and the headers that fit in as much."""
    headers: list[tuple[str, bytes | None]] = []
    room = CUT_BYTES
    for name, text in record.headers or ():
        room -= len(name) + len(text or b"")
        if room < 0:
            break
        headers.append((name, text))
    return record.key and record.key[:CUT_BYTES], headers, record.value and record.value[:CUT_BYTES]


def _size(record: Record) -> int:
    headers = sum(len(name.encode("utf-8", "replace")) + len(text or b"") for name, text in record.headers or ())
    return len(record.key or b"") + len(record.value or b"") + headers


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, b"redress dlq v1 " + purpose, hashlib.sha256).digest()


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
