"""`redress demo`: a few simulated weeks in a minute, on the real services."""

import asyncio
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.cli.demo_file import complaints_of
from deploy.cli.demo_home import demo_home, remove_leftovers
from deploy.cli.refusing import REFUSALS, refuse
from deploy.cli.running import home_lock, until_stopped
from deploy.cli.screen import complain
from deploy.cli.troubles import INTERRUPTED, trouble
from deploy.cli.words import say
from deploy.demo.api import Api
from deploy.demo.play import Play
from deploy.demo.screen import Screen, summary_view
from deploy.demo.stories import print_stories
from deploy.demo.summary import Summary, summary_of
from deploy.ground import KEY_FILE
from deploy.local import House, house, keep_running_file
from deploy.running import RunningFile
from deploy.sample import complaints as sample
from shared.platform.logging import configure
from shared.platform.settings import Settings, load_settings

MONDAY = "2026-09-07T06:00:00+00:00"
"""The first simulated instant: a Monday morning."""
MONDAY_MS = 1_788_760_800_000


class Interrupted(Exception):  # noqa: N818 - named after what has happened
    """Somebody stopped the play before its end."""


def demo(
    from_file: Annotated[Path | None, typer.Option("--from", help=say("help.demo.from"))] = None,
    complaints: Annotated[int, typer.Option(min=1, max=20_000, help=say("help.demo.complaints"))] = 320,
    seed: Annotated[int, typer.Option(help=say("help.demo.seed"))] = 7,
    serve: Annotated[bool, typer.Option("--serve", help=say("help.demo.serve"))] = False,
    json: Annotated[bool, typer.Option("--json", help=say("help.demo.json"))] = False,
) -> None:
    """Play a few simulated weeks: complaints over all channels, agents, customers; ends with a summary and two stories."""
    payloads = complaints_of(from_file) if from_file else sample(complaints, seed)
    configure("auto", "error", "demo")
    remove_leftovers()
    try:
        with demo_home(seed) as home:
            settings = load_settings(
                None, home=home, clock="simulated", simulated_start=MONDAY, kafka=None, store=None, **_any_ports(serve)
            )
            until_stopped(lambda stop: _demo(settings, payloads, seed, serve, json, stop))
    except Interrupted:
        complain(trouble("demo_interrupted"))
        raise typer.Exit(INTERRUPTED) from None
    except REFUSALS as error:
        raise refuse(error) from None


def _any_ports(serve: bool) -> dict[str, int]:
    """Ports that nothing else can have taken, unless somebody wants to look around."""
    return {} if serve else {f"{name}_port": 0 for name in ("intake", "triage", "escalation", "followup")}


async def _demo(
    settings: Settings, payloads: list[dict[str, Any]], seed: int, serve: bool, as_json: bool, stop: asyncio.Event
) -> None:
    console = Console(stderr=as_json, highlight=False)
    began = time.monotonic()
    console.print(say("demo.starting"))
    with home_lock(settings.home):
        async with house(settings) as made:
            api = Api.of(made)
            try:
                playing = asyncio.create_task(_play(made, api, payloads, seed, console))
                stopping = asyncio.create_task(stop.wait())
                await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not playing.done():
                    playing.cancel()
                    await asyncio.gather(playing, return_exceptions=True)
                    raise Interrupted
                summary = playing.result()
                stopping.cancel()
                if as_json:
                    Console(highlight=False, soft_wrap=True).print_json(summary.model_dump_json())
                else:
                    console.print(summary_view(summary, time.monotonic() - began))
                    await print_stories(api, console)
                if serve:
                    await _serve(made, settings, console, stop)
            finally:
                await api.close()


async def _play(made: House, api: Api, payloads: list[dict[str, Any]], seed: int, console: Console) -> Summary:
    while await made.troubles():  # noqa: ASYNC110 - readiness is a question, not an event
        await asyncio.sleep(0.05)
    with Screen(console, MONDAY_MS) as screen:
        play = Play(api, payloads, seed, MONDAY_MS, made.around.settings.mail_path, screen.show)
        await play.run()
    return await summary_of(api, seed, play.progress.hour // 24)


async def _serve(made: House, settings: Settings, console: Console, stop: asyncio.Event) -> None:
    """Stay open: `redress cases` and the others find this house by its running.json."""
    facts = {"kafka": made.around.connection.servers, **made.around.urls}
    facts |= {"api_key_file": str((settings.home / KEY_FILE).absolute())}
    file = RunningFile(settings.home, facts)
    watching = asyncio.create_task(keep_running_file(made, file))
    console.print(f"\n{say('demo.serving')}")
    for name, url in facts.items():
        console.print(f"  {name:<13}{url}", soft_wrap=True)
    console.print(f"  REDRESS_HOME={settings.home}", soft_wrap=True)
    try:
        await stop.wait()
    finally:
        watching.cancel()
        file.remove()
