"""The command line `redress`: one file a group of verbs, all sentences in `words`, all JSON shapes in `shapes`."""

import importlib
import logging
import os
import sys
import traceback
from collections.abc import Sequence

import typer
from pydantic import ValidationError
from typer import rich_utils
from typer._click.core import Command, Context
from typer._click.exceptions import NoArgsIsHelpError, UsageError
from typer.core import TyperOption

from deploy.cli.screen import complain
from deploy.cli.troubles import FAILED, INTERRUPTED, USAGE, Trouble, trouble
from deploy.cli.words import say, wrong
from shared.platform.heap import collect_seldom

VERBS = {
    "demo": "demo",
    "up": "running",
    "run": "running",
    "publish": "publish",
    "cases": "cases",
    "story": "story",
    "counts": "counts",
    "dlq": "dlq",
    "losses": "losses",
    "rejected": "rejected",
    "effects": "effects",
    "erase": "erase",
    "erase-closed": "erase_closed",
    "load": "load",
    "topics": "setting_up",
    "db": "setting_up",
    "policy": "policy",
    "keys": "keys",
    "config": "config",
    "doctor": "doctor",
}
"""Verb to the module that has it, in the order of the help; only what is asked for is loaded, since services take a second."""


def build(arguments: Sequence[str] = ()) -> typer.Typer:
    """The command line, as far as the arguments may mean it."""
    app = typer.Typer(name="redress", help=say("help.app"), no_args_is_help=True, add_completion=False, rich_markup_mode="rich")
    app.callback()(lambda: None)
    app.pretty_exceptions_enable = False
    rich_utils.ARGUMENTS_PANEL_TITLE = say("panel.arguments")
    rich_utils.OPTIONS_PANEL_TITLE = say("panel.options")
    rich_utils.COMMANDS_PANEL_TITLE = say("panel.commands")
    rich_utils.ERRORS_PANEL_TITLE = say("panel.error")
    wanted = next((word for word in arguments if not word.startswith("-")), "")
    if wanted not in VERBS:
        for verb in VERBS:  # named only, for the help: none of them can be meant
            app.command(verb, help=say(f"help.{verb}"))(lambda: None)
        return app
    module = importlib.import_module(f"deploy.cli.{VERBS[wanted]}")
    if hasattr(module, "register"):
        module.register(app)
    else:
        app.command(wanted, help=say(f"help.{wanted}"))(getattr(module, wanted))
    return app


def _say_help(command: Command) -> None:
    """The line that explains --help, which is the same for every verb, comes from a library."""
    made = command.get_help_option

    def worded(ctx: Context) -> TyperOption | None:
        option = made(ctx)
        if option:
            option.help = say("help.help")
        return option

    command.get_help_option = worded  # type: ignore[method-assign]
    for inner in getattr(command, "commands", {}).values():
        _say_help(inner)


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments say; the exit code."""
    logging.basicConfig(handlers=[logging.NullHandler()])  # libraries say nothing here; `up` and `run` set up logs of their own
    try:
        command = typer.main.get_command(build(arguments))
        _say_help(command)
        ended = command(list(arguments), prog_name="redress", standalone_mode=False)
        return ended if isinstance(ended, int) else 0
    except NoArgsIsHelpError as asked:
        asked.show()
        return USAGE
    except UsageError as error:
        verb = error.ctx.command_path if error.ctx else "redress"
        what = wrong(error.format_message())
        complain(trouble("usage", what=what[:1].upper() + what[1:], verb=verb))
        return USAGE
    except (KeyboardInterrupt, typer.Abort):
        complain(trouble("interrupted"))
        return INTERRUPTED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED if end.code else 0
    except Trouble as error:
        complain(error)
        return error.code
    except ValidationError:  # only answers of services are validated
        complain(trouble("strange_answer"))
        return FAILED
    except Exception as error:  # a bug of ours: the operator gets a sentence, and details on demand
        if os.environ.get("REDRESS_LOG_LEVEL", "").lower() == "debug":
            traceback.print_exc()
        complain(trouble("internal", kind=type(error).__name__))
        return FAILED


def main() -> None:
    """The entry of the script `redress`."""
    collect_seldom()
    os.umask(0o077)  # whatever we write may hold what customers wrote, or a key
    sys.exit(run(sys.argv[1:]))
