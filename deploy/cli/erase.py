"""`redress erase`: forget a customer for ever, and say honestly what remains."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from deploy.cli.reach import asking
from deploy.cli.screen import Json, facts, heading, show, when
from deploy.cli.shapes_erasing import Erased, RemainsRow
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
    found = Erased.model_validate({"already": False, **answer})
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
    screen.print(say("erase.already" if found.already else "erase.done", id=found.customer_id, at=when(found.erased_at)))
    screen.print(heading(say("erase.remains")))
    for (readable, note), rows in grouped(found.remains).items():
        screen.print(Text(say("erase.readable") if readable else "", style="yellow").append(note, style="default"))
        screen.print(facts((f"  {row.where}", until(row.until)) for row in rows))


def grouped(remains: Sequence[RemainsRow]) -> dict[tuple[bool, str], list[RemainsRow]]:
    """The places by what remains there, in the order they were told."""
    groups: dict[tuple[bool, str], list[RemainsRow]] = {}
    for row in remains:
        groups.setdefault((row.readable, row.note_ru if language() == "ru" else row.note_en), []).append(row)
    return groups


def until(instant: int | None) -> str:
    """The last day on which it can still be there."""
    return say("erase.until", day=when(instant)[:10]) if instant else say("erase.no_end")
