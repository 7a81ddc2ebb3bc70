"""Why a start is impossible, said in the operator's language with what helps."""

import dataclasses

import typer
from rich.console import Console
from rich.markup import escape

from deploy.cli.troubles import reason_of
from deploy.cli.words import say, wrong
from deploy.running import AlreadyRunning
from shared.platform.crypto import UnknownMaster
from shared.platform.http.key_file import BrokenKeyFile
from shared.platform.http.serve import CannotListen
from shared.platform.policy import PolicyError
from shared.platform.secrets import SecretProblem
from shared.platform.settings import SettingsError

err = Console(stderr=True, highlight=False)
REFUSALS = (AlreadyRunning, BrokenKeyFile, CannotListen, OSError, PolicyError, SecretProblem, SettingsError, UnknownMaster)
"""What makes a start impossible; each message names the remedy."""


def refuse(error: Exception) -> typer.Exit:
    """Say why a start is impossible, and what helps."""
    err.print(f"[red]{say('up.refused')}[/red]")
    if isinstance(error, OSError):
        err.print(escape(say("up.refused.file", path=error.filename or "?", reason=reason_of(error))), soft_wrap=True)
    for problem in [] if isinstance(error, OSError) else problems_of(error):
        err.print(escape(problem), soft_wrap=True)
    for kind, words in ((SettingsError, "settings"), (PolicyError, "policy")):
        if isinstance(error, kind):
            err.print(say(f"up.refused.{words}"), soft_wrap=True)
    return typer.Exit(1)


def problems_of(error: Exception) -> list[str]:
    """What is wrong, a line each, in the language of the moment."""
    if isinstance(error, PolicyError):
        return [str(dataclasses.replace(p, what=wrong(p.what), remedy=wrong(p.remedy))) for p in error.problems]
    lines = error.problems if isinstance(error, SettingsError) else [str(error)]
    return [in_full(line) for line in lines]


def in_full(line: str) -> str:
    """A problem that may begin with the name of a variable."""
    name, colon, rest = line.partition(": ")
    return f"{name}: {wrong(rest)}" if colon and name.startswith("REDRESS_") and name.isupper() else wrong(line)
