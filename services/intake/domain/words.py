"""The words of a text in the form in which word lists are compared."""

import re
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+")


def folded(text: str) -> str:
    """The text in lower case and with ё as е, as people type it."""
    return text.lower().replace("ё", "е").replace("’", "'")


def words_of(text: str) -> list[str]:
    """The words of a folded text, letters only."""
    return _WORD.findall(text)


def letters_in(text: str, enough: int) -> bool:
    """Whether a text has at least so many letters."""
    found = 0
    for word in _WORD.finditer(text):
        found += len(word.group())
        if found >= enough:
            return True
    return enough <= 0
