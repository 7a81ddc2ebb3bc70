"""Which rows of digit groups look like a card, a document, a date or a sum of money."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from stdnum import luhn
from stdnum.ru import inn

from shared.text.number_context import Meaning

DOCUMENT_DIGITS: Final = {
    Meaning.PASSPORT: (10, 9),
    Meaning.SNILS: (11,),
    Meaning.INN: (12, 10),
    Meaning.SSN: (9,),
    Meaning.LICENCE: (10, 9, 8),
    Meaning.HEALTH: (16, 10),
}
_SPACES: Final = frozenset(" \t\u00a0\u2009\u202f")
_DASHES: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")


class Row(NamedTuple):
    """Neighbouring digit groups and what separates them."""

    digits: str
    shape: tuple[int, ...]
    separators: tuple[str, ...]

    @property
    def is_solid(self) -> bool:
        """One group without separators."""
        return len(self.shape) == 1

    def starts_in(self, *places: int) -> bool:
        """Whether a group ends after one of these many digits, or all digits stand together or one by one."""
        return self.is_solid or max(self.shape) == 1 or self.shape[0] in places


def is_date(row: Row) -> bool:
    """`12.03.2024`, `2024-03-12`, `12/03/24`: three groups that can be a day, a month and a year."""
    if len(row.shape) != 3 or row.separators[0] != row.separators[1] or row.separators[0] not in (".", "/", *_DASHES):
        return False
    first, second = row.digits[: row.shape[0]], row.digits[row.shape[0] : row.shape[0] + row.shape[1]]
    if row.shape[0] == 4 and row.shape[1:] == (2, 2):
        return first[:2] in ("19", "20") and int(second) <= 12
    small = max(row.shape[:2]) <= 2 and 1 <= min(int(first), int(second)) <= 12 and max(int(first), int(second)) <= 31
    return small and row.shape[2] in (2, 4)


def is_amount(row: Row) -> bool:
    """`1 250 000`: thousands set apart."""
    return len(row.shape) > 1 and row.shape[0] <= 3 and set(row.shape[1:]) == {3} and set(row.separators) <= (_SPACES | {"."})


def is_card(row: Row, meaning: Meaning) -> bool:
    """A payment card: prefix, length and Luhn digit; said to be a card, also with a digit mistyped."""
    digits = row.digits
    if any(separator not in _SPACES | _DASHES for separator in row.separators):
        return False
    if meaning is Meaning.CARD:
        return 13 <= len(digits) <= 19
    if meaning is Meaning.ORDER and row.shape != (4, 4, 4, 4):
        return False
    return _has_card_prefix(digits) and bool(luhn.is_valid(digits))


def _has_card_prefix(digits: str) -> bool:
    size = len(digits)
    if size == 15:
        return digits[:2] in ("34", "37")
    if size == 14:
        return digits[:2] in ("30", "36", "38")
    return (16 <= size <= 19 and digits[0] in "23456") or (size == 13 and digits[0] == "4")


def is_document(row: Row, meaning: Meaning) -> bool:
    """A passport, SNILS, INN, SSN, licence or account: said to be one, or of a shape that nothing else has."""
    digits, size = row.digits, len(row.digits)
    if size in DOCUMENT_DIGITS.get(meaning, ()):
        return True
    if row.shape == (3, 3, 3, 2):
        return snils_is_valid(digits)
    if row.is_solid and size == 20 and digits[:3] in ("408", "423", "426"):
        return True
    if meaning is Meaning.ORDER:
        return False
    if row.shape == (3, 2, 4) and set(row.separators) <= _DASHES:
        return digits[:3] not in ("000", "666") and digits[0] != "9"
    return row.is_solid and size == 12 and bool(inn.is_valid(digits))


def snils_is_valid(digits: str) -> bool:
    """The two check digits of a Russian pension insurance number of 11 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(9, 0, -1), strict=True))
    return total % 101 % 100 == int(digits[9:])


def dashed(separators: Sequence[str]) -> bool:
    """Whether all separators are single dashes."""
    return all(separator in _DASHES for separator in separators)
