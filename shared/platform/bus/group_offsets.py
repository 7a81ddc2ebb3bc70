"""How far consumer groups have read, by what Kafka keeps."""

import asyncio
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.platform.bus.connection import Connection
from shared.platform.patience import within

START_SECONDS = 20
COORDINATOR_TRIES = 30


async def offsets_of(admin: AIOKafkaAdminClient, group: str) -> dict[Any, Any]:
    """By partition; a cluster that never had a group needs a moment to find who keeps that."""
    for attempt in range(COORDINATOR_TRIES):
        try:
            found: dict[Any, Any] = await admin.list_consumer_group_offsets(group)
        except KafkaError as error:
            if not error.retriable or attempt == COORDINATOR_TRIES - 1:
                raise
            await asyncio.sleep(0.5)
        else:
            return found
    return {}


async def committed(connection: Connection, group: str) -> dict[tuple[str, int], int]:
    """The next offset by topic and partition, where there is one; raises KafkaError, OSError or TimeoutError."""
    admin = AIOKafkaAdminClient(**connection.for_client())
    try:
        await within(START_SECONDS, admin.start())
        found = await within(START_SECONDS, offsets_of(admin, group))
    finally:
        await admin.close()
    return {(place.topic, place.partition): kept.offset for place, kept in found.items() if kept.offset >= 0}
