"""What must go before anything reads a text: control characters, hidden direction marks, odd line ends, split accents."""

import re
import unicodedata
from typing import Final, NamedTuple

from shared.contracts.vocabulary import Flag

_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+")
_HIDDEN: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_LINE_END: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_ODD: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_LONG: Final = 4_096
_MARKS: Final = 30
"""The longest run of combining marks that is kept, as in Unicode's stream-safe format: sorting more takes square time."""


class Cleaned(NamedTuple):
    """A text that is safe to read and show, and what was mended."""

    text: str
    flags: tuple[Flag, ...] = ()


def clean(text: str) -> Cleaned:
    """The text in NFC with line feeds as line ends, without control characters, lone surrogates, bidi and zero-width marks."""
    if text.isascii() and text.isprintable():
        return Cleaned(text)
    flags: list[Flag] = []
    if _ODD.search(text):
        text = _LINE_END.sub("\n", text).replace("\ufeff", "").replace("\u200b", "")
        text, controls = _CONTROL.subn("", text)
        text, marks = _HIDDEN.subn("", text)
        flags += [Flag.CONTROL_CHARACTERS_REMOVED] * bool(controls) + [Flag.BIDI_MARKS_REMOVED] * bool(marks)
    return Cleaned(_composed(text), tuple(flags))


def _composed(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _thinned(text) if len(text) > _LONG else text)


def _thinned(text: str) -> str:
    """The text with runs of combining marks cut to a readable length."""
    run, kept = 0, []
    for letter in text:
        run = run + 1 if unicodedata.combining(letter) else 0
        if run <= _MARKS:
            kept.append(letter)
    return "".join(kept)
