"""`redress erase`: forget a customer for ever, and say honestly what remains."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from deploy.cli.reach import asking
from deploy.cli.screen import Json, heading, show, table, when
from deploy.cli.shapes import Erased
from deploy.cli.troubles import FAILED, USAGE, NotThere, trouble
from deploy.cli.words import language, say


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("erase", help=say("help.erase"))(erase)


def erase(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help=say("help.erase.customer"))],
    yes: Annotated[bool, typer.Option("--yes", "-y", help=say("help.yes"))] = False,
    as_json: Json = False,
) -> None:
    """Destroy the customer's key and blank everything personal."""
    _confirm(customer, yes)
    whom = {"complaint_id" if customer.startswith("c_") else "customer_id": customer}
    try:
        answer = asking(lambda asker: asker.post("intake", "/internal/v1/erasures", whom))
    except NotThere:
        raise trouble("not_found", "customer", what=customer) from None
    found = Erased.model_validate(answer)
    show(found, as_json, lambda screen: _draw(screen, found))


def _confirm(customer: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise trouble("yes_needed", code=USAGE)
    if not typer.confirm(say("erase.ask", who=customer), err=True):
        typer.echo(say("erase.kept"), err=True)
        raise typer.Exit(FAILED)


def _draw(screen: Console, found: Erased) -> None:
    screen.print(say("erase.done", id=found.customer_id, at=when(found.erased_at)))
    screen.print(heading(say("erase.remains")))
    made = table(*(say(f"erase.column.{name}") for name in ("where", "until", "what")))
    for row in found.remains:
        until = when(row.until)[:10] if row.until else say("erase.no_end")
        note = row.note_ru if language() == "ru" else row.note_en
        what = Text(say("erase.readable") if row.readable else "", style="yellow").append(note, style="")
        made.add_row(row.where, until, what)
    screen.print(made)
