"""`redress rejected`: what was understood and not taken as a complaint; see it, or take it after all."""

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from deploy.cli.reach import asking, path
from deploy.cli.screen import Json, show, when
from deploy.cli.shapes import Admitted, RejectedList
from deploy.cli.troubles import NotThere, trouble
from deploy.cli.words import say, term


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help=say("help.rejected"), no_args_is_help=True)
    group.command("list", help=say("help.rejected.list"))(list_)
    group.command("admit", help=say("help.rejected.admit"))(admit)
    app.add_typer(group, name="rejected")


def list_(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help=say("help.limit"))] = 20,
    skip: Annotated[int, typer.Option("--skip", min=0, help=say("help.skip"))] = 0,
    as_json: Json = False,
) -> None:
    """List rejected submissions, newest first."""
    answer = asking(lambda asker: asker.get("intake", "/internal/v1/rejected", limit=limit, skip=skip))
    found = RejectedList.model_validate(answer)
    show(found, as_json, lambda screen: _draw(screen, found))


def _draw(screen: Console, found: RejectedList) -> None:
    if not found.rejected:
        screen.print(say("rejected.none"))
        return
    for row in found.rejected:
        screen.print(Text(row.complaint_id, style="bold"))
        about = {"reason": term(row.reason), "channel": term(row.channel), "language": term(row.language)}
        screen.print("  " + say("rejected.line", **about, at=when(row.rejected_at)))
        text = " ".join(row.masked_text.split())
        screen.print(Text(f"  {text}", style="dim"), no_wrap=True, overflow="ellipsis")
    screen.print(say("rejected.next"))


def admit(
    complaint: Annotated[str, typer.Argument(metavar="ID", help=say("help.complaint"))],
    as_json: Json = False,
) -> None:
    """Take a rejected submission as a complaint after all."""
    try:
        answer = asking(lambda asker: asker.post("intake", f"/internal/v1/rejected{path(complaint)}/admit"))
    except NotThere:
        raise trouble("not_found", "rejected", what=complaint) from None
    found = Admitted.model_validate({"complaint_id": complaint, "state": "registered"} | (answer or {}))
    show(found, as_json, lambda screen: screen.print(say("rejected.admitted", id=found.complaint_id)))
