"""Whether two submissions say the same, and who sent them."""

from typing import Any

import pytest

from services.intake.domain.fingerprint import ensure_same, fingerprint_of
from services.intake.domain.identity import complaint_id_for, is_complaint_id, source_key
from services.intake.domain.source import channel_of, source_of
from shared.contracts.errors import Unprocessable
from shared.contracts.vocabulary import Channel
from tests.unit.intake.given import NOW, SECRET, a_submission


@pytest.mark.parametrize("retry", [{}, {"received_at": NOW}, {"source": "another key"}, {"unknown": 1}, {"attachments": []}])
def test_an_honest_retry_has_the_same_fingerprint(retry: dict[str, Any]) -> None:
    assert fingerprint_of(SECRET, a_submission(**retry)) == fingerprint_of(SECRET, a_submission())


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Чайник не течёт."},
        {"order": "4711"},
        {"customer": {"email": "a@b.ru"}},
        {"channel": "chat"},
        {"page_url": "https://shop.example"},
        {"attachments": [{"name": "photo.jpg"}]},
    ],
)
def test_another_text_has_another_fingerprint(other: dict[str, Any]) -> None:
    assert fingerprint_of(SECRET, a_submission(**other)) != fingerprint_of(SECRET, a_submission())


def test_a_fingerprint_needs_the_secret() -> None:
    assert fingerprint_of(SECRET, a_submission()) != fingerprint_of(b"another", a_submission())


def test_a_reused_source_id_is_refused_with_a_remedy() -> None:
    ensure_same("f1", "f1")
    with pytest.raises(Unprocessable) as refused:
        ensure_same("f1", "f2")
    assert (refused.value.reason, refused.value.problems[0].field) == ("source_id_reused", "source_id")
    assert "new source_id" in refused.value.problems[0].remedy


def test_the_source_is_what_the_sender_says_else_the_key_else_the_event_else_the_channel() -> None:
    assert source_of(a_submission(source=" crm\x00 "), "key", "/ce") == "crm"
    assert source_of(a_submission(), "key", "/ce") == "key"
    assert source_of(a_submission(), None, "/ce") == "/ce"
    assert source_of(a_submission()) == "web"


def test_a_channel_of_tomorrow_is_other_and_still_a_source() -> None:
    submission = a_submission(channel="hologram")
    assert channel_of(submission) is Channel.OTHER
    assert source_of(submission) == "hologram"


def test_complaint_ids_sort_by_time_and_are_recognised() -> None:
    key = source_key(SECRET, "shop", "4711")
    first, later = complaint_id_for(NOW, key), complaint_id_for(NOW + 1, key)
    assert first < later
    assert is_complaint_id(first)
    assert not any(is_complaint_id(text) for text in ("", "<abc@mail>", "c_" + "я" * 26, first + "0"))
    assert key != source_key(SECRET, "shop4", "711")
