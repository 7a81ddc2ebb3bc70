"""Which rows of digit groups look like a telephone number."""

from typing import Final

import phonenumbers

from shared.text.number_context import Meaning
from shared.text.number_shapes import Row, dashed, is_amount

_NEIGHBOURS: Final = ("375", "380", "374", "992", "993", "994", "995", "996", "998", "371", "372", "370")
_GROUPED: Final = frozenset(((3, 3, 4), (3, 3, 2, 2), (3, 7), (3, 2, 2, 3), (3, 2, 3, 2), (3, 4, 3)))


def is_phone(row: Row, meaning: Meaning, plus: bool, bracket: bool) -> bool:
    """Whether it can be called; `plus` and `bracket` say whether a `+` or `(` stands before it or in it."""
    size = len(row.digits)
    if not 6 <= size <= 15:
        return False
    if plus:
        return size >= 8 and _is_possible("+" + row.digits)
    if is_amount(row) and not bracket:
        return False
    written_as_phone = bracket or (len(row.shape) > 2 and _is_russian(row))
    if meaning is Meaning.ORDER and not written_as_phone:
        return False
    return _is_russian(row) or _is_foreign(row, bracket) or _is_short(row, meaning)


def _is_russian(row: Row) -> bool:
    digits, size = row.digits, len(row.digits)
    return size == 11 and digits[0] in "78" and digits[1] in "34789" and row.starts_in(1, 4, 7)


def _is_foreign(row: Row, bracket: bool) -> bool:
    """Also a Russian number without its trunk digit: it looks like an American one."""
    digits, size = row.digits, len(row.digits)
    if size == 10 and digits[0] in "23456789":
        return bracket or row.shape in _GROUPED
    if digits.startswith("00"):
        return _is_possible("+" + digits[2:])
    if digits[0] == "0":
        return size in (10, 11) and (digits[1] == "7" if row.is_solid else digits[1] in "12378")
    if size == 11 and digits[0] == "1":
        return row.shape == (1, 3, 3, 4)
    return size == 12 and digits[:3] in _NEIGHBOURS and _is_possible("+" + digits)


def _is_short(row: Row, meaning: Meaning) -> bool:
    """`916 1234567` said without a trunk digit, or a city number `123-45-67`."""
    if len(row.digits) == 10 and row.digits[0] == "9":
        return meaning is not Meaning.NUMBER and row.starts_in(3)
    return row.shape == (3, 2, 2) and dashed(row.separators)


def _is_possible(text: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text, None))
    except phonenumbers.NumberParseException:
        return False
