"""`redress keys rewrap`: every customer's key under the newest master key, so that an older one can be taken away."""

import asyncio
import sys

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from deploy.cli.reach import Asker, asking
from deploy.cli.screen import Json, console, show
from deploy.cli.shapes_setup import Rewrapped
from deploy.cli.troubles import FAILED
from deploy.cli.words import say

DOOR = "/internal/v1/vault/rewrap"


def rewrap(as_json: Json = False) -> None:
    """Page by page; whoever stops it can begin it again."""
    found = asking(_all_pages)
    show(found, as_json, lambda screen: _draw(screen, found))
    if found.unreadable:
        raise typer.Exit(FAILED)


async def _all_pages(asker: Asker) -> Rewrapped:
    done = unreadable = 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(err=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(say("rewrap.at_work"), total=None)
        while True:
            page = await asker.post("intake", DOOR, skip=unreadable)
            done += page["rewrapped"]
            unreadable += page["unreadable"]
            bar.update(task, completed=done, total=done + page["remaining"])
            if page["remaining"] <= unreadable:
                return Rewrapped(master=page["master"], rewrapped=done, unreadable=unreadable)
            if not page["rewrapped"] and not page["unreadable"]:
                await asyncio.sleep(0.2)  # another replica is at it, or customers are being erased


def _draw(screen: Console, found: Rewrapped) -> None:
    screen.print(say("rewrap.done" if found.rewrapped else "rewrap.nothing", n=found.rewrapped, master=found.master))
    if found.unreadable:
        screen.print(Text(say("rewrap.unreadable", n=found.unreadable), style="yellow"))
    else:
        screen.print(Text(say("rewrap.can_go"), style="dim"))
