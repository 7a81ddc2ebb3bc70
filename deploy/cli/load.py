"""`redress load`: an open loop of sample complaints; latency counts from the instant each was due."""

import asyncio
import math
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from deploy.cli import sending_http
from deploy.cli.counts import verdict, waited
from deploy.cli.counts_screen import draw_counts
from deploy.cli.preparing import Ready
from deploy.cli.reach import Asker, House, find_house, settings_now
from deploy.cli.screen import Json, console, show
from deploy.cli.sending_kafka import coalescing
from deploy.cli.shapes import Counts
from deploy.cli.shapes_setup import Loaded
from deploy.cli.transports import HTTP, KAFKA, Way, way_of
from deploy.cli.troubles import FAILED, Trouble
from deploy.cli.words import say
from shared.contracts.cloudevents import dumps
from shared.platform.settings import Settings

SAMPLE = 320
QUIET_SECONDS = 60.0
MOST_AT_ONCE = 2_000
Send = Callable[[Ready, int], Awaitable[bool]]
"""Sends one complaint; True once it is accepted."""


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("load", help=say("help.load"))(load)


def load(
    rate: Annotated[float, typer.Option("--rate", min=0.1, max=20_000, help=say("help.load.rate"))] = 50,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, max=86_400, help=say("help.load.seconds"))] = 10,
    kafka: Annotated[bool, typer.Option("--kafka/--http", help=say("help.load.kafka"))] = False,
    as_json: Json = False,
) -> None:
    """Send sample complaints at a steady rate."""
    settings = settings_now()
    house = find_house(settings)
    way = way_of(house, None if kafka else "auto")
    run = asyncio.run(_run(settings, house, way, rate, seconds))
    counted = asyncio.run(waited(QUIET_SECONDS))
    found = loaded(way, rate, run, counted)
    show(found, as_json, lambda screen: _draw(screen, found, rate, seconds))
    raise typer.Exit(FAILED if found.failed else verdict(counted, waited=True))


@dataclass
class Run:
    """What an open loop measured."""

    latencies: list[float] = field(default_factory=list)
    """Of accepted ones, ms."""
    failed: int = 0
    seconds: float = 0.0


async def _run(settings: Settings, house: House, way: Way, rate: float, seconds: float) -> Run:
    async with Asker(house) as asker:
        if way.transport == HTTP:
            mark = uuid.uuid4().hex

            async def post(record: Ready, number: int) -> bool:
                answer = await sending_http.send_one(asker.client, way.to, record, f"{mark}-{number}")
                return bool(answer.is_success)

            return await open_loop(post, rate, seconds)
        async with coalescing(way.connection(settings, house)) as publish:
            return await open_loop(lambda record, _: publish(record), rate, seconds)


async def open_loop(send: Send, rate: float, seconds: float) -> Run:
    """Start one complaint every 1/rate seconds, whether earlier ones were answered or not."""
    run, records, busy = Run(), sample_of(uuid.uuid4().hex[:8]), asyncio.Semaphore(MOST_AT_ONCE)
    total = max(1, round(rate * seconds))
    began = time.perf_counter()

    async def one(number: int, due: float) -> None:
        try:
            accepted = await send(records(number), number)
        except Trouble:
            accepted = False
        finally:
            busy.release()
        if accepted:
            run.latencies.append((time.perf_counter() - due) * 1000)
        else:
            run.failed += 1

    with Progress(console=console(err=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(say("load.running", rate=f"{rate:g}"), total=total)
        async with asyncio.TaskGroup() as group:
            for number in range(total):
                due = began + number / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                await busy.acquire()
                group.create_task(one(number, due))
                bar.advance(task)
    run.seconds = time.perf_counter() - began
    return run


def sample_of(run: str) -> Callable[[int], Ready]:
    """The n-th complaint of a run: the sample over and over, under ids of its own."""
    from deploy.sample import complaints  # noqa: PLC0415 - it reads a book of phrases

    sample = complaints(SAMPLE)

    def record(number: int) -> Ready:
        fields: dict[str, Any] = sample[number % len(sample)] | {"source_id": f"load-{run}-{number}", "source": "load"}
        fields.pop("in_reply_to", None)
        fields.pop("message_id", None)
        return Ready(str(number), dumps(fields).encode(), "load", str(fields["source_id"]))

    return record


def loaded(way: Way, rate: float, run: Run, counted: Counts | None) -> Loaded:
    """The figures of a run."""
    return Loaded(
        transport=way.transport,
        rate=rate,
        seconds=round(run.seconds, 2),
        sent=len(run.latencies) + run.failed,
        accepted=len(run.latencies),
        failed=run.failed,
        p50_ms=quantile(run.latencies, 0.5),
        p99_ms=quantile(run.latencies, 0.99),
        max_ms=quantile(run.latencies, 1.0),
        counts=counted,
    )


def quantile(values: list[float], share: float) -> float | None:
    """The smallest value that at least this share of the values does not exceed; None without values."""
    if not values:
        return None
    return round(sorted(values)[max(0, math.ceil(share * len(values)) - 1)], 1)


def _draw(screen: Console, found: Loaded, rate: float, seconds: float) -> None:
    name = "Kafka" if found.transport == KAFKA else "HTTP"
    figures = {"sent": found.sent, "accepted": found.accepted, "failed": found.failed}
    screen.print(say("load.done", **figures, seconds=f"{found.seconds:g}", transport=name))
    if found.p50_ms is not None:
        screen.print(say("load.latency", p50=found.p50_ms, p99=found.p99_ms, most=found.max_ms))
    if found.seconds > seconds * 1.1 + 1 / rate + 0.5:
        screen.print(say("load.late"))
    if found.counts:
        screen.print()
        draw_counts(screen, found.counts)
