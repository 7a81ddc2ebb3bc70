"""Whether the customer shouts."""

import re

_CAPITALS = re.compile("[A-ZА-ЯЁ]{3,}")
_LOWER = re.compile(r"[a-zа-яё]+")


def shouts(text: str, share: float, letters: int) -> bool:
    """True when enough letters, and a large enough share of all, stand in runs of three capitals or more.

    Masks like `XXXX` do not count.
    """
    loud = sum(len(word) for word in _CAPITALS.findall(text) if word.strip("XХ"))
    if loud < letters:
        return False
    quiet = sum(map(len, _LOWER.findall(text)))
    return loud >= share * (loud + quiet)
