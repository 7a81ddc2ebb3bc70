"""A mail becomes a complaint."""

from email.message import EmailMessage
from typing import Any

import pytest

from services.intake.domain.email import submission_of_email
from shared.contracts.errors import Unprocessable
from tests.unit.intake.given import a_submission

TEXT = "Здравствуйте! Товар пришёл сломанным, деньги не возвращают уже неделю."


def read(raw: bytes | str) -> dict[str, Any]:
    fields = submission_of_email(raw if isinstance(raw, bytes) else raw.encode())
    a_submission(**fields)  # it is valid
    return fields


def a_mail(*headers: str, body: bytes = b"The kettle leaks") -> bytes:
    return "\r\n".join(("From: Ivan <ivan@mail.example>", *headers, "", "")).encode() + body


def test_a_mail_with_a_photo_gives_all_fields() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Иван Петров <Ivan@mail.example>", "help@shop.example", "Заказ 4711 сломан"
    mail["Message-ID"], mail["Date"], mail["In-Reply-To"] = (
        "<abc@x.example>",
        "Tue, 03 Mar 2026 14:02:00 +0300",
        "<first@x.example>",
    )
    mail.set_content(f"{TEXT}\n\nС уважением,\nИван")
    mail.add_attachment(b"123", maintype="image", subtype="jpeg", filename="фото чека.jpg")
    assert read(mail.as_bytes()) == {
        "channel": "email",
        "source_id": "abc@x.example",
        "message_id": "abc@x.example",
        "subject": "Заказ 4711 сломан",
        "text": TEXT,
        "customer": {"name": "Иван Петров", "email": "Ivan@mail.example"},
        "to": "help@shop.example",
        "received_at": "2026-03-03T14:02:00+03:00",
        "in_reply_to": "first@x.example",
        "automatic": False,
        "attachments": [{"name": "фото чека.jpg", "media_type": "image/jpeg", "size": 3}],
    }


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("cp1251", "windows-1251"),
        ("koi8_r", "koi8-r"),
        ("cp1251", ""),
        ("koi8_r", ""),
        ("cp866", ""),
        ("utf-8", ""),
        ("cp1251", "iso-8859-1"),
        ("cp1251", "utf-8"),
        ("utf-8", "us-ascii"),
        ("cp1251", "win-1251"),
        ("utf-8", "nonsense"),
        ("utf-16", "utf-16"),
    ],
)
def test_russian_is_read_in_any_charset_declared_or_not(encoding: str, declared: str) -> None:
    kind = f"Content-Type: text/plain; charset={declared}" if declared else "Content-Type: text/plain"
    assert read(a_mail(kind, "Content-Transfer-Encoding: 8bit", body=TEXT.encode(encoding)))["text"] == TEXT


def test_bare_eight_bit_headers_are_read() -> None:
    raw = b"From: a@b.example\r\nSubject: " + "Заказ не пришёл".encode("cp1251") + b"\r\n\r\ntext"
    assert read(raw)["subject"] == "Заказ не пришёл"


def test_western_letters_stay_western() -> None:
    body = "Café crème à la carte was cold".encode("latin-1")
    assert read(a_mail("Content-Type: text/plain; charset=iso-8859-1", body=body))["text"] == "Café crème à la carte was cold"


def test_html_becomes_text_without_the_quoted_letter() -> None:
    html = '<style>p{}</style><p>Товар <b>сломан</b></p><div class="gmail_quote">old<blockquote>letter</blockquote></div>'
    assert read(a_mail("Content-Type: text/html; charset=utf-8", body=html.encode()))["text"] == "Товар сломан"


def test_html_that_is_nested_too_deep_keeps_its_words() -> None:
    body = b"<div>" * 50_000 + "Товар сломан".encode()
    assert read(a_mail("Content-Type: text/html; charset=utf-8", body=body))["text"] == "Товар сломан"


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <news.shop.example>", "X-Autoreply: yes", "Return-Path: <>"],
)
def test_a_mail_of_a_program_is_automatic(header: str) -> None:
    assert read(a_mail(header))["automatic"] is True


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "Precedence: normal", "X-Priority: 1"])
def test_a_mail_of_a_person_is_not(header: str) -> None:
    assert read(a_mail(header))["automatic"] is False


def test_a_form_names_the_customer_in_reply_to() -> None:
    customer = read("From: Form <noreply@shop.example>\r\nReply-To: Anna <anna@mail.example>\r\n\r\nhi")["customer"]
    assert customer == {
        "name": "Anna",
        "email": "noreply@shop.example",
        "contacts": [{"kind": "email", "value": "anna@mail.example"}],
    }


def test_without_a_message_id_the_same_mail_still_is_the_same() -> None:
    assert read(a_mail())["source_id"] == read(a_mail())["source_id"] != read(a_mail(body=b"other"))["source_id"]


def test_a_mail_without_words_says_its_subject() -> None:
    assert read(a_mail("Subject: Broken kettle", body=b"\r\n"))["text"] == "Broken kettle"


@pytest.mark.parametrize(
    "raw",
    [
        a_mail("Subject: =?x-unknown?q?=ff?= =?utf-8?B?0JfQsNC60LDQtw?=", "Date: nonsense", "Message-ID: <" + "x" * 2000 + ">"),
        a_mail("Content-Transfer-Encoding: base64", body=b"!!! not base64"),
        a_mail("Reply-To: " + "(" * 9000 + "a@b.example"),
        a_mail("To: " + "a@b.example, " * 5000),
        a_mail("Content-Type: multipart/mixed; boundary=b", body=b"--b\r\n\r\nhi\r\n" * 15_000),
        a_mail("Content-Type: multipart/mixed", body=b"no boundary"),
        a_mail(body=b"\x00\xff\xfe" * 1000),
        b"From: a@b.example\r\n"
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(190))
        + b"\r\nhi",
    ],
)
def test_a_broken_mail_still_is_a_valid_submission(raw: bytes) -> None:
    assert read(raw)["channel"] == "email"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "mail_unreadable"),
        (b"just a text\r\n\r\nwithout headers", "mail_unreadable"),
        (a_mail(body=b"boundary=" * 300), "mail_too_many_parts"),
        (a_mail(body=b"\n--b" * 30_000), "mail_too_many_parts"),
        (a_mail(body=b"x" * 25_000_001), "mail_too_large"),
    ],
    ids=["empty", "no headers", "boundaries", "delimiters", "size"],
)
def test_what_is_no_mail_or_beyond_measure_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        submission_of_email(raw)
    assert refused.value.reason == reason
    assert refused.value.problems[0].remedy
