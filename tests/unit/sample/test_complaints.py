"""The sample is what its description promises: valid, varied, bilingual, and the same for a seed."""

import re
from collections import Counter
from typing import Any

import phonenumbers
import pytest
from pydantic import TypeAdapter

from deploy.sample import complaints
from deploy.sample.book import FILES, book_of
from deploy.sample.chance import seeded
from deploy.sample.grammar import Filling
from deploy.sample.people import person_of, phone_of
from shared.contracts.events.submitted import VARIANTS, ComplaintSubmitted, Submission
from shared.contracts.vocabulary import Channel

SUBMITTED: TypeAdapter[Submission] = TypeAdapter(ComplaintSubmitted)
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
LATIN = re.compile("[a-z]", re.IGNORECASE)


@pytest.fixture(scope="module")
def sample() -> list[dict[str, Any]]:
    return complaints()


@pytest.fixture(scope="module")
def many() -> list[dict[str, Any]]:
    return complaints(2_000, seed=11)


def fresh(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records without the second sending of a double."""
    return list({(r["source"], r["source_id"]): r for r in records}.values())


def is_russian(text: str) -> bool:
    return len(CYRILLIC.findall(text)) > len(LATIN.findall(text))


@pytest.mark.parametrize("count", [0, 1, 10, 320, 500])
def test_as_many_records_come_as_were_asked_for(count: int) -> None:
    assert len(complaints(count)) == count


def test_every_payload_is_a_valid_submission_of_its_channel(many: list[dict[str, Any]]) -> None:
    for payload in many:
        assert type(SUBMITTED.validate_python(payload)) is VARIANTS[payload["channel"]]


def test_a_payload_holds_nothing_that_its_channel_does_not_know(many: list[dict[str, Any]]) -> None:
    for payload in many:
        fields = VARIANTS[payload["channel"]].model_fields
        assert set(payload) <= {field.alias or name for name, field in fields.items()}
        assert "received_at" not in payload


def test_all_seven_channels_speak_and_none_is_rare(sample: list[dict[str, Any]]) -> None:
    channels = Counter(payload["channel"] for payload in sample)
    assert set(channels) == set(VARIANTS)
    assert min(channels.values()) >= 12


def test_about_half_is_russian_for_any_seed() -> None:
    for seed in (1, 7, 42):
        texts = [payload["text"] for payload in complaints(seed=seed)]
        assert 0.45 <= sum(map(is_russian, texts)) / len(texts) <= 0.55


def test_no_two_texts_are_alike_however_many_are_asked_for(many: list[dict[str, Any]]) -> None:
    texts = ["".join(filter(str.isalnum, payload["text"].casefold())) for payload in fresh(many)]
    assert len(texts) == len(set(texts)) >= 1_950


def test_source_ids_are_never_used_for_another_text(many: list[dict[str, Any]]) -> None:
    assert len({r["source_id"] for r in many}) == len({r["text"] for r in many})


def test_about_one_record_in_fifty_is_an_exact_double_of_an_earlier_one(sample: list[dict[str, Any]]) -> None:
    first: dict[tuple[str, str], dict[str, Any]] = {}
    doubles = 0
    for payload in sample:
        key = (payload["source"], payload["source_id"])
        if key in first:
            doubles += 1
            assert payload == first[key]
        first.setdefault(key, payload)
    assert doubles == round(len(sample) * 0.02) > 0


def test_the_same_seed_gives_the_same_sample_and_another_seed_another(sample: list[dict[str, Any]]) -> None:
    assert complaints(seed=7) == sample
    assert complaints(seed=8) != sample


def test_what_a_reader_changes_in_one_record_changes_no_other(sample: list[dict[str, Any]]) -> None:
    records = complaints()
    for payload in records:
        payload.setdefault("customer", {})["name"] = "changed"
    assert complaints() == sample


def test_the_lengths_go_from_one_word_to_pages(sample: list[dict[str, Any]]) -> None:
    texts = [payload["text"] for payload in sample]
    assert sum(len(text.split()) == 1 for text in texts) >= 2
    assert sum(len(text) > 3_000 for text in texts) >= 4


@pytest.mark.parametrize(
    "pattern",
    [
        r"[\w.]+@example\.(com|org|ru)",
        r"\+7 907 \d{3}-\d\d-\d\d",
        r"\+44 \d+ \d+",
        r"(4000 ?00|2200 ?00)\d\d ?\d{4} ?\d{4}",
        r"00 00 \d{6}",
        r"😡",
        r"СКОЛЬКО МОЖНО!!!",
        r"[Оо]жог|кипяток",
        r"суд|Следственный",
        r"(?i)solicitor|court",
        r"(?i)journalist|column|podcast",
    ],
)
def test_the_sample_has_what_masking_and_triage_are_shown_by(sample: list[dict[str, Any]], pattern: str) -> None:
    assert any(re.search(pattern, payload["text"]) for payload in sample)


def test_addresses_are_of_reserved_domains_only(many: list[dict[str, Any]]) -> None:
    addresses = re.findall(r"[\w.+-]+@([\w.-]+\w)", " ".join(str(payload) for payload in many))
    assert set(addresses) <= {"example.com", "example.org", "example.ru", "mail.example.org"}


@pytest.mark.parametrize("country", ["RU", "GB", "US"])
def test_telephone_numbers_are_well_formed_and_no_two_customers_share_one(country: str) -> None:
    numbers = [phone_of(country, n) for n in range(1, 2_200)]
    assert len(set(numbers)) == len(numbers)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(n)) for n in numbers)


def test_most_customers_can_be_reached_by_mail_and_some_are_nameless(sample: list[dict[str, Any]]) -> None:
    with_mail = sum(bool(payload.get("customer", {}).get("email")) for payload in sample)
    nameless = sum("customer" not in payload for payload in sample)
    assert with_mail / len(sample) > 0.65
    assert 3 <= nameless <= 40


def test_some_customers_write_again_and_name_their_earlier_message(sample: list[dict[str, Any]]) -> None:
    known: dict[str, str] = {}
    for payload in fresh(sample):
        if "in_reply_to" in payload:
            assert known[payload["in_reply_to"]] == payload["customer"]["email"]
        known[payload["source_id"]] = payload.get("customer", {}).get("email", "")
    mails = Counter(mail for mail in known.values() if mail)
    assert sum(count > 1 for count in mails.values()) >= 15
    assert any("in_reply_to" in payload for payload in sample)


def test_automatic_mail_says_that_it_is(many: list[dict[str, Any]]) -> None:
    automatic = [p for p in many if re.search("автоматический ответ|automatic reply", p["text"])]
    assert automatic
    assert all(payload["automatic"] is True for payload in automatic)


@pytest.mark.parametrize("tongue", FILES)
def test_there_are_sixty_bodies_a_language_and_every_one_can_be_told(tongue: Any) -> None:
    book = book_of(tongue)
    assert len(book.bodies) >= 60
    assert len({body.id for body in book.bodies}) == len(book.bodies)
    for number, body in enumerate(book.bodies, 1):
        for speaker in ("male", "female"):
            rng = seeded(body.id, speaker)
            person = person_of(book, tongue, number, rng, body.speaker or speaker)
            filling = Filling(book, body, person, rng, {"about": "…"})
            told = [filling.fill(body.text), filling.fill(body.about), *map(filling.fill, sum(body.slots.values(), ()))]
            assert not any(re.search(r"[{}|~]|\.\.$|\bNone\b", text) for text in told), body.id


@pytest.mark.parametrize("tongue", FILES)
def test_no_body_carries_a_slot_that_its_text_does_not_use(tongue: Any) -> None:
    for body in book_of(tongue).bodies:
        wanted = " ".join([body.text, body.about, *sum(body.slots.values(), ())]).lower()
        assert all("{" + name + "}" in wanted for name in body.slots), body.id


@pytest.mark.parametrize("tongue", FILES)
def test_every_body_is_for_channels_that_exist(tongue: Any) -> None:
    assert {channel for body in book_of(tongue).bodies for channel in body.on} == set(Channel) - {Channel.OTHER}
