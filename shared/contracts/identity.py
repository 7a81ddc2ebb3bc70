"""Names that a replay makes again: ids are digests of what caused them."""

import hashlib
import hmac
from collections.abc import Iterable

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def digest(*parts: str | int) -> str:
    """128 bits of SHA-256 over the parts, as 32 hex digits; parts are length-prefixed, so no two lists collide."""
    return hashlib.sha256(_joined(parts)).hexdigest()[:32]


def keyed_digest(secret: bytes, *parts: str | int) -> str:
    """Like `digest`, but not to be guessed without the secret: for ids that stand for something personal."""
    return hmac.new(secret, _joined(parts), hashlib.sha256).hexdigest()[:32]


def _joined(parts: Iterable[str | int]) -> bytes:
    return "".join([f"{len(text)}:{text}" for text in map(str, parts)]).encode()


def time_ordered_id(prefix: str, instant: int, tail: str) -> str:
    """An id that sorts by its instant (UTC ms, 48 bits in Crockford base 32) and ends in a digest."""
    letters = ""
    rest = instant
    for _ in range(10):
        letters = _CROCKFORD[rest & 31] + letters
        rest >>= 5
    return f"{prefix}_{letters}{tail[:16]}"
