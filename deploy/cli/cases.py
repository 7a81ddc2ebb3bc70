"""`redress cases`: the list of cases, the most pressing first."""

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from deploy.cli.reach import asking
from deploy.cli.screen import WIDE, Json, show, table, when, zone
from deploy.cli.shapes import CaseRow, Cases
from deploy.cli.tale import owner
from deploy.cli.troubles import USAGE, trouble
from deploy.cli.words import say, term
from shared.platform.clock import machine_ms

Words = list[str] | None
SORTS = ("due_at", "opened_at", "priority", "severity", "tier", "closed_at")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("cases", help=say("help.cases"))(cases)


def cases(
    state: Annotated[Words, typer.Option("--state", help=say("help.cases.state"))] = None,
    tier: Annotated[Words, typer.Option("--tier", help=say("help.cases.tier"))] = None,
    priority: Annotated[Words, typer.Option("--priority", help=say("help.cases.priority"))] = None,
    owned_by: Annotated[Words, typer.Option("--owner", help=say("help.cases.owner"))] = None,
    customer: Annotated[str | None, typer.Option("--customer", help=say("help.cases.customer"))] = None,
    sort: Annotated[str, typer.Option("--sort", help=say("help.cases.sort"))] = "due_at",
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help=say("help.limit"))] = 20,
    skip: Annotated[int, typer.Option("--skip", min=0, help=say("help.skip"))] = 0,
    as_json: Json = False,
) -> None:
    """List cases."""
    if sort.removeprefix("-") not in SORTS:
        raise trouble("wrong_option", "one_of", USAGE, name="--sort", value=sort, names=", ".join(SORTS))
    grades = [grade.upper() for grade in priority or ()]
    where = {"state": state, "tier": tier, "priority": grades, "owner": owned_by, "customer_id": customer}
    answer = asking(lambda asker: asker.get("escalation", "/v1/cases", **where, sort=sort, limit=limit, skip=skip))
    found = Cases.model_validate(answer)
    show(found, as_json, lambda screen: _draw(screen, found, skip, is_filtered=any(where.values())))


def _draw(screen: Console, found: Cases, skip: int, is_filtered: bool) -> None:
    if not found.cases:
        screen.print(say("cases.none_like" if is_filtered or found.total else "cases.none"))
        return
    wide = screen.width >= WIDE
    names = ("id", "priority", "state", "tier", "due", *(("owner", "summary") if wide else ()))
    made = table(*(say(f"cases.column.{name}") for name in names))
    for case in found.cases:
        more = (owner(case.owner), Text(case.summary, overflow="ellipsis", no_wrap=True)) if wide else ()
        made.add_row(case.complaint_id, case.priority, term(case.state), term(case.tier), _due(case), *more)
    screen.print(made)
    shown = {"shown": len(found.cases), "total": found.total, "zone": zone(), "next": skip + len(found.cases)}
    ends = skip + len(found.cases) >= found.total
    screen.print(Text(say("cases.all" if ends else "cases.more", **shown), style="dim"))
    screen.print(Text(say("cases.next"), style="dim"))


def _due(case: CaseRow) -> Text:
    late = case.due_at is not None and case.due_at < machine_ms()
    return Text(when(case.due_at), style="red" if late else "")
