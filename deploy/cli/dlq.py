"""`redress dlq`: records that could not be understood: list, show, mend and replay."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from deploy.cli.finding import first_that_knows, of_each
from deploy.cli.reach import asking, one_service
from deploy.cli.screen import Json, complain, facts, heading, show, when
from deploy.cli.shapes import Fault, ParkedContent, ParkedList, ParkedRow, Replay, Replays
from deploy.cli.troubles import FAILED, UNREACHABLE, trouble
from deploy.cli.words import say, term

Arrival = Annotated[str, typer.Argument(metavar="ARRIVAL", help=say("help.arrival"))]
Service = Annotated[str | None, typer.Option("--service", help=say("help.service"))]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help=say("help.dlq"), no_args_is_help=True)
    group.command("list", help=say("help.dlq.list"))(list_)
    group.command("show", help=say("help.dlq.show"))(show_)
    group.command("replay", help=say("help.dlq.replay"))(replay)
    app.add_typer(group, name="dlq")


def list_(
    state: Annotated[str, typer.Option("--state", help=say("help.dlq.state"))] = "parked",
    service: Service = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help=say("help.limit"))] = 100,
    as_json: Json = False,
) -> None:
    """List parked records of all services, newest first."""
    names = one_service(service)
    answers, away = asking(lambda asker: of_each(asker, names, "/internal/v1/parked", state=state, limit=limit))
    rows = [_row(name, row) for name, answer in answers.items() for row in answer["parked"]]
    found = ParkedList(parked=sorted(rows, key=lambda row: -row.at)[:limit], unreachable=away)
    show(found, as_json, lambda screen: _draw(screen, found))
    if away:
        complain(trouble("unreachable_many", names=", ".join(away)))
        raise typer.Exit(UNREACHABLE)


def _row(service: str, row: dict[str, Any]) -> ParkedRow:
    problems = [Fault.model_validate(problem) for problem in row.get("fields", ())]
    return ParkedRow.model_validate({**row, "service": service, "problems": problems})


def _draw(screen: Console, found: ParkedList) -> None:
    if not found.parked:
        screen.print(say("dlq.none"))
        return
    for row in found.parked:
        screen.print(Text(row.arrival, style="bold"), soft_wrap=True)
        screen.print(f"  {_about(row)}")
        _print_problems(screen, row.problems)
    screen.print(Text(say("dlq.next"), style="dim"))


def _about(row: ParkedRow) -> str:
    line = say("dlq.line", service=term(row.service), reason=term(row.reason), at=when(row.at), size=row.size)
    if row.outcome:
        line += " · " + say("dlq.outcome", outcome=term(row.outcome))
    return line + (" · " + say("dlq.cut") if row.cut else "")


def _print_problems(screen: Console, problems: list[Fault], most: int = 3) -> None:
    for problem in problems[:most]:
        place = f"{problem.field}: " if problem.field else ""
        screen.print(f"  {place}{problem.message}{'; ' + problem.remedy if problem.remedy else ''}", soft_wrap=True)


def show_(arrival: Arrival, service: Service = None, as_json: Json = False) -> None:
    """Show one parked record with its content."""
    names = one_service(service)

    sought: dict[str, Any] = {"path": "/internal/v1/parked/content", "unknown": ("dlq", arrival), "params": {"arrival": arrival}}
    name, answer = asking(lambda asker: first_that_knows(asker, names, "GET", **sought))
    row = _row(name, answer)
    found = ParkedContent(**row.model_dump(), headers=answer["headers"], body=answer["body"])
    show(found, as_json, lambda screen: _draw_content(screen, found))


def _draw_content(screen: Console, found: ParkedContent) -> None:
    screen.print(Text(found.arrival, style="bold"), soft_wrap=True)
    screen.print(_about(found))
    _print_problems(screen, found.problems, most=50)
    if found.headers:
        screen.print(heading(say("dlq.headers")))
        screen.print(facts((name, value) for name, value in found.headers.items()))
    screen.print(heading(say("dlq.body")))
    screen.print(found.body, soft_wrap=True)


def replay(
    arrival: Arrival,
    with_: Annotated[str | None, typer.Option("--with", metavar="FILE", help=say("help.dlq.with"))] = None,
    service: Service = None,
    as_json: Json = False,
) -> None:
    """Decide a parked record again."""
    names, mended = one_service(service), _mended(with_)

    more = {"content": mended} if mended is not None else {}
    sought: dict[str, Any] = {
        "path": "/internal/v1/parked/replay",
        "unknown": ("dlq", arrival),
        "params": {"arrival": arrival},
    } | more
    name, answer = asking(lambda asker: first_that_knows(asker, names, "POST", **sought))
    problems = [Fault.model_validate(problem) for problem in answer["problems"]]
    done = Replay.model_validate({**answer, "service": name, "problems": problems})
    show(Replays(replayed=[done]), as_json, lambda screen: _draw_replay(screen, done))
    if done.outcome == "parked":
        raise typer.Exit(FAILED)


def _draw_replay(screen: Console, done: Replay) -> None:
    if done.outcome == "parked":
        screen.print(Text(say("dlq.still_wrong", arrival=done.arrival, reason=term(done.reason)), style="red"), soft_wrap=True)
        _print_problems(screen, done.problems, most=50)
    else:
        screen.print(say("dlq.replayed", arrival=done.arrival, outcome=term(done.outcome)), soft_wrap=True)


def _mended(file: str | None) -> bytes | None:
    if file is None:
        return None
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise trouble("file", path=file, reason=error.strerror or type(error).__name__) from None
