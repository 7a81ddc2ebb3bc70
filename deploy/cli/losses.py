"""`redress losses`: records that nobody read because a log lost them; a person answers for them, and the count goes on."""

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from deploy.cli.finding import of_each
from deploy.cli.reach import Asker, asking, one_service
from deploy.cli.screen import Json, complain, show, when
from deploy.cli.shapes_losses import LossList, LossRow, WrittenOff
from deploy.cli.troubles import FAILED, UNREACHABLE, USAGE, trouble
from deploy.cli.words import say, some, term

REASONS = ("resent", "gone", "restored", "other")
ALL = "all"
Service = Annotated[str | None, typer.Option("--service", help=say("help.service"))]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help=say("help.losses"), no_args_is_help=True)
    group.command("list", help=say("help.losses.list"))(list_)
    group.command("write-off", help=say("help.losses.write_off"))(write_off)
    app.add_typer(group, name="losses")


def list_(service: Service = None, as_json: Json = False) -> None:
    """List losses of all services, open ones first."""
    names = one_service(service)
    rows, away = asking(lambda asker: _rows(asker, names))
    found = LossList(losses=rows, unreachable=away)
    show(found, as_json, lambda screen: _draw(screen, found))
    if away:
        complain(trouble("unreachable_many", names=", ".join(away)))
        raise typer.Exit(UNREACHABLE)


def write_off(
    loss: Annotated[str, typer.Argument(metavar="LOSS", help=say("help.losses.loss"))],
    reason: Annotated[str, typer.Option("--reason", help=say("help.losses.reason"))],
    service: Service = None,
    as_json: Json = False,
) -> None:
    """Answer for what is open of one loss, or of all."""
    if reason not in REASONS:
        raise trouble("wrong_option", "one_of", USAGE, name="--reason", value=reason, names=", ".join(REASONS))

    async def ask(asker: Asker) -> tuple[list[LossRow], list[str], bool]:
        rows, away = await _rows(asker, one_service(service))
        named = [row for row in rows if loss in (ALL, row.loss)]
        done = [await _written_off(asker, row, reason) for row in named if row.open]
        return done, away, bool(named)

    done, away, known = asking(ask)
    if not known and loss != ALL and not away:
        raise trouble("not_found", "losses", FAILED, what=loss)
    found = WrittenOff(written_off=done)
    show(found, as_json, lambda screen: _draw_done(screen, found))
    if away:
        complain(trouble("unreachable_many", names=", ".join(away)))
        raise typer.Exit(UNREACHABLE)


async def _rows(asker: Asker, names: tuple[str, ...]) -> tuple[list[LossRow], list[str]]:
    """What each service lost, and who did not answer."""
    answers, away = await of_each(asker, names, "/internal/v1/losses")
    rows = [LossRow.model_validate({"service": name, **row}) for name, answer in answers.items() for row in answer["losses"]]
    return sorted(rows, key=lambda row: (not row.open, row.service, row.loss)), away


async def _written_off(asker: Asker, row: LossRow, reason: str) -> LossRow:
    """The service refuses where more were lost since the list was read."""
    word = {"loss": row.loss, "records": row.open, "because": reason}
    answer = await asker.post(row.service, "/internal/v1/losses/write-off", word)
    return LossRow.model_validate({"service": row.service, **answer})


def _draw(screen: Console, found: LossList) -> None:
    if not found.losses:
        screen.print(say("losses.none"))
        return
    for row in found.losses:
        screen.print(Text(row.loss, style="bold"), soft_wrap=True)
        about = say("losses.line", service=term(row.service), records=some(row.records, "record"), open=row.open)
        screen.print(Text(f"  {about}", style="red" if row.open else ""))
        if row.written_off_at is not None:
            reason = term(row.written_off_for)
            screen.print(f"  {say('losses.answered', by=row.written_off_by, at=when(row.written_off_at), reason=reason)}")
    if any(row.open for row in found.losses):
        screen.print(Text(say("losses.next"), style="dim"))


def _draw_done(screen: Console, found: WrittenOff) -> None:
    if not found.written_off:
        screen.print(say("losses.nothing_open"))
    for row in found.written_off:
        screen.print(say("losses.done", loss=row.loss, records=some(row.records, "record")), soft_wrap=True)
