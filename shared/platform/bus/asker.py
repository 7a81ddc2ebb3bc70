"""Where partitions begin and end, asked without being in any group."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.platform.bus.connection import Connection
from shared.platform.patience import within


class Asker:
    """A client without a group that asks for the ends of partitions."""

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
