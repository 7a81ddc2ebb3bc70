"""Where partitions begin and end and where records are, asked without being in any group."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.platform.bus.connection import Connection
from shared.platform.patience import within

RECORD_MS = 3_000
"""How long a record may take to come that is there."""


class Asker:
    """A client without a group that asks for the ends of partitions, and what lies between them."""

    def __init__(self, connection: Connection) -> None:
        """Connects on first use."""
        self.connection = connection
        self._client: AIOKafkaConsumer | None = None
        self._lock = asyncio.Lock()

    async def ends(self, topic: str) -> dict[int, tuple[int, int]]:
        """First retained and next offset of each partition, none where there is no topic; raises KafkaError or TimeoutError."""
        async with self._lock:
            client = self._client
            if client is None:
                client = AIOKafkaConsumer(**self.connection.for_client(), enable_auto_commit=False)
                try:
                    await within(10, client.start())
                except BaseException:
                    await client.stop()
                    raise
                self._client = client
            partitions = await self._partitions(client, topic)
            places = [TopicPartition(topic, p) for p in sorted(partitions)]
            if not places:
                return {}
            try:
                starts = await within(10, client.beginning_offsets(places))
                ends = await within(10, client.end_offsets(places))
            except BaseException:
                await self.close()
                raise
            return {place.partition: (starts[place], ends[place]) for place in places}

    async def first_record(self, topic: str, partition: int, since: int) -> int | None:
        """Offset of the first confirmed record from one on, None where none comes soon; raises KafkaError or TimeoutError."""
        place = TopicPartition(topic, partition)
        client = AIOKafkaConsumer(**self.connection.for_client(), enable_auto_commit=False, isolation_level="read_committed")
        try:
            await within(10, client.start())
            client.assign([place])
            client.seek(place, since)
            found = await within(10, client.getmany(place, timeout_ms=RECORD_MS, max_records=1))
            return next((records[0].offset for records in found.values()), None)
        finally:
            await client.stop()

    async def _partitions(self, client: AIOKafkaConsumer, topic: str) -> set[int]:
        known = client.partitions_for_topic(topic)
        if not known and topic in await within(10, client.topics()):  # naming a missing one would make it
            await within(10, client._client.add_topic(topic))
            known = client.partitions_for_topic(topic)
        return known or set()

    async def close(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        if client:
            await client.stop()
