"""`redress up` and `redress run`: start services and keep them until told to stop."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.cli.refusing import REFUSALS, err, in_full, refuse
from deploy.cli.words import say
from deploy.ground import KEY_FILE, build_of, clock_of, connection_of, own_key, secrets_for, served
from deploy.running import AlreadyRunning, RunningFile
from shared.contracts.topics import SERVICES
from shared.platform.application import Surroundings, alone
from shared.platform.heap import leave_start_alone
from shared.platform.http.keys import ApiKeys
from shared.platform.http.serve import bind, url_of
from shared.platform.logging import configure
from shared.platform.settings import Settings, check_run, load_settings, unknown_variables
from shared.platform.steps import set_hook

LOCK = "lock"
READY_SECONDS = 10
"""How long `up` waits for its services before it says where they are."""


def until_stopped(work: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """Run until SIGINT or SIGTERM, by force at the second one."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def asked() -> None:
            if stop.is_set():
                os._exit(130)
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, asked)
        await work(stop)

    asyncio.run(main())


def die_at_step(where: str) -> None:
    """For the fault tests: end as by kill -9 at a boundary of `shared.platform.steps`.

    `where` is `<step name>:<probability>:<seed>`, e.g. `after publish:0.05:7`; empty: never.
    """
    if not where:
        return
    name, probability, seed = where.rsplit(":", 2)
    share, chance = float(probability), random.Random(seed)  # noqa: S311 - a rehearsal, no secret

    def die(step: str) -> None:
        if step == name and chance.random() < share:
            os.kill(os.getpid(), signal.SIGKILL)

    set_hook(die)


def up(json: Annotated[bool, typer.Option("--json", help=say("help.up.json"))] = False) -> None:
    """Run all four services in this process until Ctrl-C; embedded unless REDRESS_KAFKA and REDRESS_STORE say otherwise."""
    die_at_step(os.environ.get("REDRESS_TEST_STEP_KILL", ""))
    try:
        settings = load_settings()
        check_run(settings)
        configure(settings.log_format, settings.log_level, "redress")
        for warning in unknown_variables():
            err.print(f"[yellow]{in_full(warning)}[/yellow]", soft_wrap=True)
        until_stopped(lambda stop: _up(settings, stop, json))
    except REFUSALS as error:
        raise refuse(error) from None


async def _up(settings: Settings, stop: asyncio.Event, as_json: bool) -> None:
    from deploy.local import house, keep_running_file  # noqa: PLC0415 - `run` starts sooner without the other three services

    with home_lock(settings.home):
        async with house(settings) as made:
            facts = {"kafka": made.around.connection.servers, **made.around.urls}
            facts |= {"api_key_file": str((settings.home / KEY_FILE).absolute())}
            file = RunningFile(settings.home, facts)
            watching = asyncio.create_task(keep_running_file(made, file))
            try:
                await _ready_or_late(file, stop)
                _announce(file, made.embedded, made.announced_again, as_json)
                leave_start_alone()
                await stop.wait()
            finally:
                watching.cancel()
                file.remove()
                _tell("up.stopping", as_json)
    _tell("up.stopped", as_json)


async def _ready_or_late(file: RunningFile, stop: asyncio.Event) -> None:
    """Until all four services take work, or it is time to say where their doors are all the same."""
    late = time.monotonic() + READY_SECONDS
    while file.ready is None or not (file.ready or stop.is_set() or time.monotonic() > late):  # noqa: ASYNC110 - one look a moment
        await asyncio.sleep(0.02)


def _tell(words: str, as_json: bool) -> None:
    if not as_json:
        err.print(say(words))


def _announce(file: RunningFile, embedded: bool, again: int, as_json: bool) -> None:
    out = Console(highlight=False, soft_wrap=True)
    if as_json:
        out.print_json(file.path.read_text("utf-8"))
        return
    out.print(say("up.up"))
    for name in ("kafka", *SERVICES):
        out.print(f"  {name:<11}{file.facts[name]}")
    out.print(f"  {say('up.key'):<11}{file.facts['api_key_file']}")
    if embedded:
        out.print(say("up.embedded"))
    if again:
        out.print(say("up.again", number=again))


@contextlib.contextmanager
def home_lock(directory: Path, name: str = LOCK, remedy: str = "set another REDRESS_HOME") -> Iterator[None]:
    """Two processes over the same files would trip each other up; the lock dies with its process."""
    import fcntl  # noqa: PLC0415 - absent on Windows, where running.json alone guards

    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (directory / name).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(f"another process works in {directory}: stop it, or {remedy}") from None
        yield


def run(service: Annotated[str, typer.Argument(help=say("help.run.service", names=", ".join(SERVICES)))]) -> None:
    """Run one service in this process, beside a real Kafka, until Ctrl-C."""
    die_at_step(os.environ.get("REDRESS_TEST_STEP_KILL", ""))
    try:
        settings = load_settings()
        check_run(settings, service)
        configure(settings.log_format, settings.log_level, service)
        until_stopped(lambda stop: _run(settings, service, stop))
    except REFUSALS as error:
        raise refuse(error) from None


async def _run(settings: Settings, service: str, stop: asyncio.Event) -> None:
    with contextlib.ExitStack() as locks:
        if settings.sqlite_dir:
            remedy = "use MongoDB (REDRESS_STORE=mongodb://…) for several replicas"
            locks.enter_context(home_lock(settings.sqlite_dir, f"{service}.lock", remedy))
        await _serve(settings, service, stop)


async def _serve(settings: Settings, service: str, stop: asyncio.Event) -> None:
    door = bind(settings.host, settings.port_of(service))
    if settings.api_keys_file is None:  # else somebody else keeps the keys, and home may be read-only
        own_key(settings)
    around = Surroundings(
        settings=settings,
        connection=connection_of(settings, settings.kafka or "", embedded=False),
        clock=clock_of(settings),
        keys=ApiKeys(settings.api_keys_path),
        secrets=secrets_for(settings, service),
        urls=settings.urls() | {service: url_of(door)},
    )
    built = build_of(service)(around)
    async with served(built, door, settings) as url, alone(built, settings.shutdown_seconds) as starting:
        err.print(say("run.answers", service=service, url=url))
        leave_start_alone()
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()  # raises what makes a start impossible
            await stopping
        err.print(say("up.stopping"))
    err.print(say("up.stopped"))
