"""The language a text is written in."""

import re
from typing import Final

from shared.contracts.vocabulary import Language

_HEAD: Final = 400
"""How much of a Latin text is looked at for its small words, characters."""

_ENOUGH: Final = 8_000
"""Beyond so many characters a text does not change its language."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _classes() -> bytes:
    table = bytearray(b" " * 256)
    for byte in (*range(0x41, 0x5B), *range(0x61, 0x7B)):
        table[byte] = ord("l")
    for byte in (0xD0, 0xD1):
        table[byte] = ord("c")
    for byte in (0xD2, 0xD3):
        table[byte] = ord("k")
    for byte in range(0xC3, 0xCB):
        table[byte] = ord("x")
    for byte in (0xCE, 0xCF, *range(0xD4, 0xE2), *range(0xE3, 0xEE)):
        table[byte] = ord("o")
    for letter in "іїєј":
        table[letter.encode()[1]] = ord("n")  # also ends some capitals and dashes: few of them prove that it is Russian
    return bytes(table)


_CLASS: Final = _classes()
_NO_LETTER: Final = bytes(byte for byte in range(256) if _CLASS[byte] == 0x20)
_NEIGHBOURS: Final = "іїєјўІЇЄ"
_ADDRESSES: Final = re.compile(r"(?:https?://|www\.)\S++|\S*@\S++|\[(?:email|phone|card|document)\]")
_ENGLISH: Final = _words(
    "the and to of my is it for you not that this have with we are your be but they at had from "
    "been order refund please never why when what how can don't it's i'm did do will out just would if there"
)
_FOREIGN: Final = _words(
    "der das und nicht ich ist ein eine mein meine wo mit auf für sie wir auch aber le les des est pas que mon ma je vous "
    "nous une dans pour avec el los las es mi por con pero una muy il di che non per sono della bir bu ve için çok nie jest "
    "się proszę gdzie moje het een van niet mijn dat não com uma meu onde está wann kommt où hola dónde"
)
_TRANSLIT: Final = _words(
    "gde zakaz zakaza moi moy moya kogda pochemu dengi tovar eto chto kak uzhe uje dostavka dostavku dostavili vernite "
    "net nichego ochen kurier kuryer privezli zhdu jdu spasibo zdravstvuyte pozhaluysta skolko mozhno vozvrat "
    "nedelyu nedelu prishel prishla rabotaet opozdal vi vy mne menya vse esli tolko"
)


def language_of(text: str) -> Language:
    """The language a text is written in: script first, then the letters and small words that tell neighbours apart."""
    text = text[:_ENOUGH]
    if text.isascii():
        return _of_latin(text)
    kinds = text.encode("utf-8", "surrogatepass").translate(_CLASS, _NO_LETTER)
    cyrillic = kinds.count(b"c")
    if (len(kinds) - cyrillic) * 50 < cyrillic:
        return Language.RU
    special, latin, accented, foreign = (kinds.count(kind) for kind in (b"k", b"l", b"x", b"o"))
    if foreign > cyrillic + latin:
        return Language.OTHER
    if cyrillic + special == 0:
        return _of_latin(text, accented * 25 > latin)
    if latin > cyrillic:
        return _of_mixed(text)
    return _of_cyrillic(text, cyrillic, special)


def _of_cyrillic(text: str, cyrillic: int, special: int) -> Language:
    neighbours = special + sum(map(text.count, _NEIGHBOURS))
    return Language.OTHER if neighbours * 33 > cyrillic else Language.RU


def _of_mixed(text: str) -> Language:
    """A Russian sentence full of brand names stays Russian; an English one that quotes a Russian word stays English."""
    text = _ADDRESSES.sub(" ", text)
    kinds = text.encode("utf-8", "surrogatepass").translate(_CLASS)
    cyrillic, special, latin = kinds.count(b"c"), kinds.count(b"k"), kinds.count(b"l")
    if cyrillic * 4 >= latin:
        return _of_cyrillic(text, cyrillic, special)
    small = len(_ENGLISH.intersection(text[:_HEAD].lower().split()))
    return Language.RU if cyrillic * 10 >= latin and not small else Language.EN


def _of_latin(text: str, is_accented: bool = False) -> Language:
    words = text[:_HEAD].lower().split()
    if not _ENGLISH.isdisjoint(words):
        return Language.EN
    if len(_TRANSLIT.intersection(words)) >= 2:
        return Language.RU
    if is_accented or len(_FOREIGN.intersection(words)) >= 2:
        return Language.OTHER
    return Language.EN if any(letter.isalpha() for letter in text) else Language.OTHER
