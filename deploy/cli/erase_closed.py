"""`redress erase-closed`: customers whose last case closed long enough ago are forgotten; for a nightly job."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from deploy.cli.reach import Asker, asking
from deploy.cli.screen import Json, console, show
from deploy.cli.shapes_erasing import ErasedMany
from deploy.cli.troubles import FAILED, USAGE, trouble
from deploy.cli.words import say
from shared.contracts.topics import DAY_MS

PAGE = 500


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("erase-closed", help=say("help.erase-closed"))(erase_closed)


def erase_closed(
    days: Annotated[int, typer.Option("--days", min=1, max=36_500, help=say("help.erase-closed.days"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("help.erase-closed.dry_run"))] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=say("help.yes"))] = False,
    as_json: Json = False,
) -> None:
    """Find them, ask once, erase one after the other; whoever stops it can begin it again."""
    customers = asking(lambda asker: _long_closed(asker, days))
    if customers and not dry_run and not yes:
        _confirm(len(customers), days)
    erased = asking(lambda asker: _erase_all(asker, customers)) if customers and not dry_run else 0
    found = ErasedMany(days=days, customers=customers, erased=erased)
    show(found, as_json, lambda screen: _draw(screen, found, dry_run))


def _confirm(count: int, days: int) -> None:
    if not sys.stdin.isatty():
        raise trouble("yes_needed", code=USAGE)
    if not typer.confirm(say("erase_closed.ask", n=count, days=days), err=True):
        typer.echo(say("erase.kept"), err=True)
        raise typer.Exit(FAILED)


async def _long_closed(asker: Asker, days: int) -> list[str]:
    """Customers who have closed cases, none of which closed later than `days` ago and none of which is open."""
    before = (await asker.get("escalation", "/internal/v1/clock"))["now"] - days * DAY_MS
    closed = dict[str, int]()
    while True:
        page = await asker.get(
            "escalation", "/v1/cases", closed_before=before, sort="closed_at", limit=PAGE, skip=sum(closed.values())
        )
        for case in page["cases"]:
            closed[case["customer_id"]] = closed.get(case["customer_id"], 0) + 1
        if len(page["cases"]) < PAGE:
            break
    return [customer for customer, n in closed.items() if await _is_over(asker, customer, n)]


async def _is_over(asker: Asker, customer: str, closed: int) -> bool:
    """Whether the cases that closed long ago are all that there are, and the customer was not erased before."""
    cases = await asker.get("escalation", "/v1/cases", customer_id=customer, limit=1)
    if cases["total"] != closed:
        return False
    return not (await asker.get("intake", f"/internal/v1/erasures/{customer}"))["erased_at"]


async def _erase_all(asker: Asker, customers: list[str]) -> int:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(err=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        for customer in bar.track(customers, description=say("erase_closed.at_work")):
            await asker.post("intake", "/internal/v1/erasures", {"customer_id": customer})
    return len(customers)


def _draw(screen: Console, found: ErasedMany, dry_run: bool) -> None:
    if not found.customers:
        screen.print(say("erase_closed.none", days=found.days))
        return
    if dry_run:
        for customer in found.customers:
            screen.print(customer)
    screen.print(say("erase_closed.would" if dry_run else "erase_closed.done", n=len(found.customers), days=found.days))
    if not dry_run:
        screen.print(Text(say("erase_closed.remains"), style="dim"))
