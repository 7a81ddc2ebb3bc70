"""Files of every kind give the same rows, and what is wrong in them is named with its place."""

import gzip
import io
import json

import pytest

from deploy.cli.rows import opened, put, typed
from deploy.cli.troubles import Trouble

RECORDS = [{"channel": "web", "source_id": str(n), "text": f"Жалоба {n}"} for n in range(3)]
LINES = "\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS).encode()
CSV = ("channel,source_id,text\n" + "".join(f"web,{n},Жалоба {n}\n" for n in range(3))).encode()


def read(path):
    with opened(str(path)) as source:
        first = list(source.rows())
        assert list(source.rows()) == first  # a file is read twice: to check and to send
        return first


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", LINES),
        ("a.jsonl.gz", gzip.compress(LINES, mtime=0)),
        ("named-wrong", gzip.compress(LINES, mtime=0)),
        ("a.json", json.dumps(RECORDS).encode()),
        ("a.csv", CSV),
        ("a.csv.gz", gzip.compress(CSV, mtime=0)),
        ("semicolons.csv", CSV.replace(b",", b";")),
        ("tabs.tsv", CSV.replace(b",", b"\t")),
        ("bom.csv", b"\xef\xbb\xbf" + CSV),
        ("bom.jsonl", b"\xef\xbb\xbf" + LINES),
        ("gaps.jsonl", LINES.replace(b"\n", b"\n\n")),
        ("crlf.csv", CSV.replace(b"\n", b"\r\n")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_format_gives_the_same_rows(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    assert [row.fields for row in read(path)] == RECORDS


def test_standard_input_is_read_twice_too(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LINES)))
    assert [row.fields for row in read("-")] == RECORDS


def test_a_broken_line_is_named_and_its_neighbours_are_read(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n{"a": \n[1]\n{"a": 1, "a": 2}\n{"a": 3}\n')
    rows = read(path)
    assert [row.fault.reason if row.fault else row.fields for row in rows] == [
        {"a": 1}, "broken_json", "wrong_shape", "duplicate_key", {"a": 3}
    ]  # fmt: skip
    assert "2" in rows[1].place


def test_a_row_with_too_many_cells_is_wrong_and_an_empty_cell_is_absent(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,"two\nlines"\n2,\n3,x,y\n', encoding="utf-8")
    rows = read(path)
    assert [row.fields for row in rows] == [{"id": "1", "text": "two\nlines"}, {"id": "2"}, None]
    assert rows[2].fault is not None


def test_a_table_that_is_not_utf8_is_refused_as_a_whole(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("id,text\n1,Жалоба\n".encode("cp1251"))
    assert [row.fault.reason for row in read(path) if row.fault] == ["not_utf8"]


def test_letters_are_read_whole_from_a_directory_and_below(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "b.eml").write_bytes(b"Subject: B\n\nb")
    (tmp_path / "in" / "a.eml").write_bytes(b"Subject: A\n\na")
    (tmp_path / "notes.txt").write_text("no letter")
    with opened(str(tmp_path)) as source:
        assert source.has_letters
        assert sorted(row.letter for row in source.rows()) == [b"Subject: A\n\na", b"Subject: B\n\nb"]


@pytest.mark.parametrize("content", [b"\x1f\x8b\x08broken", gzip.compress(LINES, mtime=0)[:40]], ids=["nonsense", "cut"])
def test_a_broken_archive_is_a_trouble_and_no_traceback(tmp_path, content):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(Trouble):
        read(path)


def test_a_missing_file_is_a_trouble():
    with pytest.raises(Trouble), opened("nowhere.jsonl"):
        pass


def test_cells_become_the_types_of_the_contract():
    cells = {"customer.email": "a@example.org", "customer.name": "Анна", "rating": "2", "is_public": "yes", "order": "0012"}
    assert typed(cells) == {
        "customer": {"email": "a@example.org", "name": "Анна"},
        "rating": 2,
        "is_public": True,
        "order": "0012",
    }
    assert typed({"rating": "bad", "is_public": "maybe"}) == {"rating": "bad", "is_public": "maybe"}


def test_a_field_inside_something_that_is_no_object_is_left_to_the_check():
    fields = {"customer": "Anna"}
    put(fields, "customer.email", "a@example.org")
    assert fields == {"customer": "Anna"}
