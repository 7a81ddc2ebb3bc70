"""A submission becomes a complaint."""

import json
from typing import Any

import pytest

from services.intake.domain.complaint import ComplaintState
from services.intake.domain.registration import Registration, register
from shared.contracts.events import ComplaintRegistered, SubmissionRejected
from shared.contracts.events.registered import MASKED_TEXT_BYTES
from shared.contracts.vocabulary import Channel, ContactKind, Flag, Language, RejectionReason
from tests.unit.intake.given import DAY, NOW, POLICY, a_submission, known

PERSONAL = ("Петров", "ivan@mail.ru", "9161234567", "4111", "photo-of-ivan", "crm-77", "conv-5")
FULL: dict[str, Any] = {
    "channel": "chat",
    "text": "Я Иван Петров, ivan@mail.ru, карта 4111 1111 1111 1111. Чайник течёт!",
    "subject": "Перезвоните 8 916 123-45-67",
    "customer": {"id": "crm-77", "name": "Иван Петров", "email": "ivan@mail.ru", "phone": "89161234567"},
    "conversation_id": "conv-5",
    "order": "4711",
    "attachments": [{"name": "photo-of-ivan.jpg", "media_type": "image/jpeg", "size": 5}],
    "brand": "Kettle & Co",
    "country": "RU",
    "product": "чайник, тел. 89161234567",
}


def registered(facts: dict[str, Any] | None = None, **said: Any) -> Registration:
    return register(a_submission(**said), known(**facts or {}), POLICY, NOW, "p1")


def test_a_complaint_is_registered_with_all_that_others_need() -> None:
    settled = registered(**FULL, received_at=NOW - DAY)
    (event,) = settled.say
    assert isinstance(event, ComplaintRegistered)
    assert event.masked_text == "Я Иван Петров, [email], карта [card]. Чайник течёт!"
    assert event.masked_subject == "Перезвоните [phone]"
    assert (event.received_at, event.registered_at, event.policy) == (NOW - DAY, NOW, "p1")
    assert (event.addressee.language, event.addressee.channel) == (Language.RU, Channel.CHAT)
    assert [contact.kind for contact in event.addressee.contacts] == [ContactKind.EMAIL, ContactKind.PHONE]
    assert (event.attachments, event.product, event.country) == (1, "чайник, тел. [phone]", "RU")
    assert settled.complaint.index()["state"] == "registered"


def test_everything_a_person_typed_is_sealed_and_listed_for_sealing() -> None:
    settled = registered(**FULL)
    complaint = settled.complaint
    assert complaint.text and complaint.subject and complaint.details and complaint.addressee.name
    assert complaint.text.plain == FULL["text"]
    details = json.loads(complaint.details.plain or "")
    assert details["order"] == "4711"
    assert details["customer_id"] == "crm-77"
    assert details["attachments"][0]["name"] == "photo-of-ivan.jpg"
    assert {sealed.customer_id for sealed in settled.seal} == {"u_1"}
    for number, sealed in enumerate(settled.seal):
        sealed.token = f"v1.u_1.{number}"  # what the platform does before it saves
    kept, said = complaint.model_dump_json(), settled.say[0].model_dump_json()
    assert not [
        word for word in PERSONAL if word in kept.replace("Иван Петров, [email]", "") + said.replace("Иван Петров, [email]", "")
    ]


def test_a_rejected_submission_is_kept_whole_with_its_reason() -> None:
    settled = registered(text="Спасибо!", customer={"email": "a@b.ru"})
    (event,) = settled.say
    assert isinstance(event, SubmissionRejected)
    assert (event.reason, event.rejected_at) == (RejectionReason.NOT_A_COMPLAINT, NOW)
    assert settled.complaint.state is ComplaintState.REJECTED
    assert settled.complaint.text is not None
    assert settled.complaint.addressee.contacts


def test_an_erased_customer_is_not_brought_back_by_a_replay() -> None:
    settled = registered({"erased": True}, **FULL)
    (event,) = settled.say
    assert isinstance(event, SubmissionRejected)
    assert event.reason is RejectionReason.CUSTOMER_ERASED
    assert settled.seal == ()
    kept = settled.complaint.model_dump_json()
    assert "чайник" not in kept.lower()
    assert not [word for word in PERSONAL if word in kept]


@pytest.mark.parametrize(
    ("said", "flag"),
    [
        ({"text": "nul\x00 here"}, Flag.CONTROL_CHARACTERS_REMOVED),
        ({"text": "bidi\u202e here"}, Flag.BIDI_MARKS_REMOVED),
        ({"subject": "bidi\u202e here"}, Flag.BIDI_MARKS_REMOVED),
        ({"channel": "hologram"}, Flag.UNKNOWN_CHANNEL),
        ({"customer": {"email": "nobody"}}, Flag.CONTACT_UNREADABLE),
        ({"received_at": 0}, Flag.RECEIVED_TOO_OLD),
        ({"text": "Ваш курьер идиот"}, Flag.ABUSIVE),
    ],
)
def test_what_was_mended_is_said(said: dict[str, Any], flag: Flag) -> None:
    (event,) = registered(**said).say
    assert isinstance(event, ComplaintRegistered)
    assert event.flags == (flag,)


@pytest.mark.parametrize("tail", ["", " 8 916 123-45-67", " ivan.petrov@mail.ru"])
def test_a_long_text_is_cut_to_64_kib_and_no_number_is_cut_in_two(tail: str) -> None:
    for shift in range(0, 24, 3):
        filling = "слово " * (MASKED_TEXT_BYTES // 11) + "x" * shift
        (event,) = registered(text=filling[: MASKED_TEXT_BYTES // 2 + 2_000] + tail * 500 + " конец " * 9_000).say
        assert isinstance(event, ComplaintRegistered)
        assert event.truncated
        assert Flag.TRUNCATED in event.flags
        assert len(event.masked_text.encode()) <= MASKED_TEXT_BYTES
        assert not any(letter.isdigit() for letter in event.masked_text)
        assert "ivan" not in event.masked_text


def test_the_whole_of_a_long_text_is_sealed() -> None:
    complaint = registered(text="слово " * 30_000).complaint
    assert complaint.text is not None
    assert len(complaint.text.plain or "") == 180_000


@pytest.mark.parametrize(
    ("said", "public"),
    [
        ({"channel": "social", "author_reach": 5000}, True),
        ({"channel": "social", "is_public": False}, False),
        ({"channel": "review", "rating": 1}, True),
        ({}, False),
    ],
)
def test_only_posts_and_reviews_are_public(said: dict[str, Any], public: bool) -> None:
    (event,) = registered(**said).say
    assert isinstance(event, ComplaintRegistered)
    assert (event.is_public, event.author_reach, event.rating) == (public, said.get("author_reach"), said.get("rating"))


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ({"language": "en-GB"}, Language.EN),
        ({"language": "RU"}, Language.RU),
        ({"language": "uk"}, Language.RU),
        ({"text": "The kettle leaks"}, Language.EN),
        ({"text": "4711", "subject": "Чайник течёт"}, Language.RU),
    ],
)
def test_the_language_is_the_senders_word_else_the_texts(said: dict[str, Any], language: Language) -> None:
    assert registered(**said).complaint.language is language


def test_only_an_id_of_ours_is_said_as_the_earlier_complaint() -> None:
    ours = "c_01m7bgbqz00123456789abcdef"
    assert registered(in_reply_to=ours).complaint.in_reply_to == ours
    foreign = registered(in_reply_to="<79161234567@mail>").complaint
    assert foreign.in_reply_to is None
    assert foreign.details is not None
    assert "79161234567" in (foreign.details.plain or "")
