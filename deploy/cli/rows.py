"""Read complaints from files: JSON lines, one JSON array, CSV, each also gzipped, or letters; always row by row."""

import csv
import gzip
import io
import json
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from deploy.cli.troubles import trouble, unreadable
from deploy.cli.words import say
from shared.contracts.errors import Problem, Unprocessable
from shared.contracts.strict_json import read_json

_NUMBERS = ("duration_s", "author_reach", "rating")
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_BOOLEANS = ("is_public", "automatic")
_SPOOL_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file: its fields, or a whole letter, or why it cannot be read."""

    place: str
    fields: dict[str, Any] | None = None
    columns: tuple[str, ...] = ()
    """The header of the table that it is a row of: its cells are all text, their names may have dots."""
    letter: bytes | None = None
    fault: Unprocessable | None = None

    @property
    def is_table(self) -> bool:
        """Whether it comes from a table."""
        return bool(self.columns)


Rows = Callable[[], Iterator[Row]]
"""Begins at the first row each time: once to check, once to send."""


@dataclass(frozen=True)
class Source:
    """A file that can be read more than once."""

    name: str
    rows: Rows
    has_letters: bool = False


@contextmanager
def opened(file: str) -> Iterator[Source]:
    """The rows of a file, a directory of letters, or standard input (`-`); a `Trouble` where it cannot be read."""
    if file == "-":
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as kept:
            for piece in iter(lambda: sys.stdin.buffer.read(65_536), b""):
                kept.write(piece)
            yield Source("-", lambda: _rows_of(_rewound(kept), ""))
        return
    path = Path(file)
    letters = sorted(path.rglob("*.eml")) if path.is_dir() else [path] if path.suffix.lower() == ".eml" else []
    try:
        if letters:
            yield Source(file, lambda: _letters(letters), has_letters=True)
            return
        with path.open("rb") as kept:
            yield Source(file, lambda: _rows_of(_rewound(kept), path.name))
    except (OSError, EOFError, zlib.error) as error:
        raise (
            unreadable(file, error) if isinstance(error, OSError) else trouble("file", path=file, reason=say("file.no_gzip"))
        ) from None


def _rewound(kept: IO[bytes]) -> IO[bytes]:
    kept.seek(0)
    return kept


def _letters(paths: list[Path]) -> Iterator[Row]:
    for path in paths:
        yield Row(path.name, letter=path.read_bytes())


def _rows_of(raw: IO[bytes], name: str) -> Iterator[Row]:
    """The rows by what the file is, told by its first bytes and its name."""
    plain: IO[bytes] = raw
    if raw.read(2) == b"\x1f\x8b":
        plain = gzip.GzipFile(fileobj=_rewound(raw))  # type: ignore[assignment]  # it reads as any file does
    _rewound(raw)
    head = plain.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    plain.seek(0)
    is_csv = name.lower().removesuffix(".gz").endswith((".csv", ".tsv"))
    if not is_csv and head[:1] == b"[":
        yield from _array(plain.read())
    elif not is_csv and head[:1] == b"{":
        yield from _lines(plain)
    elif head:
        yield from _table(plain)


def _lines(plain: IO[bytes]) -> Iterator[Row]:
    for number, line in enumerate(plain, 1):
        if line.strip():
            yield _json_row(say("publish.line", number=number), line)


def _array(body: bytes) -> Iterator[Row]:
    try:
        values = read_json(body)
    except Unprocessable as error:
        yield Row(say("publish.whole_file"), fault=error)
        return
    for number, value in enumerate(values, 1):
        yield _checked(say("publish.entry", number=number), value)


def _json_row(place: str, line: bytes) -> Row:
    try:
        return _checked(place, read_json(line))
    except Unprocessable as error:
        return Row(place, fault=_within_a_line(error))


def _within_a_line(error: Unprocessable) -> Unprocessable:
    """The place says which line of the file it is: another `line 1` beside it would mislead."""
    return Unprocessable(error.reason, [replace(p, message=p.message.replace("line 1, ", "")) for p in error.problems])


def _checked(place: str, value: Any) -> Row:
    return Row(place, value) if isinstance(value, dict) else Row(place, fault=_shapeless("object"))


def _shapeless(what: str) -> Unprocessable:
    return Unprocessable("wrong_shape", [Problem("", say(f"publish.no_{what}"), say(f"publish.no_{what}.remedy"))])


def _table(plain: IO[bytes]) -> Iterator[Row]:
    """CSV with a header row; `customer.email` is a field of a field, an empty cell is an absent value."""
    text = io.TextIOWrapper(plain, encoding="utf-8-sig", errors="strict", newline="")
    try:
        header = text.readline()
        delimiter = max(",;\t", key=header.count)
        columns = tuple(next(csv.reader([header], delimiter=delimiter), []))
        reader = csv.DictReader(text, fieldnames=columns, delimiter=delimiter)
        for cells in reader:
            place = say("publish.line", number=reader.line_num + 1)
            if None in cells:
                yield Row(place, columns=columns, fault=_shapeless("such_cell"))
                continue
            yield Row(place, {name: cell for name, cell in cells.items() if cell not in (None, "")}, columns)
    except (UnicodeDecodeError, csv.Error) as error:
        reason = "not_utf8" if isinstance(error, UnicodeDecodeError) else "wrong_shape"
        yield Row(say("publish.whole_file"), fault=Unprocessable(reason))
    finally:
        text.detach()


def typed(fields: dict[str, Any]) -> dict[str, Any]:
    """Cells of a table as the contract wants them: dots nest, numbers and truth values are read."""
    made: dict[str, Any] = {}
    for name, value in fields.items():
        put(made, name, read_cell(name, value))
    return made


def read_cell(name: str, cell: Any) -> Any:
    """The text of a cell as the contract wants this field; what cannot be read stays, for the check to name it."""
    if not isinstance(cell, str):
        return cell
    if name in _NUMBERS and cell.strip().lstrip("-").isdigit():
        return int(cell)
    if name in _BOOLEANS:
        return _TRUTHS.get(cell.strip().lower(), cell)
    if name in ("attachments", "customer.contacts") and cell.lstrip().startswith("["):
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    return cell


def put(made: dict[str, Any], name: str, value: Any) -> None:
    """Set a field; `a.b` is the field b of a."""
    *outer, last = name.split(".")
    inner = made
    for part in outer:
        inner = inner.setdefault(part, {}) if isinstance(inner.get(part, {}), dict) else {}
    inner[last] = value
