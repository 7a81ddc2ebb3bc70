"""`redress dlq replay`: decide one parked record again, as it is or mended, or all of a kind."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer

from deploy.cli.dlq_screen import UNSETTLED, draw_replays
from deploy.cli.finding import first_that_knows
from deploy.cli.reach import Asker, asking, body_of, one_service
from deploy.cli.screen import Json, show
from deploy.cli.shapes import Fault, Replay, Replays
from deploy.cli.troubles import FAILED, UNREACHABLE, USAGE, Trouble, trouble, unreachable, unreadable
from deploy.cli.words import say

PAGE = 1_000
PATH = "/internal/v1/parked/replay"


def replay(
    arrival: Annotated[str | None, typer.Argument(metavar="[ARRIVAL]", help=say("help.arrival"))] = None,
    with_: Annotated[str | None, typer.Option("--with", metavar="FILE", help=say("help.dlq.with"))] = None,
    every: Annotated[bool, typer.Option("--all", help=say("help.dlq.all"))] = False,
    reason: Annotated[str | None, typer.Option("--reason", metavar="CODE", help=say("help.dlq.reason_replay"))] = None,
    service: Annotated[str | None, typer.Option("--service", help=say("help.service"))] = None,
    as_json: Json = False,
) -> None:
    """Decide parked records again."""
    names, many = one_service(service), every or reason is not None
    if many == (arrival is not None) or (many and with_ is not None):
        raise trouble("which_record", code=USAGE)
    if arrival is not None:
        mended = _mended(with_)
        found = Replays(replayed=[asking(lambda asker: _one(asker, names, arrival, mended))])
    else:
        found = Replays(replayed=asking(lambda asker: _many(asker, names, reason)))
    show(found, as_json, lambda screen: draw_replays(screen, found.replayed))
    if any(done.outcome in UNSETTLED for done in found.replayed):
        raise typer.Exit(FAILED)


def _mended(file: str | None) -> bytes | None:
    if file is None:
        return None
    try:
        mended = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise unreadable(file, error) from None
    if not mended.strip():  # without a body the service would replay the record as it is
        raise trouble("nothing_mended", code=USAGE, path=file)
    return mended


async def _one(asker: Asker, names: Sequence[str], arrival: str, mended: bytes | None) -> Replay:
    _, done = await first_that_knows(names, lambda name: _asked(asker, name, arrival, mended), ("dlq", arrival))
    return done


async def _many(asker: Asker, names: Sequence[str], reason: str | None) -> list[Replay]:
    """All that are parked, the oldest first; one that is refused does not hold the others."""
    done = []
    for name in names:
        for arrival in reversed(await _parked_in(asker, name, reason)):
            try:
                done.append(await _asked(asker, name, arrival, None))
            except Trouble as error:
                if error.code == UNREACHABLE:
                    raise
                refusal = Fault(field="", message=error.message)
                done.append(Replay(service=name, arrival=arrival, outcome="refused", reason="", problems=[refusal]))
    return done


async def _parked_in(asker: Asker, name: str, reason: str | None) -> list[str]:
    """The arrivals parked in a service, newest first; all are named before any is replayed, since that moves the pages."""
    found: list[str] = []
    while True:
        page = await asker.get(name, "/internal/v1/parked", state="parked", reason=reason, limit=PAGE, skip=len(found))
        found += [str(row["arrival"]) for row in page["parked"]]
        if len(page["parked"]) < PAGE:
            return found


async def _asked(asker: Asker, name: str, arrival: str, mended: bytes | None) -> Replay:
    """What a service answers; its 422 tells what is wrong with the mended record."""
    url = asker.url(name)
    try:
        answer = await asker.client.post(url + PATH, params={"arrival": arrival}, content=mended or b"")
    except httpx2.HTTPError as error:
        raise unreachable(name, url, type(error).__name__) from None
    done: dict[str, Any]
    if answer.status_code == 422 and mended is not None:
        done = {"outcome": "refused", **answer.json()}
    else:
        done = body_of(answer, name, url)
    problems = [Fault.model_validate(problem) for problem in done.get("problems", ())]
    return Replay.model_validate({**done, "service": name, "arrival": arrival, "problems": problems})
