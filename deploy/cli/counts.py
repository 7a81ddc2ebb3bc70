"""`redress counts`: what became of everything, and whether anything is still under way."""

import asyncio
import sys
import time
from typing import Annotated

import typer
from rich.status import Status

from deploy.cli import reckoning
from deploy.cli.counts_screen import draw_counts
from deploy.cli.reach import Asker, find_house, settings_now
from deploy.cli.screen import Json, complain, console, show
from deploy.cli.shapes import Counts
from deploy.cli.troubles import NOT_QUIET, UNREACHABLE, Trouble, trouble
from deploy.cli.words import say
from shared.contracts.topics import SERVICES

POLL_SECONDS = 0.4


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("counts", help=say("help.counts"))(counts)


def counts(
    wait: Annotated[float | None, typer.Option("--wait", min=0, metavar="SECONDS", help=say("help.wait"))] = None,
    as_json: Json = False,
) -> None:
    """Count, or wait until all is quiet."""
    found = asyncio.run(waited(wait)) if wait is not None else asyncio.run(read())
    show(found, as_json, lambda screen: draw_counts(screen, found))
    code = verdict(found, waited=wait is not None)
    if found.unreachable:
        names = ", ".join(found.unreachable)
        complain(trouble("unreachable_many", names=names))
    elif code == UNREACHABLE:
        complain(trouble("broker_away"))
    raise typer.Exit(code)


def verdict(found: Counts, waited: bool) -> int:
    """The exit code of a reading: 4 where something was not reached, 3 where the count does not add up or work goes on."""
    if found.unreachable or reckoning.broker_away(found):
        return UNREACHABLE
    if not reckoning.adds_up(found) or (waited and not found.quiet):
        return NOT_QUIET
    return 0


async def read() -> Counts:
    """One reading of all services; those that cannot be reached are named in it."""
    house = find_house(settings_now())
    if not house.urls:
        raise trouble("no_house", code=UNREACHABLE, names=", ".join(SERVICES), home=house.home)
    async with Asker(house) as asker:
        return await reckoning.reading(asker)


async def waited(seconds: float) -> Counts:
    """The first of two quiet readings in a row, or the last reading when time is up."""
    deadline = time.monotonic() + seconds
    quiet_before = False
    with _progress() as status:
        while True:
            found = await _try(deadline)
            if found is not None and found.quiet and quiet_before:
                return found
            quiet_before = found is not None and found.quiet
            if found is not None and time.monotonic() >= deadline and not quiet_before:
                return found
            status.update(say("counts.waiting", what=_still(found)))
            await asyncio.sleep(POLL_SECONDS)


async def _try(deadline: float) -> Counts | None:
    """A reading; None while nothing answers at all and there is still time, since the house may be starting."""
    try:
        return await read()
    except Trouble as error:
        if error.code != UNREACHABLE or time.monotonic() >= deadline:
            raise
        return None


def _still(found: Counts | None) -> str:
    if found is None:
        return say("counts.starting")
    return ", ".join(found.open[:2]) + ("…" if len(found.open) > 2 else "") or say("counts.once_more")


def _progress() -> Status:
    """A line that moves, on a terminal only."""
    screen = console(err=True)
    if not sys.stderr.isatty():
        screen.quiet = True
    return Status(say("counts.starting"), console=screen)
