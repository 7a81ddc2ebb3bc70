"""What the embedded broker forgets with its process is announced again at start, and pruned once all have passed it."""

import asyncio

from pydantic_core import from_json

from shared.contracts.topics import Topic
from shared.platform.bus.producer import Producer
from shared.platform.bus.room import Room
from shared.platform.clock import machine_ms
from shared.platform.logging import get_logger
from shared.platform.processor.sweep import Sweeper
from shared.platform.store import Announced, StoreDown
from shared.platform.stores.sqlite import SqliteStore

log = get_logger(__name__)
PAGE = 500


async def announce_again(store: SqliteStore, producer: Producer) -> int:
    """Publish every announced entry once more, in order, before anything is consumed; returns how many."""
    rows = await store.announced()
    for start in range(0, len(rows), PAGE):
        page = rows[start : start + PAGE]
        entries = [from_json(record) for _, record in page]
        places = await producer.publish(entries)
        if any(place is None for place in places):
            raise RuntimeError("the embedded broker did not take what it had before the restart")
        new = [
            Announced(entry["topic"], place[0], place[1], record)
            for entry, place, (_, record) in zip(entries, places, page, strict=True)
            if place
        ]
        await store.replace_announced([seq for seq, _ in page], new)
    return len(rows)


async def announce_outboxes(sweeper: Sweeper) -> None:
    """Then what waits in outboxes."""
    while await sweeper.sweep(machine_ms() + 1):
        pass


async def prune(store: SqliteStore, room: Room, topics: tuple[Topic, ...], every: float = 0.5) -> None:
    """Forget, for ever, what every subscriber in the house has durably passed."""
    while True:
        await asyncio.sleep(every)
        try:
            await prune_once(store, room, topics)
        except StoreDown as error:
            log.warning("pruning waits", error=type(error).__name__)


async def prune_once(store: SqliteStore, room: Room, topics: tuple[Topic, ...]) -> int:
    """One look; returns how many entries remain."""
    unread = {topic.name for topic in topics if not room.readers.get(topic.name)}
    upto = {(topic, partition): room.behind(topic, partition) for topic, partition in room.places()}
    upto |= {(topic, partition): 1 << 62 for topic in unread for partition in range(64)}
    return await store.prune_announced(upto)
