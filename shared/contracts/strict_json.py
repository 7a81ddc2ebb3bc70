"""JSON as strangers send it, read strictly: what is ambiguous is refused instead of guessed."""

import json
from collections import Counter
from typing import Any

from shared.contracts.errors import Problem, Unprocessable

INT64 = 2**63
MAX_DEPTH = 64


def _refuse(reason: str, message: str, remedy: str, field: str = "") -> Unprocessable:
    return Unprocessable(reason, [Problem(field, message, remedy)])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise _refuse("duplicate_key", "a key stands twice in one object", "send each key once", twice[:60])
    return made


def _integer(text: str) -> int:
    if len(text) > 20 or not -INT64 <= int(text) < INT64:
        raise _refuse("integer_too_large", "an integer does not fit 64 bits", "send it as a string")
    return int(text)


def _constant(text: str) -> Any:
    raise _refuse("not_finite", f"{text} is not JSON", "send a finite number or null")


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _refuse("not_finite", "a number is too large", "send a finite number or null")
    return number


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant)


def read_json(body: bytes) -> Any:
    """The value of a UTF-8 JSON body.

    Raises `Unprocessable` with reason `not_utf8`, `broken_json`, `too_deep`, `duplicate_key`, `not_finite`,
    `integer_too_large` or `lone_surrogate`.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refuse("not_utf8", "the body is not UTF-8", "encode the JSON as UTF-8") from None
    if _depth_beyond(text):
        raise _refuse("too_deep", f"nested deeper than {MAX_DEPTH} levels", "send a flatter document")
    try:
        value = _decoder.decode(text)
    except ValueError as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        place = f"not valid JSON at line {line}, column {column}"
        raise _refuse("broken_json", place, "check quotes, commas and brackets") from None
    except RecursionError:
        raise _refuse("too_deep", f"nested deeper than {MAX_DEPTH} levels", "send a flatter document") from None
    if "\\u" in text and _has_lone_surrogate(value):
        raise _refuse("lone_surrogate", "a string holds half of a surrogate pair", "send characters beyond U+FFFF whole")
    return value


def _depth_beyond(text: str) -> bool:
    """Whether brackets can nest too deep: a cheap count first, the exact walk only when it could matter."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    inside = escaped = False
    for letter in text:
        if inside:
            if escaped:
                escaped = False
            elif letter == "\\":
                escaped = True
            elif letter == '"':
                inside = False
        elif letter == '"':
            inside = True
        elif letter in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif letter in "]}":
            depth -= 1
    return False


def _has_lone_surrogate(value: Any) -> bool:
    if isinstance(value, str):
        return any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return any(_has_lone_surrogate(k) or _has_lone_surrogate(v) for k, v in value.items())
    return isinstance(value, list) and any(_has_lone_surrogate(item) for item in value)
