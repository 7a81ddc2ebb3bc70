"""The words and the attachments in the parts of a mail."""

import html
import re
from collections.abc import Iterator
from email.message import Message
from typing import Any, Final

import html_text
from lxml.etree import LxmlError  # no stubs are published with it

from services.intake.domain.email_charset import decoded
from services.intake.domain.email_headers import readable

MOST_PARTS: Final = 100
_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
_MOST_HTML: Final = 1_000_000
_QUOTES: Final = (
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' gmail_quote ')] | //blockquote[@type='cite']"
    " | //*[@id='divRplyFwdMsg'] | //*[@id='divRplyFwdMsg']/following-sibling::* | //*[@id='appendonsend']/following-sibling::*"
)


def leaves(mail: Message) -> list[Message]:
    """The parts that hold something, at most a hundred of them."""
    found: list[Message] = []
    for part in _walk(mail):
        if len(found) == MOST_PARTS:
            break
        found.append(part)
    return found


def _walk(mail: Message) -> Iterator[Message]:
    """In order, without recursion: a mail may be nested deeper than the stack."""
    waiting: list[Any] = [mail]
    while waiting:
        part = waiting.pop()
        inner = part.get_payload()
        if part.is_multipart() and isinstance(inner, list) and part.get_content_type() != "message/rfc822":
            waiting.extend(reversed(inner))
        else:
            yield part


def words_of_parts(parts: list[Message]) -> str:
    """The plain text of a mail; from its HTML where there is no other."""
    plain = [_text(part) for part in parts if part.get_content_type() == "text/plain" and not _is_attachment(part)]
    if any(text.strip() for text in plain):
        return "\n".join(plain)
    return "\n".join(
        _of_html(_text(part)) for part in parts if part.get_content_type() == "text/html" and not _is_attachment(part)
    )


def attachments_of(parts: list[Message]) -> list[dict[str, Any]]:
    """Name, media type and size (bytes) of each attachment."""
    return [
        {"name": _name(part)[:300] or "attachment", "media_type": part.get_content_type()[:300], "size": len(_payload(part))}
        for part in parts
        if _is_attachment(part) or part.get_content_maintype() != "text"
    ]


def _is_attachment(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _name(part: Message) -> str:
    return readable(str(part.get_filename() or "")).strip()


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    return decoded(_payload(part), part.get_content_charset())


def _of_html(page: str) -> str:
    """The text of a page without the letter that it quotes; with it where nothing else is left."""
    if not page.strip():
        return ""
    try:
        tree = html_text.parse_html(page[:_MOST_HTML])
        whole = str(html_text.extract_text(tree))
        for quote in tree.xpath(_QUOTES):
            quote.drop_tree()
        found = str(html_text.extract_text(tree)) or whole
    except (LxmlError, RecursionError, ValueError, AssertionError):
        found = ""
    # The parser gives up on tags that are nested hundreds deep; their words are still there.
    return found or html.unescape(_TAG.sub(" ", page)).strip()
