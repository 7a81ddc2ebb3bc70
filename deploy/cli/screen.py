"""How things look: tables that fit 80 columns, instants in local time, JSON where it was asked for."""

import os
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.cli.troubles import Trouble
from deploy.cli.words import say

Json = Annotated[bool, typer.Option("--json", help=say("help.json"))]
WIDE = 110
"""From this many columns on there is room for more than the essentials."""
PIPE_COLUMNS = 120


def console(err: bool = False) -> Console:
    """A console that prints what it is given: no markup, no colours where nobody looks."""
    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else PIPE_COLUMNS
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def table(*columns: str, right: Iterable[int] = ()) -> Table:
    """A table without lines; the columns numbered in `right` are aligned to the right, none but the last is cut."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for place, column in enumerate(columns):
        made.add_column(column, justify="right" if place in right else "left", no_wrap=place < len(columns) - 1)
    return made


def facts(rows: Iterable[tuple[str, str | Text]]) -> Table:
    """Names and values side by side."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in rows:
        made.add_row(name, value)
    return made


def heading(text: str) -> Text:
    """A heading, after an empty line."""
    return Text(f"\n{text}", style="bold")


def when(instant: int | None, seconds: bool = False) -> str:
    """An instant (UTC ms) in local time."""
    if instant is None:
        return "—"
    local = datetime.fromtimestamp(instant / 1000).astimezone()
    return local.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def money(minor: int, currency: str) -> str:
    """`1500.00 RUB`."""
    return f"{minor / 100:.2f} {currency}"


def zone() -> str:
    """The offset of local time, such as `UTC+03:00`."""
    return f"UTC{datetime.now().astimezone():%:z}" if sys.version_info >= (3, 12) else _offset()


def _offset() -> str:
    text = datetime.now().astimezone().strftime("%z")
    return f"UTC{text[:3]}:{text[3:5]}"


def show(shape: BaseModel, as_json: bool, draw: Callable[[Console], None]) -> None:
    """Print data: as JSON by its committed schema, or as people read it."""
    if as_json:
        sys.stdout.write(shape.model_dump_json(indent=2) + "\n")
    else:
        draw(console())


def complain(trouble: Trouble) -> None:
    """One sentence and its remedy on standard error."""
    screen = console(err=True)
    screen.print(Text(trouble.message, style="red"), soft_wrap=True)
    if trouble.remedy:
        screen.print(trouble.remedy, soft_wrap=True)
