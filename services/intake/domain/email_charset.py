"""Bytes of a mail become text, whatever its headers claim."""

from typing import Final

from charset_normalizer import from_bytes

_LIKELY: Final = ["utf_8", "cp1251", "koi8_r", "cp866"]
"""Free guessing takes cp1251 for Macintosh and koi8-r for Japanese; among these four it is right."""
_ALIASES: Final = {
    "cp-1251": "cp1251",
    "win-1251": "cp1251",
    "windows1251": "cp1251",
    "x-cp1251": "cp1251",
    "koi8r": "koi8_r",
    "utf8mb4": "utf_8",
}
_WESTERN: Final = frozenset(("ascii", "us-ascii", "iso-8859-1", "latin-1", "latin1", "windows-1252", "cp1252", "iso-8859-15"))
_SAMPLE: Final = 20_000


def decoded(raw: bytes, declared: str | None) -> str:
    """The text: by the declared charset where that works, else by the likeliest one; never an error, never a lone surrogate."""
    if raw.isascii() and (declared or "").lower() not in ("iso-2022-jp", "utf-7", "hz-gb-2312"):
        return raw.decode("ascii")
    name = (declared or "").strip().strip("\"'").lower()
    if name and name not in _WESTERN:
        try:
            return _without_surrogates(raw.decode(_ALIASES.get(name, name)))
        except (LookupError, UnicodeError, ValueError):
            pass
    return _guessed(raw, name)


def _guessed(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    western = raw.decode("cp1252", "replace")
    if name in _WESTERN and not _is_garbled(western):
        return western
    best = from_bytes(raw[:_SAMPLE], cp_isolation=_LIKELY).best()
    return raw.decode(best.encoding if best else "cp1251", "replace")


def _is_garbled(text: str) -> bool:
    """Russian read as Western: most letters carry accents."""
    accented = sum("\u00c0" <= letter <= "\u00ff" for letter in text[:_SAMPLE])
    return accented * 3 > sum(letter.isalpha() for letter in text[:_SAMPLE])


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
