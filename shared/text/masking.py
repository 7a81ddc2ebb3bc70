"""Personal data in a text, replaced by what it was: `[email]`, `[phone]`, `[card]`, `[document]`."""

import re
from typing import Final

from stdnum import iban

from shared.text.digit_spans import CARD, DOCUMENT, GAP, PHONE, without_digit_spans
from shared.text.number_context import REACH, Meaning, meaning_before

__all__ = ["CARD", "DOCUMENT", "EMAIL", "PHONE", "mask"]

EMAIL: Final = "[email]"

_NUMBERS: Final = re.compile(rf"[0-9](?:{GAP}{{0,4}}+[0-9]){{5}}")
_LOCAL: Final = r"[\w.!#$%&'*+/=?^`{|}~-]"
_EMAIL: Final = re.compile(rf"{_LOCAL}{{1,64}}+@[\w-]++(?:\.[\w-]++)++")
_AT: Final = r"(?:\s?[(\[]\s?(?:at|собака|@)\s?[)\]]\s?|\s(?:собака|@)\s)"
_DOT: Final = r"(?:\.|\s?[(\[](?:dot|точка)[)\]]\s?)"
_SPOKEN: Final = re.compile(
    rf"[\w.+-]{{1,64}}+{_AT}[\w-]++(?:{_DOT}[\w-]++)*?{_DOT}(?:ru|рф|com|net|org|su|by|kz|ua|uk|eu|info|me)\b",
    re.IGNORECASE,
)
_PASSPORT: Final = re.compile(
    r"((?:паспорт|сери[яи])[^\d\n]{0,40}+)\d{2}\s?\d{2}[\s,]{0,3}(?:№|номер|no?\b)[\s.:№]{0,3}\d{6}(?!\d)", re.IGNORECASE
)
_LETTERED: Final = re.compile(r"((?:passport|паспорт)\W{1,3}(?:no|number|is|номер)?\W{0,3})[A-ZА-Я]{1,2}\d{6,8}\b", re.IGNORECASE)
_LETTERS_AND_DIGITS: Final = re.compile(r"[A-Za-z]{2} ?\d\d")
_NINO: Final = re.compile(
    r"(?<![^\W\d_])(?!BG|GB|NK|KN|TN|NT|ZZ)(?:QQ|[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]) ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![^\W\d_])",
    re.IGNORECASE,
)
_IBAN: Final = re.compile(r"(?<![^\W\d_])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")


def mask(text: str) -> str:
    """The text with addresses, phones, cards and document numbers masked; order numbers stay; masking twice changes nothing."""
    if "@" in text:
        text = _EMAIL.sub(EMAIL, text)
    if "собака" in text or "at)" in text or "at]" in text or "@" in text:
        text = _SPOKEN.sub(EMAIL, text)
    return _without_numbers(text) if _NUMBERS.search(text) else text


def _without_numbers(text: str) -> str:
    lowered = text.lower()
    if "паспорт" in lowered or "сери" in lowered or "passport" in lowered:
        text = _LETTERED.sub(rf"\1{DOCUMENT}", _PASSPORT.sub(rf"\1{DOCUMENT}", text))
    if _LETTERS_AND_DIGITS.search(text):
        text = _NINO.sub(_unless_order, text)
        text = _IBAN.sub(lambda found: DOCUMENT if iban.is_valid(found.group()) else found.group(), text)
    return without_digit_spans(text)


def _unless_order(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - REACH) : found.start()]
    return found.group() if meaning_before(before) is Meaning.ORDER else DOCUMENT
