"""After an erasure nothing that remains goes unsaid."""

from shared.contracts.topics import ALL, DAY_MS, SUBMITTED
from shared.platform.remains import Remainder, remains

AT = 1_760_000_000_000


def test_every_topic_is_named_once_and_every_place_that_is_no_topic_too():
    places = [row.where for row in remains(AT)]
    assert sorted(places) == sorted([*(topic.name for topic in ALL), "parked", "stores", "database log", "letters", "backups"])


def test_raw_words_are_gone_when_retention_and_the_last_segment_are_over():
    rows = {row.where: row for row in remains(AT, segment_ms=DAY_MS)}
    raw = rows[SUBMITTED.name]
    assert (raw.what, raw.readable, raw.until) == (Remainder.RAW_WORDS, True, AT + SUBMITTED.retention_ms + DAY_MS)


def test_a_compacted_topic_keeps_ids_without_end():
    row = next(row for row in remains(AT) if row.where == "customers.v1")
    assert (row.what, row.readable, row.until) == (Remainder.IDS, False, None)


def test_what_can_be_read_comes_first():
    readable = [row.readable for row in remains(AT)]
    assert readable == sorted(readable, reverse=True)
    assert readable[0]
    assert not readable[-1]


def test_the_end_of_backups_is_said_only_if_somebody_knows_it():
    ends = [next(row.until for row in remains(AT, backup_days=days) if row.where == "backups") for days in (None, 35)]
    assert ends == [None, AT + 35 * DAY_MS]


def test_parked_records_remain_until_their_retention_is_over():
    ends = [next(row.until for row in remains(AT, parked_days=days) if row.where == "parked") for days in (0, 90)]
    assert ends == [None, AT + 90 * DAY_MS]


def test_every_row_is_explained_in_both_languages():
    for row in remains(AT):
        assert row.note_en.isascii()
        assert not row.note_ru.isascii()
