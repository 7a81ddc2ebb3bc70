"""`redress effects`: acts on the outside world; a person says what became of those that nobody can tell."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from deploy.cli.finding import first_that_knows, of_each
from deploy.cli.reach import Asker, asking, one_service
from deploy.cli.screen import Json, complain, show, when
from deploy.cli.shapes import EffectList, EffectResolved, EffectRow
from deploy.cli.troubles import UNREACHABLE, USAGE, trouble
from deploy.cli.words import say, term
from shared.contracts.topics import SERVICES

STATES = ("planned", "sending", "sent", "failed", "unknown")
WAITING = ("unknown", "failed")
"""States that want a person."""
Key = Annotated[str, typer.Argument(metavar="KEY", help=say("help.effects.key"))]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help=say("help.effects"), no_args_is_help=True)
    group.command("list", help=say("help.effects.list"))(list_)
    group.command("mark-sent", help=say("help.effects.sent"))(mark_sent)
    group.command("retry", help=say("help.effects.retry"))(retry)
    app.add_typer(group, name="effects")


def list_(
    state: Annotated[str | None, typer.Option("--state", help=say("help.effects.state"))] = None,
    service: Annotated[str | None, typer.Option("--service", help=say("help.service"))] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help=say("help.limit"))] = 100,
    as_json: Json = False,
) -> None:
    """List effects; by default those that wait for a person."""
    if state not in (None, "all", *STATES):
        raise trouble("wrong_option", "one_of", USAGE, name="--state", value=state, names=", ".join((*STATES, "all")))
    states: tuple[str | None, ...] = WAITING if state is None else (None,) if state == "all" else (state,)
    names = one_service(service)

    async def ask(asker: Asker) -> tuple[list[EffectRow], list[str]]:
        rows, away = [], list[str]()
        for wanted in states:
            answers, away = await of_each(asker, names, "/internal/v1/effects", state=wanted, limit=limit)
            rows += [
                EffectRow.model_validate({"service": n, **row}) for n, answer in answers.items() for row in answer["effects"]
            ]
        return rows, away

    rows, away = asking(ask)
    found = EffectList(effects=sorted(rows, key=lambda row: -row.at)[:limit], unreachable=away)
    show(found, as_json, lambda screen: _draw(screen, found, is_default=state is None))
    if away:
        complain(trouble("unreachable_many", names=", ".join(away)))
        raise typer.Exit(UNREACHABLE)


def _draw(screen: Console, found: EffectList, is_default: bool) -> None:
    if not found.effects:
        screen.print(say("effects.none" if is_default else "effects.none_like"))
        return
    for row in found.effects:
        screen.print(Text(typed_key(row.key), style="bold"), soft_wrap=True)
        about = {"service": term(row.service), "kind": term(row.kind), "state": term(row.state), "attempts": row.attempts}
        line = say("effects.line", **about, at=when(row.at))
        screen.print(f"  {line}{' · ' + term(row.reason) if row.reason and row.reason != row.state else ''}")
    if any(row.state in WAITING for row in found.effects):
        screen.print(Text(say("effects.next"), style="dim"))


def typed_key(key: str) -> str:
    """A key as people type it: a shell would take the bars of the real one for pipes."""
    return key.replace("|", "~")


def _real_key(given: str) -> str:
    return given.replace("~", "|")


def mark_sent(key: Key, as_json: Json = False) -> None:
    """It did happen."""
    _resolve(key, "mark-sent", as_json)


def retry(key: Key, as_json: Json = False) -> None:
    """Do it again."""
    _resolve(key, "retry", as_json)


def _resolve(key: str, decision: str, as_json: bool) -> None:
    word, path = {"key": _real_key(key), "decision": decision}, "/internal/v1/effects/resolve"

    async def ask(asker: Asker) -> tuple[str, Any]:
        return await first_that_knows(SERVICES, lambda name: asker.post(name, path, word), ("effects", key))

    service, answer = asking(ask)
    found = EffectResolved.model_validate({"service": service, **answer})
    said = "effects.marked" if decision == "mark-sent" else "effects.again"
    show(found, as_json, lambda screen: screen.print(say(said, key=typed_key(key)), soft_wrap=True))
