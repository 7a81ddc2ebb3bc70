"""`redress keys init`: secrets and keys that must lie there before services start without leave to write."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.cli.reach import settings_now
from deploy.cli.screen import Json, show, table
from deploy.cli.shapes_setup import KeyFile, KeyFiles
from deploy.cli.troubles import Trouble, unreadable
from deploy.cli.words import say
from deploy.ground import SCOPES, keep_key, secrets_for
from shared.contracts.topics import SERVICES
from shared.platform.http.key_file import BrokenKeyFile
from shared.platform.secrets import NAMES, SecretProblem, secret_file
from shared.platform.settings import Settings


def init(
    operator_key: Annotated[Path | None, typer.Option("--operator-key", metavar="FILE", help=say("help.keys.operator"))] = None,
    service_key: Annotated[Path | None, typer.Option("--service-key", metavar="FILE", help=say("help.keys.service"))] = None,
    as_json: Json = False,
) -> None:
    """Make what is missing, leave what is there."""
    settings = settings_now()
    try:
        rows = [*_secrets(settings), *_keys(settings, operator_key, service_key)]
    except (BrokenKeyFile, SecretProblem) as error:
        raise Trouble(str(error)) from None
    except OSError as error:
        raise unreadable(error.filename, error) from None
    found = KeyFiles(files=rows)
    show(found, as_json, lambda screen: _draw(screen, found))


def _secrets(settings: Settings) -> Iterator[KeyFile]:
    elsewhere = {"master": settings.master_key_file, "identity": settings.identity_secret_file}
    files = {name: elsewhere.get(name) or secret_file(settings.home, name) for name in NAMES}
    there = {name for name, path in files.items() if path.exists()}
    secrets_for(settings, *SERVICES)
    for name, path in files.items():
        yield KeyFile(name=name, file=str(path), state="kept" if name in there else "made")


def _keys(settings: Settings, operator: Path | None, service: Path | None) -> Iterator[KeyFile]:
    for name, path, scopes in (("operator", operator, SCOPES), ("services", service, ("vault",))):
        if path:
            made = keep_key(path, settings.api_keys_path, name, scopes)
            yield KeyFile(name=name, file=str(path), state="made" if made else "kept")


def _draw(screen: Console, found: KeyFiles) -> None:
    drawn = table(*(say(f"keys.column.{name}") for name in ("name", "state", "file")))
    for row in found.files:
        drawn.add_row(row.name, say(f"keys.state.{row.state}"), row.file)
    screen.print(drawn)
