"""Personal data in a text, replaced by what it was: `[email]`, `[phone]`, `[card]`, `[document]`."""

import re
from typing import Final, NamedTuple

from stdnum import iban

from shared.text.number_context import Meaning, meaning_before
from shared.text.number_shapes import Row, is_card, is_date, is_document
from shared.text.phone_shapes import is_phone

EMAIL: Final = "[email]"
PHONE: Final = "[phone]"
CARD: Final = "[card]"
DOCUMENT: Final = "[document]"

_GAP: Final = r"[ \t\u00a0\u2009\u202f().\-\u2010-\u2014\u2212/]"
_NUMBERS: Final = re.compile(rf"[0-9](?:{_GAP}{{0,4}}+[0-9]){{5}}")
_SPAN: Final = re.compile(rf"[0-9](?:{_GAP}{{0,4}}+[0-9])*+")
_GROUP: Final = re.compile("[0-9]+")
_LOCAL: Final = r"[\w.!#$%&'*+/=?^`{|}~-]"
_EMAIL: Final = re.compile(rf"(?<!{_LOCAL}){_LOCAL}++@[\w-]++(?:\.[\w-]++)++")
_SPOKEN: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]++(?:\s?[(\[]\s?(?:at|собака|@)\s?[)\]]\s?|\s(?:собака|@)\s)[\w-]++(?:\s?(?:\.|[(\[](?:dot|точка)[)\]])\s?[\w-]++)*?"
    r"(?:\.|\s?[(\[](?:dot|точка)[)\]]\s?)(?:ru|рф|com|net|org|su|by|kz|ua|uk|eu|info|me)\b",
    re.IGNORECASE,
)
_PASSPORT: Final = re.compile(
    r"((?:паспорт|сери[яи])[^\d\n]{0,40}+)\d{2}\s?\d{2}[\s,]{0,3}(?:№|номер|no?\b)[\s.:№]{0,3}\d{6}(?!\d)", re.IGNORECASE
)
_LETTERED: Final = re.compile(r"(passport\W{1,3}(?:no|number|is)?\W{0,3})[A-Z]{1,2}\d{6,8}\b", re.IGNORECASE)
_NINO: Final = re.compile(r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", re.IGNORECASE)
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_MOST_GROUPS: Final = 16
"""A number is not written in more groups than this."""


class _Span(NamedTuple):
    text: str
    groups: tuple[tuple[int, int], ...]

    def row(self, first: int, last: int) -> Row:
        """The groups from `first` to `last`, both included."""
        inside = self.groups[first : last + 1]
        shape = tuple(end - start for start, end in inside)
        separators = tuple(self.text[left[1] : right[0]] for left, right in zip(inside, inside[1:], strict=False))
        return Row("".join(self.text[start:end] for start, end in inside), shape, separators)


def mask(text: str) -> str:
    """The text with addresses, phones, cards and document numbers masked; order numbers stay; masking twice changes nothing."""
    if "@" in text:
        text = _EMAIL.sub(EMAIL, text)
    if "собака" in text or "at)" in text or "at]" in text or "@" in text:
        text = _SPOKEN.sub(EMAIL, text)
    return _without_numbers(text) if _NUMBERS.search(text) else text


def _without_numbers(text: str) -> str:
    text = _PASSPORT.sub(rf"\1{DOCUMENT}", text)
    text = _LETTERED.sub(rf"\1{DOCUMENT}", text)
    text = _NINO.sub(lambda found: _unless_order(text, found), text)
    text = _IBAN.sub(lambda found: DOCUMENT if iban.is_valid(found.group()) else found.group(), text)
    return _without_digit_spans(text)


def _unless_order(text: str, found: re.Match[str]) -> str:
    return found.group() if meaning_before(text[: found.start()]) is Meaning.ORDER else DOCUMENT


def _without_digit_spans(text: str) -> str:
    out, done = "", 0
    pieces: list[str] = []
    for found in _SPAN.finditer(text):
        if found.end() - found.start() < 6:
            continue
        out += text[done : found.start()]
        out = _masked(_Span(found.group(), tuple(group.span() for group in _GROUP.finditer(found.group()))), out)
        done = found.end()
        if text[done : done + 1] == ")" and out.endswith((PHONE, CARD, DOCUMENT)) and "(" not in found.group():
            pass
        if len(out) > 4096:
            pieces.append(out[:-256])
            out = out[-256:]
    return "".join((*pieces, out, text[done:]))
