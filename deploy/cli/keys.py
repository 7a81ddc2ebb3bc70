"""`redress keys`: who may ask, by name; the keys themselves are shown once and kept nowhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from deploy.cli.keys_init import init
from deploy.cli.reach import settings_now
from deploy.cli.rewrap import rewrap
from deploy.cli.screen import Json, show, table
from deploy.cli.shapes_setup import Issued, KeyRow, Keys, Revoked
from deploy.cli.troubles import USAGE, Trouble, trouble, unreadable
from deploy.cli.words import say
from deploy.ground import KEY_FILE
from shared.platform.http.key_file import SCOPES, BrokenKeyFile, KeyEntry, hashed, issue_key, read_keys, revoke_key
from shared.platform.settings import Settings

Name = Annotated[str, typer.Argument(metavar="NAME", help=say("help.keys.name"))]


def register(app: typer.Typer) -> None:
    """Add the group."""
    keys = typer.Typer(help=say("help.keys"), no_args_is_help=True)
    keys.callback()(lambda: None)
    for name, verb in (("issue", issue), ("list", list_), ("revoke", revoke), ("init", init), ("rewrap", rewrap)):
        keys.command(name, help=say(f"help.keys.{name}"))(verb)
    app.add_typer(keys, name="keys")


def issue(
    name: Name,
    scopes: Annotated[str, typer.Option("--scopes", help=say("help.keys.scopes"))],
    actor: Annotated[str | None, typer.Option("--actor", help=say("help.keys.actor"))] = None,
    replace: Annotated[bool, typer.Option("--replace", help=say("help.keys.replace"))] = False,
    as_json: Json = False,
) -> None:
    """Make an API key; running services take it at once."""
    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    if not wanted or not set(wanted) <= set(SCOPES):
        raise trouble("wrong_option", "one_of", USAGE, name="--scopes", value=scopes, names=", ".join(SCOPES))
    settings = settings_now()
    path = settings.api_keys_path
    with _the_file(path):
        old = _named(path, name)
        if old and not replace:
            raise trouble("key_exists", name=name)
        _ensure_not_our_own(settings, old)
        key = issue_key(path, name, actor or name, wanted)
    found = Issued(name=name, actor=actor or name, scopes=wanted, key=key, replaced=old is not None, file=str(path))
    show(found, as_json, lambda screen: _draw_key(screen, found))


def list_(as_json: Json = False) -> None:
    """Every key by name, with what it opens."""
    path = settings_now().api_keys_path
    with _the_file(path):
        entries = sorted(read_keys(path), key=lambda entry: entry.name)
    rows = [KeyRow(name=entry.name, actor=entry.actor, scopes=sorted(entry.scopes)) for entry in entries]
    found = Keys(keys=rows, file=str(path))
    show(found, as_json, lambda screen: _draw_keys(screen, found))


def revoke(name: Name, as_json: Json = False) -> None:
    """End a key; running services refuse it at once."""
    settings = settings_now()
    path = settings.api_keys_path
    with _the_file(path):
        _ensure_not_our_own(settings, _named(path, name))
        if not revoke_key(path, name):
            raise trouble("not_found", "keys", what=name)
    found = Revoked(name=name, file=str(path))
    show(found, as_json, lambda screen: screen.print(say("keys.revoked", name=name), soft_wrap=True))


@contextmanager
def _the_file(path: Path) -> Iterator[None]:
    """What can be wrong with the file of keys, as a sentence."""
    try:
        yield
    except BrokenKeyFile as error:
        raise Trouble(str(error)) from None
    except ValueError:
        raise trouble("key_name", code=USAGE) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _named(path: Path, name: str) -> KeyEntry | None:
    return next((entry for entry in read_keys(path) if entry.name == name), None)


def _ensure_not_our_own(settings: Settings, entry: KeyEntry | None) -> None:
    """The house at hand, and this command line, ask with a key of their own: without it they would stand outside."""
    own = settings.home / KEY_FILE
    if entry and own.exists() and hashed(own.read_text("ascii").strip()) == entry.sha256:
        raise trouble("key_in_use", name=entry.name, file=own)


def _draw_key(screen: Console, found: Issued) -> None:
    screen.print(Text(found.key, style="bold"), soft_wrap=True)
    screen.print(say("keys.once", name=found.name, scopes=", ".join(found.scopes)))
    if found.replaced:
        screen.print(Text(say("keys.replaced", name=found.name), style="yellow"))
    screen.print(Text(say("keys.file", file=found.file), style="dim"), soft_wrap=True)


def _draw_keys(screen: Console, found: Keys) -> None:
    if not found.keys:
        screen.print(say("keys.none"))
        return
    made = table(*(say(f"keys.column.{name}") for name in ("key", "actor", "scopes")))
    for row in found.keys:
        made.add_row(row.name, row.actor, ", ".join(row.scopes))
    screen.print(made)
    screen.print(Text(say("keys.kept_in", file=found.file), style="dim"), soft_wrap=True)
