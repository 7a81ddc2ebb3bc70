"""Words, names, tokens and links: the small things that every event is made of."""

import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts import vocabulary
from shared.contracts.events import BY_TYPE, SAID, Event
from shared.contracts.identity import digest, keyed_digest, time_ordered_id
from shared.contracts.links import read_tracking_token, tracking_token
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import Word
from tests.builders import a_registered

WORDS = [c for _, c in inspect.getmembers(vocabulary, inspect.isclass) if issubclass(c, Word) and c is not Word]
PARTS = st.lists(st.text(max_size=5) | st.integers(), max_size=4)


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.__name__)
def test_every_vocabulary_reads_a_word_of_tomorrow_as_other(words: type[Word]) -> None:
    assert words("a word of tomorrow").value == "other"


@pytest.mark.parametrize("event", SAID, ids=lambda event: event.__name__)
def test_an_event_is_found_by_its_type_and_keyed_by_a_required_field(event: type[Event]) -> None:
    assert BY_TYPE[event.type_name()] is event
    assert event.model_fields[event.key_field].is_required()


@pytest.mark.parametrize("event", SAID, ids=lambda event: event.__name__)
def test_every_event_says_in_one_sentence_what_happened(event: type[Event]) -> None:
    assert (inspect.getdoc(event) or "").splitlines()[0].endswith(".")


def test_an_erased_customers_complaint_keeps_its_ids_and_no_words() -> None:
    registered = a_registered(masked_text="The kettle leaks.", masked_subject="Kettle")
    forgotten = registered.forgotten()
    assert (forgotten.masked_text, forgotten.masked_subject, forgotten.addressee.contacts) == ("", "", ())
    assert forgotten.complaint_id == registered.complaint_id
    assert forgotten.addressee.customer_id == registered.addressee.customer_id


@settings(deadline=None)
@given(PARTS, PARTS)
def test_two_lists_of_parts_have_one_digest_only_if_they_are_the_same(one: list[str | int], two: list[str | int]) -> None:
    same = [str(part) for part in one] == [str(part) for part in two]
    assert (digest(*one) == digest(*two)) is same
    assert (keyed_digest(b"k", *one) == keyed_digest(b"k", *two)) is same


def test_a_keyed_digest_cannot_be_made_without_the_secret() -> None:
    assert len({digest("a"), keyed_digest(b"one", "a"), keyed_digest(b"two", "a")}) == 3


@settings(deadline=None)
@given(st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1))
def test_ids_sort_by_their_instant(early: int, late: int) -> None:
    tail = digest("x")
    assert (time_ordered_id("c", early, tail) < time_ordered_id("c", late, tail)) is (early < late)


def test_a_sealed_text_shows_nothing_and_cannot_leave_before_it_is_sealed() -> None:
    text = Sealed("u_1", plain="+7 900 000-00-17")
    assert "900" not in repr(text)
    addressee = a_registered().addressee.model_copy(update={"name": text})
    with pytest.raises(ValueError, match="before it was sealed"):
        addressee.model_dump_json()
    text.token = "v1.u_1.abc"
    assert '"name":"v1.u_1.abc"' in addressee.model_dump_json()


def test_a_token_names_its_customer() -> None:
    registered = a_registered()
    read = type(registered).model_validate_json(registered.model_dump_json())
    assert read.addressee.contacts[0].address.customer_id == "cus_1"


def test_a_tracking_link_opens_its_complaint_and_no_other() -> None:
    token = tracking_token(b"secret", "c_1")
    assert token == tracking_token(b"secret", "c_1")
    assert read_tracking_token(b"secret", token) == "c_1"
    wrong = ["", ".", "c_1", token[:-1], token.upper(), token.replace("c_1", "c_2"), f"{token}é", "x" * 500, f" {token}"]
    assert [read_tracking_token(b"secret", one) for one in wrong] == [None] * len(wrong)
    assert read_tracking_token(b"another", token) is None
