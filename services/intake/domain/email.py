"""A mail as a complaint."""

import hashlib
from email import message_from_bytes
from email.message import Message
from typing import Any, Final

from services.intake.domain.email_body import attachments_of, leaves, words_of_parts
from services.intake.domain.email_headers import addresses, header, is_automatic, message_ids, sent_at
from services.intake.domain.email_quotes import own_words
from shared.contracts.errors import Problem, Unprocessable
from shared.text.cleaning import clean

MOST_BYTES: Final = 25_000_000
_MOST_BOUNDARIES: Final = 200
_MOST_DELIMITERS: Final = 20_000
_MOST_TEXT: Final = 500_000
_NO_TEXT: Final = "-"


def submission_of_email(raw: bytes) -> dict[str, Any]:
    """The fields of an `EmailComplaint` from the bytes of a mail; `Unprocessable` when it is no mail or beyond all measure."""
    mail = _parsed(raw)
    parts = leaves(mail)
    subject = clean(header(mail, "Subject")).text
    text = own_words(clean(words_of_parts(parts)[:_MOST_TEXT]).text)
    message_id = next(iter(message_ids(header(mail, "Message-ID"))), "")
    fields = {
        "channel": "email",
        "source_id": message_id if 0 < len(message_id) <= 300 else f"mail-{hashlib.sha256(raw).hexdigest()[:32]}",
        "message_id": message_id[:998] or None,
        "subject": subject[:300] or None,
        "text": text or subject or _NO_TEXT,
        "customer": _customer(mail),
        "to": next((address[:320] for _, address in addresses(mail, "To")), None),
        "received_at": sent_at(mail),
        "in_reply_to": next((found[:300] for found in message_ids(header(mail, "In-Reply-To"))), None),
        "automatic": is_automatic(mail),
        "attachments": attachments_of(parts),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _parsed(raw: bytes) -> Message:
    """The mail as a tree; counted before, since the parser takes long over what is built to take long."""
    if len(raw) > MOST_BYTES:
        raise _wrong("mail_too_large", "is larger than 25 MB", "send the text without its attachments")
    if raw.lower().count(b"boundary=") > _MOST_BOUNDARIES or raw.count(b"\n--") > _MOST_DELIMITERS:
        raise _wrong("mail_too_many_parts", "has too many parts", "forward the text itself")
    try:
        mail = message_from_bytes(raw)
    except (RecursionError, ValueError, AssertionError):
        raise _wrong("mail_unreadable", "cannot be taken apart", "forward the text itself") from None
    if not mail.keys():
        raise _wrong("mail_unreadable", "has no headers, so it is no mail", "send the mail as it was received (.eml)")
    return mail


def _wrong(reason: str, message: str, remedy: str) -> Unprocessable:
    return Unprocessable(reason, [Problem("", message, remedy)])


def _customer(mail: Message) -> dict[str, Any]:
    """Whom to answer: the sender; a form on a site writes as itself and names the customer in `Reply-To`."""
    senders, replies = addresses(mail, "From"), addresses(mail, "Reply-To")
    people = senders + replies
    name = next((clean(spoken).text for spoken, _ in (replies or senders) if spoken), "")
    customer: dict[str, Any] = {"name": name[:300]} if name else {}
    if senders:
        customer["email"] = senders[0][1][:320]
    others = {address[:320] for _, address in people} - {customer.get("email")}
    if others:
        customer["contacts"] = [{"kind": "email", "value": address} for address in sorted(others)][:20]
    return customer
