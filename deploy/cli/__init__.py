"""The command line `redress`: one file a group of verbs, all sentences in `words`, all JSON shapes in `shapes`."""

import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Sequence

import typer
from typer import rich_utils

from deploy.cli import (
    cases,
    config,
    counts,
    dlq,
    doctor,
    effects,
    erase,
    load,
    policy,
    publish,
    rejected,
    setting_up,
    story,
)
from deploy.cli.screen import complain
from deploy.cli.troubles import FAILED, Trouble, trouble
from deploy.cli.words import say

GROUPS = (publish, cases, story, counts, dlq, rejected, effects, setting_up, policy, doctor, load, erase, config)
HOUSE = {"running": ("up", "run"), "demo": ("demo",)}
"""Modules whose verbs start services, and the names of these verbs."""


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(name="redress", help=say("help.app"), no_args_is_help=True, add_completion=False, rich_markup_mode="rich")
    app.pretty_exceptions_enable = False
    rich_utils.ARGUMENTS_PANEL_TITLE = say("panel.arguments")
    rich_utils.OPTIONS_PANEL_TITLE = say("panel.options")
    rich_utils.COMMANDS_PANEL_TITLE = say("panel.commands")
    rich_utils.ERRORS_PANEL_TITLE = say("panel.error")
    for module, verbs in HOUSE.items():
        if importlib.util.find_spec(f"deploy.cli.{module}"):
            found = importlib.import_module(f"deploy.cli.{module}")
            for verb in verbs:
                app.command(verb, help=say(f"help.{verb}"))(getattr(found, verb))
    for group in GROUPS:
        group.register(app)
    return app


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments say; the exit code."""
    try:
        build()(list(arguments), prog_name="redress")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED if end.code else 0
    except Trouble as error:
        complain(error)
        return error.code
    except Exception as error:  # a bug of ours: the operator gets a sentence, and details on demand
        if os.environ.get("REDRESS_LOG_LEVEL", "").lower() == "debug":
            traceback.print_exc()
        complain(trouble("internal", kind=type(error).__name__))
        return FAILED
    return 0


def main() -> None:
    """The entry of the script `redress`."""
    sys.exit(run(sys.argv[1:]))
