"""Offer codes: made again at will, guessed by nobody, and forgiving to the hand that types them."""

import re

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from services.followup.domain.code import ALPHABET, code_of, handle_in, handle_of, is_code_of, read_code

SECRET = b"a secret of the house"
CODE = code_of(SECRET, "cmp_1", 1)
PLAIN = CODE.replace("-", "")


def test_a_code_reads_in_three_groups():
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", CODE)


def test_a_code_is_the_same_whenever_it_is_made():
    assert code_of(SECRET, "cmp_1", 1) == CODE


def test_secret_complaint_and_round_all_matter():
    others = {code_of(b"another", "cmp_1", 1), code_of(SECRET, "cmp_2", 1), code_of(SECRET, "cmp_1", 2)}
    assert len(others | {CODE}) == 4
    assert not any(is_code_of(SECRET, code, "cmp_1", 1) for code in others)


def test_all_codes_of_a_complaint_are_found_by_its_handle():
    assert handle_in(CODE) == handle_in(code_of(SECRET, "cmp_1", 2)) == handle_of("cmp_1")


@pytest.mark.parametrize("typed", [CODE.lower(), PLAIN, CODE.replace("-", " "), CODE.replace("-", "–"), f" {CODE} "])
def test_a_code_is_read_however_it_is_spaced(typed):
    assert is_code_of(SECRET, typed, "cmp_1", 1)


def test_letters_that_look_alike_are_read_as_what_was_meant():
    typed = PLAIN.translate(str.maketrans("01ABEKMHPCTXY", "oIАВЕКМНРСТХУ"))
    assert typed != PLAIN
    assert is_code_of(SECRET, typed, "cmp_1", 1)


@drawn(st.integers(0, 10**9), st.integers(0, 11), st.sampled_from(ALPHABET))
def test_every_mistyped_symbol_is_seen(complaint, place, symbol):
    code = code_of(SECRET, str(complaint), 1).replace("-", "")
    typed = code[:place] + symbol + code[place + 1 :]
    assert (read_code(typed) is None) == (typed != code)


@drawn(st.integers(0, 10**9), st.integers(0, 11), st.integers(0, 11))
def test_every_swap_of_two_symbols_is_seen(complaint, one, other):
    code = code_of(SECRET, str(complaint), 1).replace("-", "")
    symbols = list(code)
    symbols[one], symbols[other] = symbols[other], symbols[one]
    typed = "".join(symbols)
    assert (read_code(typed) is None) == (typed != code)


@drawn(st.text(max_size=80))
def test_any_text_can_be_typed(typed):
    assert read_code(typed) is None or len(str(read_code(typed))) == 12
    assert not is_code_of(SECRET, typed, "cmp_1", 1)
