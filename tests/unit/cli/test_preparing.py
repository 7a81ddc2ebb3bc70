"""A row becomes a record by the operator's options, and is checked as intake checks it."""

import json

import pytest

from deploy.cli.preparing import Ready, Shaping, pairs, prepared
from deploy.cli.rows import Row
from deploy.cli.troubles import USAGE, Trouble
from shared.contracts.topics import INPUT_BYTES


def only(row, mapped=None, fixed=None):
    (made,) = prepared(lambda: iter([row]), Shaping(mapped or {}, fixed or {}))
    return made


def fields_of(made):
    assert isinstance(made, Ready), made
    return json.loads(made.body)


def test_columns_are_renamed_and_values_are_set():
    row = Row("line 2", {"id": "7", "narrative": "Broken", "product": "kettle"})
    made = only(row, {"source_id": "id", "text": "narrative"}, {"channel": "web", "source": "cfpb"})
    assert fields_of(made) == {"source_id": "7", "text": "Broken", "product": "kettle", "channel": "web", "source": "cfpb"}
    assert (made.source, made.source_id) == ("cfpb", "7")


def test_a_set_value_wins_and_may_lie_inside():
    row = Row("1", {"channel": "chat", "source_id": "1", "text": "x", "customer": {"name": "Anna"}})
    made = only(row, fixed={"channel": "review", "customer.email": "a@example.org", "rating": "1"})
    assert fields_of(made)["customer"] == {"name": "Anna", "email": "a@example.org"}
    assert (fields_of(made)["channel"], fields_of(made)["rating"]) == ("review", 1)


def test_cells_of_a_table_are_read_after_they_were_renamed():
    row = Row("2", {"stars": "1", "id": "1", "text": "x", "mail": "a@example.org"}, ("stars", "id", "text", "mail"))
    made = only(row, {"rating": "stars", "source_id": "id", "customer.email": "mail"}, {"channel": "review"})
    assert fields_of(made)["rating"] == 1
    assert fields_of(made)["customer"] == {"email": "a@example.org"}


def test_what_is_missing_is_named_with_the_option_that_helps():
    faults = only(Row("line 3", {"narrative": "x"}))
    assert {(fault.place, fault.field) for fault in faults} == {("line 3", name) for name in ("channel", "source_id", "text")}
    assert any("--map text=" in fault.remedy for fault in faults)


def test_the_name_that_looks_meant_is_offered_for_tables_and_for_json_alike():
    table = only(Row("2", {"Txt": "x"}, ("source-id", "Txt")), fixed={"channel": "web"})
    lines = only(Row("2", {"source-id": "1", "Txt": "x"}), fixed={"channel": "web"})
    assert [fault.remedy for fault in table] == [
        "name its column with --map source_id=source-id",
        "name its column with --map text=Txt",
    ]
    assert [fault.remedy for fault in lines] == [
        "name its key with --map source_id=source-id",
        "name its key with --map text=Txt",
    ]


def test_one_column_may_fill_two_fields():
    made = only(Row("1", {"id": "7", "text": "x"}), {"source_id": "id", "order": "id"}, {"channel": "web"})
    assert fields_of(made) == {"source_id": "7", "order": "7", "text": "x", "channel": "web", "source": "web"}


@pytest.mark.parametrize(
    "fields",
    [
        {"channel": "web", "source_id": 5, "text": "x"},
        {"channel": "web", "source_id": "5", "text": ""},
        {"channel": "web", "source_id": "5", "text": "x", "customer": "Anna"},
        {"channel": "web", "source_id": "5", "text": "я" * INPUT_BYTES},
    ],
)
def test_what_intake_would_refuse_is_refused_here(fields):
    faults = only(Row("1", fields))
    assert isinstance(faults, list)
    assert "я" not in "".join(fault.message for fault in faults)


def test_a_letter_needs_headers_and_a_size():
    assert only(Row("a.eml", letter=b"Subject: x\n\ny")).is_letter
    assert isinstance(only(Row("a.eml", letter=b"<html>")), list)
    assert isinstance(only(Row("a.eml", letter=b"Subject: x\n\n" + b"y" * INPUT_BYTES)), list)


def test_options_are_pairs():
    assert pairs(["channel=web", "text=a=b"]) == {"channel": "web", "text": "a=b"}
    for wrong in ("channel", "=web", "channel=", "chanel=web"):
        with pytest.raises(Trouble) as error:
            pairs([wrong])
        assert error.value.code == USAGE
