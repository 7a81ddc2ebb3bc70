"""Parked records come back byte for byte, and tell nothing to whoever holds only the store."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.errors import Problem, Unprocessable
from shared.contracts.topics import RECORD_BYTES
from shared.platform.crypto import Unreadable, new_key
from shared.platform.parked import CUT_BYTES, ENVELOPE_BYTES, DlqCipher, export_of, park
from shared.platform.processor.decode import Record

CIPHER = DlqCipher(bytes(range(32)))
WORDS = "Меня зовут Анна, мой адрес anna@example.com".encode()
raw = st.none() | st.binary(max_size=200)


def record(value: bytes | None, headers: list[tuple[str, bytes | None]] | None = None, key: bytes | None = b"shop-1") -> Record:
    return Record("complaints.submitted.v1", 3, 41, key, value, headers or [])


@given(raw, st.lists(st.tuples(st.text(max_size=20), raw), max_size=5), raw)
def test_every_record_comes_back_byte_for_byte(key: bytes | None, headers: list[tuple[str, bytes | None]], value: bytes | None):
    unpacked = CIPHER.unpack(CIPHER.pack(key, headers, value))
    assert (unpacked.key, list(unpacked.headers), unpacked.value) == (key, headers, value)


def test_a_parked_record_says_where_it_came_from_and_why_but_not_what_it_held():
    error = Unprocessable("broken_json", [Problem("customer.email", "not valid JSON near line 3", "check quotes")])
    parked = park(record(WORDS, [("ce_type", b"x")]), error, CIPHER, at=1_760_000_000_000)
    assert (parked.topic, parked.partition, parked.offset, parked.at) == ("complaints.submitted.v1", 3, 41, 1_760_000_000_000)
    assert (parked.state, parked.outcome, parked.attempts, parked.cut) == ("parked", "", 0, False)
    assert parked.reason == "broken_json"
    assert [(f.field, f.message, f.remedy) for f in parked.fields] == [
        ("customer.email", "not valid JSON near line 3", "check quotes")
    ]
    assert parked.size == len(WORDS) + len(b"shop-1") + len("ce_type") + 1
    assert "Анна" not in parked.model_dump_json()
    assert WORDS not in base64.b64decode(parked.cipher)
    assert CIPHER.unpack(parked.cipher).value == WORDS


@pytest.mark.parametrize("field", ["anna@example.com", "Анна Иванова", "4276 1234", "x" * 200])
def test_a_field_name_that_a_stranger_made_up_is_not_kept_in_plain(field: str):
    parked = park(record(b"{}"), Unprocessable("duplicate_key", [Problem(field, "a key stands twice")]), CIPHER, at=0)
    assert parked.fields[0].field == ""
    assert field not in parked.model_dump_json()


def test_equal_poison_has_an_equal_digest_that_needs_the_key_to_be_guessed():
    same, other = CIPHER.digest(WORDS), DlqCipher(new_key()).digest(WORDS)
    assert same == CIPHER.digest(WORDS) != CIPHER.digest(WORDS + b" ")
    assert same != other


def test_a_record_of_the_largest_input_is_kept_whole_and_fits_the_export():
    parked = park(record(bytes(1_000_000)), Unprocessable("wrong_shape"), CIPHER, at=0)
    assert not parked.cut
    assert len(base64.b64decode(parked.cipher)) <= RECORD_BYTES - ENVELOPE_BYTES


@pytest.mark.parametrize(
    "too_large",
    [
        record("я".encode() * 800_000),
        record(b"{}", [(f"h{i}", bytes(100_000)) for i in range(15)]),
        record(b"{}", key=bytes(1_500_000)),
        record(bytes(RECORD_BYTES)),
    ],
    ids=["value", "headers", "key", "just over"],
)
def test_of_a_record_that_is_too_large_only_the_beginning_stays_with_its_size_and_digest(too_large: Record):
    parked = park(too_large, Unprocessable("too_large"), CIPHER, at=0)
    kept = CIPHER.unpack(parked.cipher)
    assert parked.cut
    assert parked.size > RECORD_BYTES - ENVELOPE_BYTES
    assert parked.digest == CIPHER.digest(too_large.value)
    assert kept.value == (too_large.value or b"")[:CUT_BYTES]
    assert kept.key == (too_large.key or b"")[:CUT_BYTES]
    assert len(base64.b64decode(parked.cipher)) < 4 * CUT_BYTES


def test_the_export_is_the_same_cipher_with_its_origin_and_reason_and_no_words():
    parked = park(record(WORDS), Unprocessable("broken_json"), CIPHER, at=7)
    entry = export_of("intake", "topic/e/complaints.submitted.v1/3/41", parked)
    assert (entry["topic"], entry["key"]) == ("intake.dlq", "topic/e/complaints.submitted.v1/3/41")
    assert {("dlq-origin", "complaints.submitted.v1/3/41"), ("dlq-reason", "broken_json"), ("dlq-at", "7")} <= set(
        entry["headers"]
    )
    assert CIPHER.unpack(entry["body"]).value == WORDS
    assert "Анна" not in str(entry)


def test_a_record_without_key_value_or_headers_can_be_parked():
    parked = park(Record("t", 0, 0, None, None, ()), Unprocessable("empty_body"), CIPHER, at=0)
    assert CIPHER.unpack(parked.cipher).value is None
    assert parked.size == 0


def test_another_key_does_not_open_it():
    with pytest.raises(Unreadable):
        DlqCipher(new_key()).unpack(CIPHER.pack(None, [], WORDS))


@pytest.mark.parametrize("position", [0, 11, 12, 40, -1])
def test_one_turned_bit_is_noticed(position: int):
    changed = bytearray(base64.b64decode(CIPHER.pack(None, [], WORDS)))
    changed[position] ^= 1
    with pytest.raises(Unreadable):
        CIPHER.unpack(base64.b64encode(bytes(changed)).decode())


@pytest.mark.parametrize("cipher", ["", "AAAA", "не шифр", "A" * 12, "A" * 64])
def test_what_is_no_cipher_is_refused(cipher: str):
    with pytest.raises(Unreadable):
        CIPHER.unpack(cipher)


def test_a_dlq_key_of_another_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        DlqCipher(b"short")
