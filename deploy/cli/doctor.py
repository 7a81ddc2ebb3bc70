"""`redress doctor`: whether this machine is fit, the settings are sound, and the services are ready."""

import asyncio

import typer
from rich.console import Console
from rich.text import Text

from deploy.cli.config import strangers
from deploy.cli.doctor_house import house_findings
from deploy.cli.doctor_machine import machine_findings, ports, room, secret_files
from deploy.cli.reach import find_house, settings_now
from deploy.cli.screen import Json, show, table
from deploy.cli.shapes_setup import Finding, Findings
from deploy.cli.troubles import FAILED, Trouble
from deploy.cli.words import say

STYLES = {"ok": "green", "warn": "yellow", "bad": "red"}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("doctor", help=say("help.doctor"))(doctor)


def doctor(as_json: Json = False) -> None:
    """Look at everything and say what helps."""
    found = Findings(findings=[*machine_findings(), *_of_settings()])
    show(found, as_json, lambda screen: _draw(screen, found))
    raise typer.Exit(FAILED if any(finding.state == "bad" for finding in found.findings) else 0)


def _of_settings() -> list[Finding]:
    """What depends on the settings; one finding where they are wrong."""
    try:
        settings = settings_now()
    except Trouble as error:
        return [Finding(check="settings", state="bad", found=error.message, remedy=error.remedy)]
    strange = strangers()
    first = Finding(
        check="settings", state="warn" if strange else "ok", found="; ".join(strange) or say("doctor.sound"), remedy=""
    )
    house = find_house(settings)
    taken = [] if house.pid else [ports(settings)]
    return [first, room(settings.home), secret_files(settings), *taken, *asyncio.run(house_findings(settings, house))]


def _draw(screen: Console, found: Findings) -> None:
    made = table(*(say(f"doctor.column.{name}") for name in ("state", "check", "found")))
    for finding in found.findings:
        text = Text(finding.found)
        if finding.remedy:
            text.append(f" → {finding.remedy}", style="bold")
        state = Text(say(f"doctor.state.{finding.state}"), style=STYLES[finding.state])
        made.add_row(state, say(f"doctor.check.{finding.check}"), text)
    screen.print(made)
