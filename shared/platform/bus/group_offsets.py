"""How far consumer groups have read, by what Kafka keeps."""

import asyncio
from collections.abc import Iterable
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.platform.bus.connection import Connection
from shared.platform.patience import within

START_SECONDS = 20
COORDINATOR_TRIES = 30


async def offsets_of(admin: AIOKafkaAdminClient, group: str, places: list[TopicPartition] | None = None) -> dict[Any, Any]:
    """By partition, of all or of some; a cluster that never had a group needs a moment to find who keeps that."""
    for attempt in range(COORDINATOR_TRIES):
        try:
            found: dict[Any, Any] = await admin.list_consumer_group_offsets(group, partitions=places)
        except KafkaError as error:
            if not error.retriable or attempt == COORDINATOR_TRIES - 1:
                raise
            await asyncio.sleep(0.5)
        else:
            return found
    return {}


async def committed(connection: Connection, group: str, topic: str, partitions: Iterable[int]) -> dict[int, int]:
    """The next offset by partition, where there is one; raises KafkaError, OSError or TimeoutError."""
    places = [TopicPartition(topic, partition) for partition in partitions]
    admin = AIOKafkaAdminClient(**connection.for_client())
    try:
        await within(START_SECONDS, admin.start())
        found = await within(START_SECONDS, offsets_of(admin, group, places))
    finally:
        await admin.close()
    return {place.partition: kept.offset for place, kept in found.items() if kept.offset >= 0}
