"""One data key per customer, wrapped by a master key; a text becomes a token that only that data key opens (AES-256-GCM)."""

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.errors import TryAgain

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
VERSION = "v1"


class Unreadable(Exception):  # noqa: N818 - named after what was found
    """A token or wrapped key is cut, changed, malformed, or belongs to somebody else."""


class UnknownMaster(TryAgain):
    """A wrapped key needs a master key that is not among ours: nothing may be given up until it is brought back."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A key that wraps customers' keys; its id is derived from it, so that a wrap names the master it needs."""

    secret: bytes = field(repr=False)
    id: str = field(init=False)
    """Eight hex digits; they tell keys apart and reveal nothing of them."""

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        object.__setattr__(self, "id", hashlib.sha256(b"redress master key id\0" + self.secret).hexdigest()[:8])


def new_key() -> bytes:
    """A fresh random key, 32 bytes."""
    return os.urandom(KEY_BYTES)


def wrap(master: MasterKey, customer_id: str, data_key: bytes) -> str:
    """The data key as it may lie in a store: `<master id>.<base64>`, bound to its customer."""
    return f"{master.id}.{_lock(master.secret, data_key, _wrap_bound(master.id, customer_id))}"


def unwrap(masters: Sequence[MasterKey], customer_id: str, wrapped: str) -> bytes:
    """The data key of a customer. Raises `UnknownMaster` or `Unreadable`."""
    master_id, _, locked = wrapped.partition(".")
    master = next((key for key in masters if key.id == master_id), None)
    if master is None:
        raise UnknownMaster(f"the master key {master_id[:8]!r} is needed and not among the keys given")
    return _unlock(master.secret, locked, _wrap_bound(master_id, customer_id))


def encrypt(data_key: bytes, customer_id: str, text: str) -> str:
    """The token of a text, `v1.<customer id>.<base64 of nonce and ciphertext>`.

    A lone surrogate, which no store or JSON could take, becomes `?`: one odd text must not fail its neighbours.
    """
    head = _head(customer_id)
    return head + _lock(data_key, text.encode("utf-8", "replace"), head.encode())


def decrypt(data_key: bytes, customer_id: str, token: str) -> str:
    """The text of a token. Raises `Unreadable`."""
    head = _head(customer_id)
    if not token.startswith(head):
        raise Unreadable("the token names somebody else")
    return _unlock(data_key, token[len(head) :], head.encode()).decode()


def dead_token(customer_id: str) -> str:
    """The token of a text whose customer was erased: it opens to nothing, for ever."""
    return _head(customer_id)


def customer_of_token(token: str) -> str | None:
    """Whose text a token hides; None where it is no token of ours."""
    version, _, rest = token.partition(".")
    customer_id, dot, _ = rest.partition(".")
    return customer_id if version == VERSION and customer_id and dot else None


def _head(customer_id: str) -> str:
    if not customer_id or "." in customer_id:
        raise ValueError("a customer id is not empty and has no dot, else tokens could be read in two ways")
    return f"{VERSION}.{customer_id}."


def _wrap_bound(master_id: str, customer_id: str) -> bytes:
    return f"key.{master_id}.{_head(customer_id)}".encode()


def _lock(key: bytes, plain: bytes, bound: bytes) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, plain, bound)).decode()


def _unlock(key: bytes, locked: str, bound: bytes) -> bytes:
    try:
        sealed = binascii.a2b_base64(locked.replace("-", "+").replace("_", "/").encode("ascii"), strict_mode=True)
    except ValueError:
        raise Unreadable("not base64") from None
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise Unreadable("too short")
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except InvalidTag:
        raise Unreadable("changed, or locked with another key") from None
