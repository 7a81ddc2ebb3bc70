"""What the headers of a mail say, as text, however they are spelled."""

import binascii
import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final

from services.intake.domain.email_charset import decoded

_BARE: Final = re.compile(r"[\w.+-]{1,64}+@[\w.-]{1,255}")
_LONGEST: Final = 10_000
_AUTOMATIC: Final = frozenset(("bulk", "list", "junk", "auto_reply"))


def header(mail: Message, name: str) -> str:
    """The first header of that name, decoded, on one line; empty when it is missing."""
    wanted = name.lower()
    for found, value in mail.raw_items():
        if found.lower() == wanted:
            return " ".join(readable(str(value)[:_LONGEST]).split())
    return ""


def readable(value: str) -> str:
    """A raw header value as text: encoded words decoded, bare 8-bit bytes read by the likeliest charset."""
    raw = value.encode("utf-8", "surrogateescape")
    if not raw.isascii():
        return decoded(raw, None)
    try:
        parts = decode_header(value.replace("\r", "").replace("\n", " "))
    except (HeaderParseError, binascii.Error, ValueError):
        return value
    return "".join(decoded(part, charset) if isinstance(part, bytes) else part for part, charset in parts)


def addresses(mail: Message, name: str) -> list[tuple[str, str]]:
    """Pairs of name and address in a header."""
    value = next((str(value) for found, value in mail.raw_items() if found.lower() == name.lower()), "")[:_LONGEST]
    try:
        pairs = getaddresses([value.replace("\r", "").replace("\n", " ")])
    except (RecursionError, IndexError, ValueError):
        pairs = [("", address) for address in _BARE.findall(value)]
    return [(" ".join(readable(spoken).split()), readable(address).strip()) for spoken, address in pairs if "@" in address]


def sent_at(mail: Message) -> str | None:
    """The `Date` header as ISO 8601, in UTC where it names no zone; None when it cannot be read."""
    try:
        date = parsedate_to_datetime(header(mail, "Date"))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return date.isoformat() if date.tzinfo else date.isoformat() + "+00:00"


def is_automatic(mail: Message) -> bool:
    """Whether a program wrote it: nobody complains, and nobody wants an answer."""
    submitted = header(mail, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    if header(mail, "Precedence").lower() in _AUTOMATIC or header(mail, "Return-Path") == "<>":
        return True
    return any(header(mail, name) for name in ("List-Id", "X-Autoreply", "X-Autorespond"))


def message_ids(value: str) -> list[str]:
    """The ids in a `Message-ID`, `In-Reply-To` or `References` header, without their brackets."""
    return [part.strip("<>") for part in value.replace("><", "> <").split() if part.strip("<>")]
