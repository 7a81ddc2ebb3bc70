"""Send complaints to intake's HTTP door: many at once, each safe to repeat."""

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import httpx2

from deploy.cli.preparing import Ready
from deploy.cli.reach import body_of, detail_of
from deploy.cli.sending import Step, Tally
from deploy.cli.shapes import Fault
from deploy.cli.troubles import Trouble, unreachable
from deploy.cli.words import wrong

AT_ONCE = 16
TRIES = 8
CONNECT_TRIES = 5
"""How often a service that does not answer at all is tried."""
LONGEST_WAIT = 5.0
LATER = (429, 503)
"""Statuses that ask for another try."""


async def send_all(client: httpx2.AsyncClient, url: str, records: Iterator[Ready], step: Step) -> Tally:
    """Send every record; raises `Trouble` where intake cannot be reached or does not know the key."""
    tally, run = Tally(), uuid.uuid4().hex
    numbered = enumerate(records)

    async def worker() -> None:
        for number, record in numbered:
            _count(tally, record, await send_one(client, url, record, f"{run}-{number}"))
            step()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(worker())
    except BaseExceptionGroup as errors:  # what is raised within `except*` is a group of its own on Python 3.11.2
        troubles = errors.subgroup(Trouble)
        raise (troubles or errors).exceptions[0] from None
    return tally


async def send_one(client: httpx2.AsyncClient, url: str, record: Ready, key: str) -> httpx2.Response:
    """Hand one record in, again where intake asks for patience; the same key makes that safe."""
    door = "/v1/complaints/eml" if record.is_letter else "/v1/complaints"
    headers = {"Idempotency-Key": key, "Content-Type": "message/rfc822" if record.is_letter else "application/json"}
    reason = ""
    for attempt in range(TRIES):
        try:
            answer = await client.post(url + door, content=record.body, headers=headers)
        except httpx2.HTTPError as error:
            reason, wait = type(error).__name__, 0.2 * 2**attempt
            if attempt + 1 >= CONNECT_TRIES:
                break
        else:
            if answer.status_code not in LATER:
                return answer
            reason, wait = detail_of(answer), _patience(answer, attempt)
        await asyncio.sleep(min(wait, LONGEST_WAIT))
    raise unreachable("intake", url, reason)


def _patience(answer: httpx2.Response, attempt: int) -> float:
    asked = answer.headers.get("retry-after", "")
    return float(asked) if asked.isdigit() else 0.2 * 2**attempt


def _faults(place: str, answer: httpx2.Response) -> list[Fault]:
    """What intake found wrong, field by field."""
    try:
        problems = answer.json()["problems"]
        return [Fault(place=place, field=p["field"], message=wrong(p["message"]), remedy=wrong(p["remedy"])) for p in problems]
    except (ValueError, KeyError, TypeError):
        return [Fault(place=place, field="", message=detail_of(answer))]


def _count(tally: Tally, record: Ready, answer: httpx2.Response) -> None:
    if answer.status_code in (401, 403, 404) or answer.status_code >= 500:
        body_of(answer, "intake", str(answer.request.url.copy_with(path="", query=None)))
    if not answer.is_success:
        tally.fail(*_faults(record.place, answer))
        return
    taken: dict[str, Any] = answer.json()
    tally.sent += 1
    if taken.get("double"):
        tally.doubles += 1
    elif taken.get("state") == "rejected":
        tally.rejected += 1
    else:
        tally.registered += 1
