"""Send complaints to the topic of upstream systems, as one of them would."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from deploy.cli.preparing import Ready
from deploy.cli.sending import Step, Tally
from deploy.cli.shapes import Fault
from deploy.cli.troubles import UNREACHABLE, trouble
from deploy.cli.words import say
from shared.contracts import topics
from shared.contracts.cloudevents import rfc3339
from shared.contracts.events import SUBMITTED_TYPE
from shared.contracts.identity import digest
from shared.platform.bus.connection import Connection
from shared.platform.bus.producer import Producer
from shared.platform.clock import machine_ms

BATCH = 200
UNREAD_BYTES = 1_500_000
"""How much is sent to an embedded broker before intake must have read it: it drops what exceeds 5 MiB a partition."""
TRIES = 5
Drained = Callable[[], Awaitable[bool]]
"""Waits until intake has read everything; False if it does not."""


async def send_all(connection: Connection, records: Iterator[Ready], step: Step, drained: Drained | None = None) -> Tally:
    """Publish every record; `drained` is given on an embedded broker, which must not be filled.

    Raises `Trouble` where Kafka cannot be reached, or intake stops reading.
    """
    tally, producer, unread = Tally(), Producer(connection, "cli"), 0
    try:
        for batch in _batches(records):
            await _send(producer, batch, tally)
            unread += sum(len(record.body) for record in batch)
            for _ in batch:
                step()
            if drained and unread >= UNREAD_BYTES:
                if not await drained():
                    raise trouble("not_read", code=UNREACHABLE, sent=tally.sent)
                unread = 0
    finally:
        await producer.stop()
    return tally


def _batches(records: Iterator[Ready]) -> Iterator[list[Ready]]:
    """At most so many records and so many bytes at once."""
    batch, size = list[Ready](), 0
    for record in records:
        if batch and (len(batch) == BATCH or size + len(record.body) > UNREAD_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += len(record.body)
    if batch:
        yield batch


async def _send(producer: Producer, batch: list[Ready], tally: Tally) -> None:
    """Publish a batch, again where Kafka did not confirm: a record that comes twice is a double and does no harm."""
    waiting = batch
    for attempt in range(TRIES):
        places = await producer.publish([entry_of(record) for record in waiting])
        tally.sent += sum(place is not None for place in places)
        waiting = [record for record, place in zip(waiting, places, strict=True) if place is None]
        if not waiting:
            return
        await asyncio.sleep(0.3 * 2**attempt)
    if not tally.sent:
        raise trouble("kafka", code=UNREACHABLE, servers=producer.connection.servers, reason=say("publish.unconfirmed"))
    for record in waiting:
        tally.fail(Fault(place=record.place, field="", message=say("publish.unconfirmed")))


@asynccontextmanager
async def coalescing(connection: Connection) -> AsyncIterator[Callable[[Ready], Awaitable[bool]]]:
    """A function that publishes one record and tells whether it was confirmed; what waits meanwhile goes together."""
    producer = Producer(connection, "cli")
    waiting: asyncio.Queue[tuple[Ready, asyncio.Future[bool]]] = asyncio.Queue()

    async def publish(record: Ready) -> bool:
        confirmed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        waiting.put_nowait((record, confirmed))
        return await confirmed

    async def work() -> None:
        while True:
            batch = [await waiting.get()]
            while not waiting.empty() and len(batch) < BATCH:
                batch.append(waiting.get_nowait())
            places = await producer.publish([entry_of(record) for record, _ in batch])
            for (_, confirmed), place in zip(batch, places, strict=True):
                confirmed.set_result(place is not None)

    worker = asyncio.create_task(work())
    try:
        yield publish
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await producer.stop()


def entry_of(record: Ready) -> dict[str, Any]:
    """The record as the producer takes it; key and id are digests, since a sender's id can be a phone number."""
    return {
        "topic": topics.SUBMITTED.name,
        "key": digest("source", record.source, record.source_id),
        "id": digest("published", record.source, record.source_id, record.body.hex()),
        "type": SUBMITTED_TYPE,
        "source": f"/upstream/{quote(record.source, safe='')}",
        "time": rfc3339(machine_ms()),
        "corr": "",
        "cause": "",
        "trace": "",
        "body": record.body.decode(),
    }
