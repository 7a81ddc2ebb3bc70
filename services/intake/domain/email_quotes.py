"""What of a mail's text its writer wrote now: without the letter it answers, and without the signature.

A scanner over lines, in linear time: patterns over whole mails take square time and more on a megabyte of blank lines.
"""

import re
from typing import Final

_SEPARATOR: Final = re.compile(
    r"-{2,} ?(?:Original Message|Исходное сообщение|Оригинальное сообщение|Первоначальное сообщение) ?-{2,}|_{20,}$|-{20,}$", re.I
)
_FORWARDED: Final = re.compile(
    r"-{5,} ?(?:Forwarded message|Пересылаемое сообщение|Пересланное сообщение|Перенаправленное сообщение|Конец пересылаемого) ?",
    re.I,
)
_FIELD: Final = re.compile(r"[*\s]*(From|Sent|To|Subject|Date|Cc|От|От кого|Отправлено|Дата|Кому|Копия|Тема):[*\s]", re.I)
_WROTE: Final = re.compile(r"(?:wrote|пишет|писал|писала|написал|написала|написал\(а\)|писал\(а\))\s?:$", re.I)
_TIME: Final = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
_DATED: Final = re.compile(
    r"\d|On |(?:пн|вт|ср|чт|пт|сб|вс|понед|вторн|среда|четв|пятн|субб|воскр|mon|tue|wed|thu|fri|sat|sun)", re.I
)
_DATE: Final = re.compile(r"\b(?:19|20)\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
_FROM: Final = re.compile(r"<?[^\s<>@]{1,64}@[\w.-]{1,255}>?")
_SIGNATURE: Final = re.compile(
    r"--\s?$|(?:Sent from my |Sent from Mail|Sent via |Get Outlook for |Отправлено с |Отправлено из |Послано с )", re.I
)
_CLOSING: Final = re.compile(
    r"(?:С уважением|С наилучшими пожеланиями|Всего доброго"
    r"|Best regards|Kind regards|Regards|Yours sincerely|Sincerely|Yours faithfully)"
    r"\s?[,.!]?$",
    re.I,
)
_CLOSING_LINES: Final = 8
_HEADER_WIDTH: Final = 400


def own_words(text: str) -> str:
    """The text above the quoted letter; the whole text where nothing else is left, as in a forwarded complaint."""
    lines = text.strip().split("\n")
    start = _quote_start(lines)
    return _mine(lines[:start]) or _below(lines[start:]) or _mine([line.lstrip("> ") for line in lines])


def _mine(lines: list[str]) -> str:
    kept = [line for line in _without_signature(lines) if not line.startswith(">")]
    return "" if all(_FORWARDED.match(line) or not line.strip() for line in kept) else "\n".join(kept).strip()


def _below(lines: list[str]) -> str:
    """Who answers below the quoted lines: the words that are not quoted."""
    return _mine(lines[1:]) if any(line.startswith(">") for line in lines) else ""


def _quote_start(lines: list[str]) -> int:
    for index, line in enumerate(lines):
        bare = line.lstrip("> \t").rstrip()
        if bare and len(bare) <= _HEADER_WIDTH and _starts_quote(bare, lines, index):
            return index
    return len(lines)


def _starts_quote(bare: str, lines: list[str], index: int) -> bool:
    if _FORWARDED.match(bare):
        return any(line.strip() for line in lines[:index])
    if _SEPARATOR.match(bare):
        return any(letter.isalpha() for letter in bare) or _fields_after(lines, index + 1) >= 2
    if _FIELD.match(bare) and bare.lower().startswith(("from", "от", "*from", "*от")):
        return _fields_after(lines, index) >= 3
    return _is_attribution(bare, lines, index)


def _fields_after(lines: list[str], index: int) -> int:
    """How many header fields of a letter stand in the next lines."""
    return sum(bool(_FIELD.match(line.lstrip("> \t") + " ")) for line in lines[index : index + 7])


def _is_attribution(bare: str, lines: list[str], index: int) -> bool:
    """`On 3 March 2026, X wrote:` and its kin, over one line or wrapped over up to three."""
    joined = bare
    for following in ("", *lines[index + 1 : index + 3]):
        joined = f"{joined} {following.lstrip('> ').rstrip()}".strip()
        if joined.endswith(":"):
            break
    if not joined.endswith(":") or len(joined) > _HEADER_WIDTH:
        return False
    if not _DATE.search(bare) and not bare.startswith("On "):
        return False
    has_date, has_address = bool(_DATE.search(joined)), bool(_FROM.search(joined))
    starts_so = bool(_DATED.match(bare))
    return has_date and ((starts_so and bool(_WROTE.search(joined))) or (has_address and bool(_TIME.search(joined))))


def _without_signature(lines: list[str]) -> list[str]:
    """Without what a mail program adds; a closing line only near the end, so that no complaint is cut in the middle."""
    for index, line in enumerate(lines):
        bare = line.strip()
        if index and _SIGNATURE.match(bare):
            return lines[:index]
        if index and len(lines) - index <= _CLOSING_LINES and _CLOSING.match(bare):
            return lines[:index]
    return lines
