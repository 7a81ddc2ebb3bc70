"""Tokens and wrapped keys, seen by their owner and by an attacker who holds the store but not the keys."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.errors import TryAgain
from shared.contracts.sealed import Sealed
from shared.platform.crypto import (
    MasterKey,
    UnknownMaster,
    Unreadable,
    customer_of_token,
    dead_token,
    decrypt,
    encrypt,
    new_key,
    unwrap,
    wrap,
)

KEY = bytes(range(32))
TEXT = "Курьер нахамил, звоните: +7 921 555-01-02"


def flipped(token: str, position: int) -> str:
    """The token with one bit of its nonce or ciphertext turned."""
    head, payload = token.rsplit(".", 1)
    raw = bytearray(base64.urlsafe_b64decode(payload))
    raw[position] ^= 1
    return f"{head}.{base64.urlsafe_b64encode(bytes(raw)).decode()}"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_every_text_comes_back_as_it_was(text: str):
    assert decrypt(KEY, "cus_1", encrypt(KEY, "cus_1", text)) == text


def test_the_same_text_twice_gives_two_tokens_that_cannot_be_matched():
    first, second = encrypt(KEY, "cus_1", TEXT), encrypt(KEY, "cus_1", TEXT)
    assert first != second
    assert first[len("v1.cus_1.") :][:16] != second[len("v1.cus_1.") :][:16], "the nonce must never repeat"


def test_a_token_names_its_customer_and_shows_nothing_of_the_text():
    token = encrypt(KEY, "cus_1", TEXT)
    assert token.startswith("v1.cus_1.")
    assert customer_of_token(token) == "cus_1"
    assert TEXT.encode() not in base64.urlsafe_b64decode(token.rsplit(".", 1)[1])


def test_a_sealed_value_read_from_a_token_knows_its_customer():
    assert Sealed._read(encrypt(KEY, "cus_1", TEXT)).customer_id == "cus_1"
    assert Sealed._read(dead_token("cus_1")).customer_id == "cus_1"


def test_a_token_given_out_as_another_customers_does_not_open():
    token = encrypt(KEY, "cus_1", TEXT)
    with pytest.raises(Unreadable):
        decrypt(KEY, "cus_2", token)
    with pytest.raises(Unreadable):  # renamed too, so that only the associated data can tell
        decrypt(KEY, "cus_2", token.replace("cus_1", "cus_2"))


def test_another_customers_key_does_not_open_it():
    with pytest.raises(Unreadable):
        decrypt(new_key(), "cus_1", encrypt(KEY, "cus_1", TEXT))


@pytest.mark.parametrize(
    ("part", "position"), [("nonce", 0), ("nonce", 11), ("ciphertext", 12), ("ciphertext", 30), ("tag", -16), ("tag", -1)]
)
def test_one_turned_bit_is_noticed(part: str, position: int):
    with pytest.raises(Unreadable):
        decrypt(KEY, "cus_1", flipped(encrypt(KEY, "cus_1", TEXT), position))


def test_every_cut_of_a_token_is_noticed():
    token = encrypt(KEY, "cus_1", "да")
    for length in range(len(token)):
        with pytest.raises(Unreadable):
            decrypt(KEY, "cus_1", token[:length])


@pytest.mark.parametrize(
    "token", ["", "v1", "v1.", "v1..", "v2.cus_1.AAAA", "v1.cus_1.!!!", "v1.cus_1.ключ", "v1.cus_1.AAAA\n", "да"]
)
def test_what_is_no_token_is_refused_and_not_guessed(token: str):
    with pytest.raises(Unreadable):
        decrypt(KEY, "cus_1", token)


@pytest.mark.parametrize("token", ["", "v1", "v1.", "v1..", "v1.cus_1", "v2.cus_1.AAAA"])
def test_what_is_no_token_names_nobody(token: str):
    assert customer_of_token(token) is None


def test_a_dead_token_opens_under_no_key():
    assert customer_of_token(dead_token("cus_1")) == "cus_1"
    with pytest.raises(Unreadable):
        decrypt(KEY, "cus_1", dead_token("cus_1"))


@pytest.mark.parametrize("customer_id", ["", "a.b", "."])
def test_a_customer_id_that_would_make_tokens_ambiguous_is_refused(customer_id: str):
    with pytest.raises(ValueError, match="customer id"):
        encrypt(KEY, customer_id, TEXT)


def test_a_lone_surrogate_does_not_fail_the_neighbours():
    assert decrypt(KEY, "cus_1", encrypt(KEY, "cus_1", "a\ud800b")) == "a?b"


def test_a_data_key_is_wrapped_by_the_master_that_the_wrap_names():
    master = MasterKey(new_key())
    wrapped = wrap(master, "cus_1", KEY)
    assert wrapped.startswith(master.id + ".")
    assert unwrap([master], "cus_1", wrapped) == KEY


def test_after_a_rotation_old_wraps_still_open_and_the_old_master_alone_does_not_open_new_ones():
    old, new = MasterKey(new_key()), MasterKey(new_key())
    assert unwrap([old, new], "cus_1", wrap(old, "cus_1", KEY)) == KEY
    with pytest.raises(UnknownMaster):
        unwrap([old], "cus_1", wrap(new, "cus_1", KEY))


def test_a_missing_master_is_waited_for_and_never_taken_for_an_erasure():
    assert issubclass(UnknownMaster, TryAgain)
    assert not issubclass(UnknownMaster, Unreadable)


def test_a_wrapped_key_put_under_another_customer_does_not_unwrap():
    master = MasterKey(new_key())
    with pytest.raises(Unreadable):
        unwrap([master], "cus_2", wrap(master, "cus_1", KEY))


def test_a_wrapped_key_relabelled_as_another_masters_does_not_unwrap():
    first, second = MasterKey(new_key()), MasterKey(new_key())
    relabelled = wrap(first, "cus_1", KEY).replace(first.id, second.id)
    with pytest.raises(Unreadable):
        unwrap([first, second], "cus_1", relabelled)


def test_a_wrapped_key_is_no_token_and_a_token_no_wrapped_key():
    master = MasterKey(KEY)
    payload = wrap(master, "cus_1", new_key()).partition(".")[2]
    with pytest.raises(Unreadable):
        decrypt(KEY, "cus_1", f"v1.cus_1.{payload}")


def test_a_master_key_never_shows_itself():
    master = MasterKey(KEY)
    assert repr(KEY)[2:20] not in repr(master)
    assert master.id not in KEY.hex()


def test_a_master_key_of_another_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey(b"short")
