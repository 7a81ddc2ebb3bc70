"""How much of each partition of the embedded broker is unread: above its limit it silently drops what is oldest."""

from collections import deque

from shared.platform.bus.bell import Rings

LIMIT_BYTES = 3_000_000
"""librdkafka's mock cluster keeps 5 MiB a partition; the margin pays for what strangers add."""
AGAIN_BYTES = 4_500_000
"""The same while a start announces again what fitted before: nobody else is there yet, and batches fall otherwise."""


class Room:
    """Bytes per partition that are remembered: a restart must find room for all of them at once."""

    def __init__(self, readers: dict[str, set[str]]) -> None:
        """`readers`: the services that subscribe to each topic; a topic without readers needs no room."""
        self.readers = readers
        self.limit = LIMIT_BYTES
        self.bells: dict[str, list[Rings]] = {}
        """Who is to be rung, by topic: a consumer in the same process need not ask in vain."""
        self._kept: dict[tuple[str, int], deque[tuple[int, int]]] = {}
        self._bytes: dict[tuple[str, int], int] = {}
        self._passed: dict[tuple[str, int], dict[str, int]] = {}

    def has(self, topic: str, partition: int, size: int) -> bool:
        """Whether `size` more bytes may be published; what may not stays in its outbox."""
        return not self.readers.get(topic) or self._bytes.get((topic, partition), 0) + size <= self.limit

    def filled(self, topic: str, partition: int, next_offset: int, size: int) -> None:
        """Note a published batch that ends below `next_offset`, and ring for those who wait for it."""
        for ring in self.bells.get(topic, ()):
            ring()
        if self.readers.get(topic):
            place = (topic, partition)
            self._kept.setdefault(place, deque()).append((next_offset, size))
            self._bytes[place] = self._bytes.get(place, 0) + size

    def passed(self, service: str, topic: str, partition: int, next_offset: int) -> None:
        """A service has durably settled everything below `next_offset`."""
        seen = self._passed.setdefault((topic, partition), {})
        seen[service] = max(seen.get(service, 0), next_offset)

    def forgotten(self, topic: str, partition: int, below: int) -> None:
        """What lies below an offset is not remembered any more: its room is free."""
        place = (topic, partition)
        kept = self._kept.get(place)
        while kept and kept[0][0] <= below:
            self._bytes[place] -= kept.popleft()[1]

    def behind(self, topic: str, partition: int) -> int:
        """The offset below which every subscriber is done."""
        seen = self._passed.get((topic, partition), {})
        return min((seen.get(service, 0) for service in self.readers.get(topic, ())), default=1 << 62)

    def places(self) -> list[tuple[str, int]]:
        """Every partition that anybody published to or passed."""
        return list({*self._bytes, *self._passed})
