"""How much of a text may leave intake, and what it looks like then."""

from typing import NamedTuple

from shared.contracts.events.registered import MASKED_TEXT_BYTES
from shared.text.cleaning import clean
from shared.text.masking import mask

_NUMBER = " \t\n\u00a00123456789()+.-–—/№"
_LONGEST_WORD = 400


class Excerpt(NamedTuple):
    """A masked text, and whether it was cut."""

    text: str
    truncated: bool = False


def excerpt_of(text: str) -> Excerpt:
    """The masked text, at most 64 KiB of UTF-8; a number or address that would be cut in two is left out whole."""
    if len(text) * 4 > MASKED_TEXT_BYTES and len(text.encode()) > MASKED_TEXT_BYTES:
        return Excerpt(_within(mask(_whole_words(_within(text)))), True)
    masked = mask(text)
    cut = _within(masked)
    return Excerpt(cut, len(cut) < len(masked))


def masked_value(text: str | None) -> str | None:
    """A short field that a system gave, safe to be said aloud."""
    cleaned = mask(clean(text).text.strip()) if text else ""
    return cleaned or None


def _within(text: str) -> str:
    if len(text) * 4 <= MASKED_TEXT_BYTES:
        return text
    return text.encode()[:MASKED_TEXT_BYTES].decode(errors="ignore")


def _whole_words(text: str) -> str:
    """Without the last word, which may be cut, and without the row of numbers before it."""
    last = max(text.rfind(" "), text.rfind("\n"), len(text) - _LONGEST_WORD)
    return text[:last].rstrip(_NUMBER)
