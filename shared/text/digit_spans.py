"""Rows of digit groups in a text, each masked by what it is: a phone, a card, a document, or left alone."""

import re
from collections.abc import Iterable
from typing import Final

from shared.text.number_context import REACH, Meaning, meaning_before
from shared.text.number_shapes import Row, is_amount, is_card, is_date, is_document
from shared.text.phone_shapes import is_phone

PHONE: Final = "[phone]"
CARD: Final = "[card]"
DOCUMENT: Final = "[document]"
GAP: Final = r"[ \t\u00a0\u2009\u202f().\-\u2010-\u2014\u2212/]"
"""What may stand between the digits of one number."""

_SPAN: Final = re.compile(rf"[0-9](?:{GAP}{{0,4}}+[0-9])*+")
_GROUP: Final = re.compile("[0-9]+")
_FEWEST, _MOST = 6, 20
"""Digits of the shortest phone and of a bank account."""
_MOST_GROUPS: Final = 12
_TABLE: Final = 64
"""A span of more groups is a table: no number starts with two lone digits, else a megabyte of them takes seconds."""


class _Page:
    """What is written so far; its end is the context of the next number, so a masked text reads as it was masked."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.tail = ""

    def write(self, text: str) -> None:
        """Add a text."""
        if text:
            self.pieces.append(text)
            self.tail = (self.tail + text)[-REACH:] if len(text) < REACH else text[-REACH:]

    def take_back(self, letters: str) -> None:
        """Remove trailing letters of these kinds from what was written last."""
        if self.pieces:
            self.pieces[-1] = self.pieces[-1].rstrip(letters)
            self.tail = self.tail.rstrip(letters)


def without_digit_spans(text: str) -> str:
    """The text with every number masked that says something about a person."""
    page, done = _Page(), 0
    for found in _SPAN.finditer(text):
        if found.end() - found.start() >= _FEWEST:
            page.write(text[done : found.start()])
            _write_masked(found.group(), page)
            done = found.end()
    page.write(text[done:])
    return "".join(page.pieces)


def _write_masked(span: str, page: _Page) -> None:
    groups = [group.span() for group in _GROUP.finditer(span)]
    meaning, at, first = meaning_before(page.tail), 0, 0
    while first < len(groups):
        page.write(span[at : groups[first][0]])
        lone = len(groups) > _TABLE and all(end - start == 1 for start, end in groups[first : first + 2])
        what, count = ("", 1) if lone else _found(span, groups[first : first + _MOST_GROUPS], meaning, page.tail[-2:])
        at = groups[first + count - 1][1]
        written = span[groups[first][0] : at]
        if what:
            page.take_back("+(" if written.count(")") > written.count("(") else "+")
        page.write(what or written)
        first += count
        meaning = meaning_before(page.tail) if what else meaning


def _found(span: str, groups: list[tuple[int, int]], meaning: Meaning, before: str) -> tuple[str, int]:
    """What starts at the first group, and how many groups it takes; nothing: one group, or the three of a date."""
    rows = list(_rows(span, groups))
    if len(rows) >= 3 and is_date(rows[2]):
        return "", 3
    long = [row for row in rows if len(row.digits) >= _FEWEST]
    for what, matches in ((DOCUMENT, is_document), (CARD, is_card)):
        for row in long:
            if matches(row, meaning):
                return what, len(row.shape)
    return _phone(long, meaning, before)


def _phone(rows: list[Row], meaning: Meaning, before: str) -> tuple[str, int]:
    plus, opened = before.rstrip("(").endswith("+"), before.endswith("(")
    unsaid = Meaning.UNSAID if meaning is Meaning.PHONE else meaning
    for row in reversed(rows) if plus else rows:
        gaps = "".join(row.separators)
        bracket = "(" in gaps or (opened and ")" in gaps)
        if is_phone(row, unsaid, plus, bracket):
            return PHONE, len(row.shape)
    for row in reversed(rows):
        if (meaning is Meaning.PHONE or plus) and len(row.digits) <= 15 and not (is_amount(row) and len(row.digits) < 10):
            return PHONE, len(row.shape)
    return "", 1


def _rows(span: str, groups: list[tuple[int, int]]) -> Iterable[Row]:
    """All rows that start at the first group, growing, up to the longest number there is."""
    digits = ""
    shape: tuple[int, ...] = ()
    gaps: tuple[str, ...] = ()
    for index, (start, end) in enumerate(groups):
        if index:
            gaps = (*gaps, span[groups[index - 1][1] : start])
        digits, shape = digits + span[start:end], (*shape, end - start)
        if len(digits) > _MOST:
            return
        yield Row(digits, shape, gaps)
