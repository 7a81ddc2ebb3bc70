"""What the embedded broker forgets with its process is announced again at start, and pruned once all have passed it."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from pydantic_core import from_json

from shared.contracts.topics import Topic
from shared.platform.bus.producer import Place, Producer
from shared.platform.bus.room import Room
from shared.platform.clock import machine_ms
from shared.platform.logging import get_logger
from shared.platform.processor.announce import NotAnnounced
from shared.platform.processor.sweep import Sweeper
from shared.platform.store import Announced
from shared.platform.stores.sqlite import SqliteStore

log = get_logger(__name__)
PAGE = 500
TRIES = 3


async def announce_again(store: SqliteStore, producer: Producer) -> int:
    """Publish every announced entry once more, in order, before anything is consumed; returns how many."""
    rows = await store.announced()
    for start in range(0, len(rows), PAGE):
        page = rows[start : start + PAGE]
        entries = [from_json(record) for _, record in page]
        places = await _places(producer, entries)
        new = [Announced(entry["topic"], *place, record) for entry, place, (_, record) in zip(entries, places, page, strict=True)]
        await store.replace_announced([seq for seq, _ in page], new)
    return len(rows)


async def _places(producer: Producer, entries: Sequence[dict[str, Any]]) -> list[Place]:
    """Where each entry lies now; what a busy machine did not confirm in time is sent again, behind what was."""
    found: dict[int, Place] = {}
    for _ in range(TRIES):
        missing = [i for i in range(len(entries)) if i not in found]
        places = await producer.publish([entries[i] for i in missing])
        found |= {i: place for i, place in zip(missing, places, strict=True) if place}
        if len(found) == len(entries):
            return [found[i] for i in range(len(entries))]
    raise RuntimeError("the embedded broker did not take what it had before the restart")


async def announce_outboxes(sweeper: Sweeper) -> None:
    """Then what waits in outboxes; what the broker has no room for goes out once the rest was read."""
    with contextlib.suppress(NotAnnounced):
        while await sweeper.sweep(machine_ms() + 1):
            pass


async def prune(store: SqliteStore, room: Room, topics: tuple[Topic, ...], every: float = 0.5) -> None:
    """Forget, for ever, what every subscriber in the house has durably passed."""
    while True:
        await asyncio.sleep(every)
        try:
            await prune_once(store, room, topics)
        except Exception as error:  # a pruner that ended would fill the broker for good
            log.warning("pruning waits", error=type(error).__name__)


async def prune_once(store: SqliteStore, room: Room, topics: tuple[Topic, ...]) -> int:
    """One look; returns how many entries remain."""
    unread = {topic.name for topic in topics if not room.readers.get(topic.name)}
    upto = {(topic, partition): room.behind(topic, partition) for topic, partition in room.places()}
    upto |= {(topic, partition): 1 << 62 for topic in unread for partition in range(64)}
    remain = await store.prune_announced(upto)
    for (topic, partition), offset in upto.items():
        room.forgotten(topic, partition, offset)
    return remain
