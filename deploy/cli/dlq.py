"""`redress dlq`: records that could not be understood: list, show, mend and replay, or give up."""

from typing import Annotated, Any

import typer

from deploy.cli.dlq_replay import replay
from deploy.cli.dlq_screen import draw_content, draw_list
from deploy.cli.finding import first_that_knows, of_each
from deploy.cli.reach import Asker, asking, one_service
from deploy.cli.screen import Json, complain, show
from deploy.cli.shapes import Dismissed, Fault, ParkedContent, ParkedList, ParkedRow
from deploy.cli.troubles import UNREACHABLE, USAGE, trouble
from deploy.cli.words import say

STATES = ("parked", "replayed", "dismissed", "expired", "all")
Arrival = Annotated[str, typer.Argument(metavar="ARRIVAL", help=say("help.arrival"))]
Service = Annotated[str | None, typer.Option("--service", help=say("help.service"))]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help=say("help.dlq"), no_args_is_help=True)
    group.command("list", help=say("help.dlq.list"))(list_)
    group.command("show", help=say("help.dlq.show"))(show_)
    group.command("replay", help=say("help.dlq.replay"))(replay)
    group.command("dismiss", help=say("help.dlq.dismiss"))(dismiss)
    app.add_typer(group, name="dlq")


def list_(
    state: Annotated[str, typer.Option("--state", help=say("help.dlq.state"))] = "parked",
    reason: Annotated[str | None, typer.Option("--reason", metavar="CODE", help=say("help.dlq.reason"))] = None,
    service: Service = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help=say("help.limit"))] = 100,
    as_json: Json = False,
) -> None:
    """List parked records of all services, newest first."""
    if state not in STATES:
        raise trouble("wrong_option", "one_of", USAGE, name="--state", value=state, names=", ".join(STATES))
    names, where = one_service(service), {"state": state, "reason": reason, "limit": limit}
    answers, away = asking(lambda asker: of_each(asker, names, "/internal/v1/parked", **where))
    rows = [_row(name, row) for name, answer in answers.items() for row in answer["parked"]]
    found = ParkedList(parked=sorted(rows, key=lambda row: -row.at)[:limit], unreachable=away)
    show(found, as_json, lambda screen: draw_list(screen, found, is_default=state == "parked" and not reason))
    if away:
        complain(trouble("unreachable_many", names=", ".join(away)))
        raise typer.Exit(UNREACHABLE)


def _row(service: str, row: dict[str, Any]) -> ParkedRow:
    problems = [Fault.model_validate(problem) for problem in row.get("fields", ())]
    return ParkedRow.model_validate({"dismissed_by": "", "dismissed_at": None, **row, "service": service, "problems": problems})


def show_(arrival: Arrival, service: Service = None, as_json: Json = False) -> None:
    """Show one parked record with its content."""

    async def ask(asker: Asker) -> tuple[str, Any]:
        path = "/internal/v1/parked/content"
        return await first_that_knows(one_service(service), lambda name: asker.get(name, path, arrival=arrival), ("dlq", arrival))

    name, answer = asking(ask)
    told = {part: answer.get(part, "") for part in ("headers", "body", "note")}
    found = ParkedContent(**_row(name, answer).model_dump(), **told)
    show(found, as_json, lambda screen: draw_content(screen, found))


def dismiss(
    arrival: Arrival,
    reason: Annotated[str, typer.Option("--reason", help=say("help.dlq.why"))],
    service: Service = None,
    as_json: Json = False,
) -> None:
    """Give a parked record up; it is kept, and still counts as parked."""

    async def ask(asker: Asker) -> tuple[str, Any]:
        path, why = "/internal/v1/parked/dismiss", {"reason": reason}
        return await first_that_knows(
            one_service(service), lambda name: asker.post(name, path, why, arrival=arrival), ("dlq", arrival)
        )

    name, answer = asking(ask)
    found = Dismissed.model_validate({"service": name, **answer})
    show(found, as_json, lambda screen: screen.print(say("dlq.dismissed", arrival=found.arrival), soft_wrap=True))
