"""`redress policy check`: every mistake in the rules, before they are used."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.text import Text

from deploy.cli.reach import settings_now
from deploy.cli.refusing import problems_of
from deploy.cli.screen import Json, show, table
from deploy.cli.shapes_setup import Policies, PolicyRow
from deploy.cli.troubles import FAILED, USAGE, Trouble, trouble
from deploy.cli.words import say, term
from services.escalation.domain.policy_model import EscalationPolicy
from services.followup.domain.policy_model import FollowupPolicy
from services.intake.domain.policy_model import IntakePolicy
from services.triage.domain.policy_model import TriagePolicy
from shared.platform.policy import PolicyError, PolicySource, default_policy

MODELS: dict[str, type[BaseModel]] = {
    "intake": IntakePolicy,
    "triage": TriagePolicy,
    "escalation": EscalationPolicy,
    "followup": FollowupPolicy,
}

FILES = tuple(f"{name}.yaml" for name in MODELS)


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help=say("help.policy"), no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("check", help=say("help.policy.check"))(check)
    app.add_typer(group, name="policy")


def check(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE|DIR]...", help=say("help.policy.files"))] = None,
    as_json: Json = False,
) -> None:
    """Check policy files: those named, or the four in force."""
    named = [(_service_of(file), file) for file in _within(files)] if files else _in_force()
    found = Policies(policies=[checked(service, file) for service, file in named])
    show(found, as_json, lambda screen: _draw(screen, found))
    raise typer.Exit(FAILED if any(row.problems for row in found.policies) else 0)


def _within(given: Sequence[Path]) -> Iterator[Path]:
    """The files named, and all of a directory; a `Trouble` for one with none, or with one that no service would read."""
    for path in given:
        there = sorted(path.glob("*.y*ml")) if path.is_dir() else [path]
        if not there:
            raise trouble("no_policies", "policy_name", USAGE, file=path, names=", ".join(FILES))
        for file in there:
            if path.is_dir() and file.name not in FILES:
                raise trouble("policy_name", code=USAGE, file=file.name, names=", ".join(FILES))
            yield file


def _service_of(file: Path) -> str:
    if file.stem not in MODELS:
        raise trouble("policy_name", code=USAGE, file=file.name, names=", ".join(FILES))
    return file.stem


def _in_force() -> list[tuple[str, Path]]:
    try:
        policies = settings_now().policies
        return [(service, default_policy(service, policies)) for service in MODELS]
    except PolicyError as error:
        raise Trouble(problems_of(error)[0]) from None


def checked(service: str, file: Path) -> PolicyRow:
    """A policy's hash, or everything that is wrong with it."""
    try:
        loaded = PolicySource(file, MODELS[service]).load()
    except PolicyError as error:
        return PolicyRow(service=service, file=str(file), hash=None, problems=problems_of(error))
    return PolicyRow(service=service, file=str(file), hash=loaded.hash, problems=[])


def _draw(screen: Console, found: Policies) -> None:
    made = table(say("counts.column.service"), say("policy.column.hash"), say("policy.column.state"))
    for row in found.policies:
        fault = say("policy.wrong", number=len(row.problems))
        made.add_row(term(row.service), row.hash or "—", Text(fault, style="red") if row.problems else say("policy.fits"))
    screen.print(made)
    for row in found.policies:
        for problem in row.problems:
            screen.print(problem, soft_wrap=True)
