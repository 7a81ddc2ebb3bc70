"""`redress config show` and `redress keys issue`: the settings in force, and keys for those who ask."""

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from deploy.cli.reach import settings_now
from deploy.cli.screen import Json, show, table
from deploy.cli.shapes_setup import Config, Issued, SettingRow
from deploy.cli.troubles import USAGE, Trouble, trouble
from deploy.cli.words import say
from shared.platform.http.key_file import SCOPES, BrokenKeyFile, issue_key
from shared.platform.settings import Settings, describe, unknown_variables

NOT_SETTINGS = ("REDRESS_LANG",)
"""Variables of ours that only the command line reads."""


def register(app: typer.Typer) -> None:
    """Add both groups."""
    keys = typer.Typer(help=say("help.keys"), no_args_is_help=True)
    keys.callback()(lambda: None)
    keys.command("issue", help=say("help.keys.issue"))(issue)
    settings = typer.Typer(help=say("help.config"), no_args_is_help=True)
    settings.callback()(lambda: None)
    settings.command("show", help=say("help.config.show"))(show_)
    app.add_typer(keys, name="keys")
    app.add_typer(settings, name="config")


def issue(
    name: Annotated[str, typer.Argument(metavar="NAME", help=say("help.keys.name"))],
    scopes: Annotated[str, typer.Option("--scopes", help=say("help.keys.scopes"))],
    actor: Annotated[str | None, typer.Option("--actor", help=say("help.keys.actor"))] = None,
    as_json: Json = False,
) -> None:
    """Make an API key; running services take it at once."""
    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    if not wanted or not set(wanted) <= set(SCOPES):
        raise trouble("wrong_option", "one_of", USAGE, name="--scopes", value=scopes, names=", ".join(SCOPES))
    path = settings_now().api_keys_path
    try:
        key = issue_key(path, name, actor or name, wanted)
    except BrokenKeyFile as error:
        raise Trouble(str(error)) from None
    except ValueError:
        raise trouble("key_name", code=USAGE) from None
    except OSError as error:
        raise trouble("file", path=path, reason=error.strerror or type(error).__name__) from None
    found = Issued(name=name, actor=actor or name, scopes=wanted, key=key, file=str(path))
    show(found, as_json, lambda screen: _draw_key(screen, found))


def _draw_key(screen: Console, found: Issued) -> None:
    screen.print(Text(found.key, style="bold"), soft_wrap=True)
    screen.print(say("keys.once", name=found.name, scopes=", ".join(found.scopes)))
    screen.print(Text(say("keys.file", file=found.file), style="dim"), soft_wrap=True)


def show_(as_json: Json = False) -> None:
    """Every setting in force, secrets masked."""
    found = configuration(settings_now())
    show(found, as_json, lambda screen: _draw_settings(screen, found))


def configuration(settings: Settings) -> Config:
    """The settings in force beside their defaults."""
    default = describe(Settings.model_construct())
    rows = [SettingRow(variable=n, value=v, is_default=v == default[n]) for n, v in describe(settings).items()]
    return Config(settings=rows, unknown=strangers())


def strangers() -> list[str]:
    """What is set and no setting, one sentence each."""
    return [line for line in unknown_variables() if line.split(" ", 1)[0] not in NOT_SETTINGS]


def _draw_settings(screen: Console, found: Config) -> None:
    made = table(say("config.column.variable"), say("config.column.value"))
    for row in found.settings:
        made.add_row(row.variable, Text(row.value or "—", style="dim" if row.is_default else "bold", overflow="fold"))
    screen.print(made)
    screen.print(Text(say("config.bold"), style="dim"))
    for line in found.unknown:
        screen.print(Text(line, style="yellow"), soft_wrap=True)
