"""Offsets that hold no record, such as the mark that ends a transaction: read past, so that a topic is read to its end."""

from collections.abc import Awaitable, Callable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.platform.patience import within
from shared.platform.processor.tally import Walked

LOOK_SECONDS = 5


async def _to_nobody(_: Walked) -> None:
    return


class Passing:
    """How far the consumer of one topic was moved beyond the records that it was handed."""

    def __init__(self) -> None:
        """`tell` hears of it before Kafka does, as with records."""
        self.tell: Callable[[Walked], Awaitable[None]] = _to_nobody
        self._settled: dict[int, int] = {}

    def settled(self, reached: Mapping[int, int]) -> None:
        """Note the next offset of each partition of a batch that is settled."""
        self._settled |= reached

    async def look(self, consumer: AIOKafkaConsumer) -> None:
        """After a poll that found nothing: tell, and commit, what was walked past; raises whatever that raises."""
        await within(LOOK_SECONDS, self._look(consumer))

    async def _look(self, consumer: AIOKafkaConsumer) -> None:
        stands = _positions(consumer)
        ours = {place.partition for place in stands}
        self._settled = {partition: offset for partition, offset in self._settled.items() if partition in ours}
        for place in stands:
            if place.partition not in self._settled:
                self._settled[place.partition] = await consumer.committed(place) or 0
        beyond = {place: at for place, at in stands.items() if at > self._settled[place.partition]}
        if beyond:
            await self.tell({place.partition: (self._settled[place.partition], at) for place, at in beyond.items()})
            await consumer.commit(beyond)
            self.settled({place.partition: at for place, at in beyond.items()})


def _positions(consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
    """Where the next fetch of each partition begins; a poll that found nothing has handed out everything before it."""
    subscription = consumer._subscription.subscription
    states = subscription.assignment._tp_state if subscription and subscription.assignment else {}
    return {place: state.position for place, state in states.items() if state.has_valid_position}
