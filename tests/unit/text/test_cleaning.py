"""What goes before a text is read."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.vocabulary import Flag
from shared.text.cleaning import clean

CONTROL, BIDI = Flag.CONTROL_CHARACTERS_REMOVED, Flag.BIDI_MARKS_REMOVED


@pytest.mark.parametrize(
    ("raw", "text", "flags"),
    [
        ("Заказ не пришёл", "Заказ не пришёл", ()),
        ("nul\x00 and bell\x07", "nul and bell", (CONTROL,)),
        ("evil\u202egpj.exe\u2066", "evilgpj.exe", (BIDI,)),
        ("both\x00\u200f", "both", (CONTROL, BIDI)),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne", ()),
        ("\ufeffПривет\u200b", "Привет", ()),
        ("и\u0306 е\u0308", "й ё", ()),
        ("half \ud83d emoji", "half  emoji", (CONTROL,)),
        ("tab\tand\nline", "tab\tand\nline", ()),
        ("👩\u200d🚒", "👩\u200d🚒", ()),
    ],
)
def test_each_kind_of_dirt_is_removed_and_said(raw: str, text: str, flags: tuple[Flag, ...]) -> None:
    assert clean(raw) == (text, flags)


@given(st.text(st.characters(), max_size=200))
def test_a_clean_text_is_encodable_composed_and_stays_as_it_is(raw: str) -> None:
    once = clean(raw).text
    once.encode()
    assert once == unicodedata.normalize("NFC", once)
    assert clean(once) == (once, ())


def test_a_million_combining_marks_take_no_square_time() -> None:
    before = time.perf_counter()
    text = clean("a" + "\u0301\u0323" * 500_000).text
    assert time.perf_counter() - before < 3
    assert len(text) < 40
