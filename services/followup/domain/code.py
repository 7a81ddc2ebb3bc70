"""Which code stands for an offer, and whether what somebody typed is one."""

import hmac

from shared.contracts.identity import digest, keyed_digest

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O (read as 1, 1, 0) and no U."""
HANDLE, LENGTH, GROUP = 4, 12, 4
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOKS_LIKE = str.maketrans("OILАВЕКМНОРСТУХ", "011ABEKMH0PCTYX", "- \u00a0\u2010\u2011\u2012\u2013\u2014")
"""What people type instead: confusable Latin letters, Cyrillic twins, any dash or space."""


def handle_of(complaint_id: str) -> str:
    """The four symbols that all codes of a complaint start with: they find it, they prove nothing."""
    return _symbols(int(digest("offer handle", complaint_id), 16), HANDLE)


def code_of(secret: bytes, complaint_id: str, round_: int) -> str:
    """The code of an offer, e.g. `R7K2-9QMD-X4TN`: handle, seven symbols from HMAC (35 bits), check character."""
    proof = _symbols(int(keyed_digest(secret, "offer", complaint_id, round_), 16), LENGTH - HANDLE - 1)
    symbols = handle_of(complaint_id) + proof
    symbols += ALPHABET[_double(_remainder(symbols))]
    return "-".join(symbols[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def read_code(typed: str) -> str | None:
    """The code a person meant, without dashes; None where it is mistyped: every single error and every swap is seen."""
    if len(typed) > 64:
        return None
    symbols = typed.upper().translate(_LOOKS_LIKE)
    well_formed = len(symbols) == LENGTH and all(symbol in _VALUE for symbol in symbols)
    return symbols if well_formed and _remainder(symbols) == 0 else None


def handle_in(typed: str) -> str | None:
    """The handle to look the offer up by, or None where the code is mistyped."""
    symbols = read_code(typed)
    return symbols[:HANDLE] if symbols else None


def is_code_of(secret: bytes, typed: str, complaint_id: str, round_: int) -> bool:
    """Whether the code is that of this offer; takes the same time either way."""
    right = code_of(secret, complaint_id, round_).replace("-", "")
    return hmac.compare_digest((read_code(typed) or "").encode(), right.encode())


def _symbols(number: int, count: int) -> str:
    """The lowest bits of a number, five a symbol."""
    return "".join(ALPHABET[number >> (5 * place) & 31] for place in reversed(range(count)))


def _double(value: int) -> int:
    """Twice a value in the field of 32 elements; doubling returns to the start only after 31 places."""
    return (value << 1) ^ (0b100101 if value & 16 else 0)


def _remainder(symbols: str) -> int:
    """The symbols weighed by place in the field of 32 elements; 0 for a whole code."""
    rest = 0
    for symbol in symbols:
        rest = _double(rest) ^ _VALUE[symbol]
    return rest
