"""`redress config show`: the settings in force, and which of them were set."""

import typer
from rich.console import Console
from rich.text import Text

from deploy.cli.reach import settings_now
from deploy.cli.screen import Json, show, table
from deploy.cli.shapes_setup import Config, SettingRow
from deploy.cli.words import say
from shared.platform.settings import Settings, describe, unknown_variables

NOT_SETTINGS = ("REDRESS_LANG",)
"""Variables of ours that only the command line reads."""


CHANGED = "*"
"""Marks what is not the default, also where there are no colours."""


def register(app: typer.Typer) -> None:
    """Add the group."""
    settings = typer.Typer(help=say("help.config"), no_args_is_help=True)
    settings.callback()(lambda: None)
    settings.command("show", help=say("help.config.show"))(show_)
    app.add_typer(settings, name="config")


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
    made = table("", say("config.column.variable"), say("config.column.value"))
    for row in found.settings:
        value = Text(row.value or "—", style="dim" if row.is_default else "bold", overflow="fold")
        made.add_row("" if row.is_default else CHANGED, row.variable, value)
    screen.print(made)
    screen.print(Text(say("config.changed", mark=CHANGED), style="dim"))
    for line in found.unknown:
        screen.print(Text(line, style="yellow"), soft_wrap=True)
