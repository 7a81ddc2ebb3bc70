"""What an erasure leaves behind, where, and until when: said honestly, for the customer and the regulator."""

from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.topics import ALL, DAY_MS, REGISTERED, SUBMITTED, TRIAGED, Topic

SEGMENT_MS = 7 * DAY_MS
"""Kafka's default for `segment.ms`: only a closed segment is deleted, so a record can outlive its retention by this."""


class Remainder(StrEnum):
    """What can remain of an erased customer."""

    RAW_WORDS = "raw_words"
    MASKED_TEXT = "masked_text"
    TERMS = "terms"
    IDS = "ids"
    PARKED = "parked"
    STUB = "stub"
    SERVER_LOG = "server_log"
    LETTERS = "letters"
    BACKUP = "backup"


READABLE = (
    Remainder.RAW_WORDS,
    Remainder.MASKED_TEXT,
    Remainder.TERMS,
    Remainder.SERVER_LOG,
    Remainder.LETTERS,
    Remainder.BACKUP,
)


@dataclass(frozen=True, slots=True)
class Remains:
    """One place where something of an erased customer remains."""

    where: str
    """A topic, or `stores`, `parked`, `database log`, `letters`, `backups`."""
    what: Remainder
    readable: bool
    """True where words or contacts can be read there, by whoever may read the place at all."""
    until: int | None
    """The last instant (ms) at which it can still be there; None: no end is set here."""
    note_en: str
    note_ru: str


_NOTES: dict[Remainder, tuple[str, str]] = {
    Remainder.RAW_WORDS: (
        "the message as the upstream system sent it",
        "сообщение в том виде, в каком его прислала внешняя система",
    ),
    Remainder.MASKED_TEXT: (
        "the text with personal data masked; sealed contacts, which nobody can open any more",
        "текст со скрытыми личными данными; зашифрованные контакты, которые уже никто не откроет",
    ),
    Remainder.TERMS: (
        "which terms of the policy were found in the text, such as `injury` or `refund`, beside pseudonymous ids",
        "какие слова из правил нашлись в тексте, например `травма` или `возврат`, и обезличенные идентификаторы",
    ),
    Remainder.IDS: (
        "pseudonymous ids, and sealed texts that nobody can open any more",
        "обезличенные идентификаторы и зашифрованные тексты, которые уже никто не откроет",
    ),
    Remainder.PARKED: (
        "encrypted records that could not be read; whether one is this customer's cannot be told without reading them",
        "зашифрованные неразобранные записи; относятся ли они к этому клиенту, без прочтения узнать нельзя",
    ),
    Remainder.STUB: (
        "the customer id and the instant of erasure, so that a replay or a restored backup brings nobody back",
        "идентификатор клиента и время удаления, чтобы повтор или восстановленная копия не вернули данные",
    ),
    Remainder.SERVER_LOG: (
        "with MongoDB: what documents held before, in the server's oplog and journal, until it writes over them",
        "с MongoDB: прежнее содержимое документов в oplog и журнале сервера, пока он их не перезапишет",
    ),
    Remainder.LETTERS: (
        "letters that were sent: with the recipient, in mail systems, and in the folder of the file transport if it is used",
        "отправленные письма: у получателя, в почтовых системах и в папке файлового транспорта, если он включён",
    ),
    Remainder.BACKUP: (
        "backups made before; once restored they are erased again at start",
        "ранее сделанные резервные копии; после восстановления удаление применяется заново при запуске",
    ),
}


def remains(at: int, backup_days: int | None = None, segment_ms: int = SEGMENT_MS, parked_days: int = 0) -> list[Remains]:
    """Everything that remains of a customer erased at an instant (ms), readable words first.

    `backup_days`: how long backups are kept, None where nobody said; `segment_ms`: of the Kafka cluster; `parked_days`: how
    long parked records are kept, 0: for ever.
    """
    rows = [_row(topic.name, _of_topic(topic), _end(topic, at, segment_ms)) for topic in ALL]
    rows += [
        _row("parked", Remainder.PARKED, at + parked_days * DAY_MS if parked_days else None),
        _row("stores", Remainder.STUB, None),
        _row("database log", Remainder.SERVER_LOG, None),
        _row("letters", Remainder.LETTERS, None),
        _row("backups", Remainder.BACKUP, None if backup_days is None else at + backup_days * DAY_MS),
    ]
    return sorted(rows, key=lambda row: (not row.readable, row.where))


def _of_topic(topic: Topic) -> Remainder:
    if topic.name == SUBMITTED.name:
        return Remainder.RAW_WORDS
    if topic.name == REGISTERED.name:
        return Remainder.MASKED_TEXT
    if topic.name == TRIAGED.name:
        return Remainder.TERMS
    return Remainder.PARKED if topic.confidential else Remainder.IDS


def _end(topic: Topic, at: int, segment_ms: int) -> int | None:
    return at + topic.retention_ms + segment_ms if topic.retention_ms >= 0 else None


def _row(where: str, what: Remainder, until: int | None) -> Remains:
    return Remains(where, what, what in READABLE, until, *_NOTES[what])
