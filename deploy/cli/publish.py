"""`redress publish`: check a whole file first, then send it, and say what became of it."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from deploy.cli import sending_http, sending_kafka
from deploy.cli.preparing import Ready, Shaping, line_of, pairs, prepared
from deploy.cli.reach import Asker, House, find_house, settings_now
from deploy.cli.rows import Row, Source, opened
from deploy.cli.screen import Json, console, show
from deploy.cli.sending import SHOWN, Step, Tally
from deploy.cli.shapes import Fault
from deploy.cli.shapes_setup import Published
from deploy.cli.targets import check_columns
from deploy.cli.transports import HTTP, KAFKA, Way, drained_of, way_of
from deploy.cli.troubles import FAILED, USAGE, trouble
from deploy.cli.words import say, some
from shared.platform.settings import Settings

Pairs = list[str] | None


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("publish", help=say("help.publish"))(publish)


def publish(
    file: Annotated[str, typer.Argument(metavar="FILE", help=say("help.publish.file"))],
    mapped: Annotated[Pairs, typer.Option("--map", metavar="FIELD=COLUMN", help=say("help.publish.map"))] = None,
    fixed: Annotated[Pairs, typer.Option("--set", metavar="FIELD=VALUE", help=say("help.publish.set"))] = None,
    http: Annotated[str | None, typer.Option("--http", metavar="URL", help=say("help.publish.http"))] = None,
    skip_invalid: Annotated[bool, typer.Option("--skip-invalid", help=say("help.publish.skip"))] = False,
    as_json: Json = False,
) -> None:
    """Publish complaints from a file."""
    settings = settings_now()
    house = find_house(settings)
    shaping = Shaping(pairs(mapped or ()), pairs(fixed or ()))
    with opened(file) as source:
        if source.has_letters and (shaping.mapped or shaping.fixed):
            raise trouble("letters_as_they_are", code=USAGE)
        way = way_of(house, http, has_letters=source.has_letters)
        checked = _check(source, shaping)
        if checked.valid and (skip_invalid or not checked.invalid):
            tally, was_read = asyncio.run(_send(settings, house, way, source, shaping, checked.valid))
        else:
            tally, was_read = Tally(), None
    found = _published(way, checked, tally, was_read)
    show(found, as_json, lambda screen: _draw(screen, found, skip_invalid))
    raise typer.Exit(FAILED if found.failed or (found.invalid and not skip_invalid) or not found.read else 0)


class _Checked:
    """What the first pass over a file found."""

    def __init__(self) -> None:
        self.valid = self.invalid = 0
        self.problems: list[Fault] = []


def _check(source: Source, shaping: Shaping) -> _Checked:
    checked, columns = _Checked(), dict[str, None]()

    def noted() -> Iterator[Row]:
        for row in source.rows():
            columns.update(dict.fromkeys(row.columns or row.fields or ()))
            yield row

    for row in prepared(noted, shaping):
        if isinstance(row, Ready):
            checked.valid += 1
        else:
            checked.invalid += 1
            checked.problems += row[: max(0, SHOWN - len(checked.problems))]
    if columns:  # a file without a readable row has its own troubles
        check_columns(shaping.mapped.values(), columns)
    return checked


async def _send(
    settings: Settings, house: House, way: Way, source: Source, shaping: Shaping, total: int
) -> tuple[Tally, bool | None]:
    """Send the valid rows; also whether an embedded broker's were all read."""
    records = (row for row in prepared(source.rows, shaping) if isinstance(row, Ready))
    with _progress(total) as step:
        if way.transport == HTTP:
            async with Asker(house) as asker:
                return await sending_http.send_all(way.client(asker), way.to, records, step), None
        async with Asker(house) as asker:
            drained = drained_of(asker) if house.embedded else None
            tally = await sending_kafka.send_all(way.connection(settings, house), records, step, drained)
            return tally, await drained() if drained else None


@contextmanager
def _progress(total: int) -> Iterator[Step]:
    """A bar on a terminal, nothing elsewhere."""
    columns: tuple[Any, ...] = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(err=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(say("publish.sending"), total=total)
        yield lambda: bar.advance(task)


def _published(way: Way, checked: _Checked, tally: Tally, was_read: bool | None) -> Published:
    over_http = way.transport == HTTP
    return Published(
        transport=way.transport,
        to=way.to,
        read=checked.valid + checked.invalid,
        invalid=checked.invalid,
        sent=tally.sent,
        failed=tally.failed,
        registered=tally.registered if over_http else None,
        rejected=tally.rejected if over_http else None,
        doubles=tally.doubles if over_http else None,
        read_by_intake=was_read,
        problems=[*checked.problems, *tally.problems][:SHOWN],
    )


def _draw(screen: Console, found: Published, skip_invalid: bool) -> None:
    if not found.read:
        screen.print(say("publish.empty"))
        return
    for problem in found.problems:
        screen.print(Text(line_of(problem)), soft_wrap=True)
    if found.invalid:
        names = {"invalid": found.invalid, "read": found.read}
        screen.print(Text(say("publish.skipped" if skip_invalid else "publish.nothing_sent", **names), style="yellow"))
    if found.failed:
        screen.print(Text(say("publish.failed", failed=some(found.failed, "record")), style="red"))
    if found.sent:
        screen.print(_outcome(found))


def _outcome(found: Published) -> Text:
    sent = some(found.sent, "record")
    if found.transport != KAFKA:
        numbers = {"registered": found.registered, "rejected": found.rejected, "doubles": found.doubles}
        return Text(say("publish.done_http", sent=sent, **numbers), style="green")
    if found.read_by_intake is None:
        return Text(say("publish.done_kafka", sent=sent), style="green")
    return Text(say("publish.read" if found.read_by_intake else "publish.unread", sent=sent))
