"""JSON of strangers: what is unambiguous is read, everything else is refused under a name of its own."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.errors import Unprocessable
from shared.contracts.strict_json import MAX_DEPTH, read_json

READ: list[tuple[str, bytes, Any]] = [
    ("an empty object", b"{}", {}),
    ("a scalar", b"null", None),
    ("JSON's own blanks around", b" \t\r\n{}\n ", {}),
    ("a byte order mark", b"\xef\xbb\xbf{}", {}),
    ("Cyrillic as it is", '{"т": "Чайник"}'.encode(), {"т": "Чайник"}),
    ("Cyrillic escaped", b'["\\u0427\\u0430\\u0439"]', ["Чай"]),
    ("a pair of surrogates", b'["\\ud83d\\ude00"]', ["😀"]),
    ("a pair of surrogates in a key", b'{"\\ud83d\\ude00": 1}', {"😀": 1}),
    ("a backslash before a u", b'["\\\\ud83d"]', ["\\ud83d"]),
    ("NUL escaped", b'["\\u0000"]', ["\0"]),
    ("the largest integer", b"9223372036854775807", 2**63 - 1),
    ("the smallest integer", b"-9223372036854775808", -(2**63)),
    ("minus zero", b"-0", 0),
    ("a large float", b"1e308", 1e308),
    ("a float too small to tell from zero", b"1e-999", 0.0),
    ("the same key in two objects", b'[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
    ("the same key in an outer and an inner object", b'{"a": {"a": 1}}', {"a": {"a": 1}}),
    ("brackets inside of strings", json.dumps(["[" * 500 + '"' + "{" * 500]).encode(), ["[" * 500 + '"' + "{" * 500]),
]

REFUSED: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "broken_json"),
    ("blanks only", b"  \n", "broken_json"),
    ("cut short", b'{"a": ', "broken_json"),
    ("something after the end", b"{} {}", "broken_json"),
    ("a comma too many", b'{"a": 1,}', "broken_json"),
    ("single quotes", b"{'a': 1}", "broken_json"),
    ("a comment", b"{} // hello", "broken_json"),
    ("a raw line break in a string", b'["a\nb"]', "broken_json"),
    ("a raw NUL", b"\0", "broken_json"),
    ("a leading zero", b"007", "broken_json"),
    ("a leading plus", b"+1", "broken_json"),
    ("an unknown escape", b'["\\x41"]', "broken_json"),
    ("a blank that JSON does not know", "\u00a0{}".encode(), "broken_json"),
    ("two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf{}", "broken_json"),
    ("Latin-1", '{"a": "é"}'.encode("latin-1"), "not_utf8"),
    ("Windows-1251", '{"a": "Чайник"}'.encode("cp1251"), "not_utf8"),
    ("UTF-16", '{"a": 1}'.encode("utf-16"), "not_utf8"),
    ("an overlong encoding", b'["\xc0\xaf"]', "not_utf8"),
    ("a raw surrogate", b'["\xed\xa0\xbd"]', "not_utf8"),
    ("the first half of a pair", b'["\\ud83d"]', "lone_surrogate"),
    ("the second half of a pair", b'["\\ude00"]', "lone_surrogate"),
    ("the halves the wrong way round", b'["\\ude00\\ud83d"]', "lone_surrogate"),
    ("a half in a key", b'{"\\ud83d": 1}', "lone_surrogate"),
    ("a half deep inside", b'{"a": [{"b": "x\\ud83d"}]}', "lone_surrogate"),
    ("a key twice", b'{"a": 1, "a": 1}', "duplicate_key"),
    ("a key twice, once escaped", b'{"a": 1, "\\u0061": 2}', "duplicate_key"),
    ("a key twice deep inside", b'{"x": [{"y": {"a": 1, "b": 2, "a": 3}}]}', "duplicate_key"),
    ("NaN", b'{"a": NaN}', "not_finite"),
    ("Infinity", b"[Infinity]", "not_finite"),
    ("minus Infinity", b"[-Infinity]", "not_finite"),
    ("a float beyond all bounds", b"1e999", "not_finite"),
    ("the same below zero", b"-1e999", "not_finite"),
    ("one more than the largest integer", b"9223372036854775808", "integer_too_large"),
    ("one less than the smallest integer", b"-9223372036854775809", "integer_too_large"),
    ("an integer of 5,000 digits", b"9" * 5000, "integer_too_large"),
]


@pytest.mark.parametrize(("body", "value"), [case[1:] for case in READ], ids=[case[0] for case in READ])
def test_what_is_unambiguous_is_read(body: bytes, value: Any) -> None:
    assert read_json(body) == value


@pytest.mark.parametrize(("body", "reason"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_is_ambiguous_is_refused_with_its_reason_and_a_remedy(body: bytes, reason: str) -> None:
    with pytest.raises(Unprocessable) as refusal:
        read_json(body)
    assert refusal.value.reason == reason
    assert refusal.value.problems[0].remedy


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_sixty_four_levels_are_read_and_one_more_is_not(opening: str, closing: str) -> None:
    def nested(depth: int) -> bytes:
        return (opening * depth + ("null" if opening != "[" else "") + closing * depth).encode()

    assert MAX_DEPTH == 64
    read_json(nested(64))
    read_json(b"[%s,%s]" % (nested(63), nested(63)))
    for too_deep in (nested(65), b"[%s,%s]" % (nested(63), nested(64))):
        with pytest.raises(Unprocessable, match="too_deep"):
            read_json(too_deep)


def test_a_hundred_thousand_brackets_are_too_deep_and_no_crash() -> None:
    with pytest.raises(Unprocessable, match="too_deep"):
        read_json(b"[" * 100_000)


def test_many_shallow_brackets_are_not_deep() -> None:
    assert read_json(json.dumps([[]] * 1000).encode()) == [[]] * 1000


def test_a_doubled_key_at_the_end_of_a_huge_object_is_found_at_once() -> None:
    body = b"{" + b",".join(b'"k%d":1' % n for n in range(80_000)) + b',"k79999":1}'
    began = time.perf_counter()
    with pytest.raises(Unprocessable, match="duplicate_key"):
        read_json(body)
    assert time.perf_counter() - began < 5, "the search for the doubled key must not be quadratic"


def test_a_refusal_never_quotes_the_content() -> None:
    with pytest.raises(Unprocessable) as refusal:
        read_json('{"text": "Меня зовут Нина'.encode())
    assert "Нина" not in f"{refusal.value} {refusal.value.problems}"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(_VALUES, st.booleans())
def test_whatever_is_proper_json_comes_back_as_it_was(value: Any, escaped: bool) -> None:
    assert read_json(json.dumps(value, ensure_ascii=escaped).encode("utf-8")) == value
