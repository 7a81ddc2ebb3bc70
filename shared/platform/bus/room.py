"""How much of each partition of the embedded broker is unread: above its limit it silently drops what is oldest."""

from collections import deque

LIMIT_BYTES = 3_000_000
"""librdkafka's mock cluster keeps 5 MiB a partition; the margin pays for what strangers add."""


class Room:
    """Bytes per partition that not every subscriber has durably passed yet."""

    def __init__(self, readers: dict[str, set[str]]) -> None:
        """`readers`: the services that subscribe to each topic; a topic without readers needs no room."""
        self.readers = readers
        self._unread: dict[tuple[str, int], deque[tuple[int, int]]] = {}
        self._bytes: dict[tuple[str, int], int] = {}
        self._passed: dict[tuple[str, int], dict[str, int]] = {}

    def has(self, topic: str, partition: int, size: int) -> bool:
        """Whether `size` more bytes may be published; what may not stays in its outbox."""
        return not self.readers.get(topic) or self._bytes.get((topic, partition), 0) + size <= LIMIT_BYTES

    def filled(self, topic: str, partition: int, next_offset: int, size: int) -> None:
        """Note a published batch that ends below `next_offset`."""
        if self.readers.get(topic):
            place = (topic, partition)
            self._unread.setdefault(place, deque()).append((next_offset, size))
            self._bytes[place] = self._bytes.get(place, 0) + size

    def passed(self, service: str, topic: str, partition: int, next_offset: int) -> None:
        """A service has durably settled everything below `next_offset`."""
        place = (topic, partition)
        seen = self._passed.setdefault(place, {})
        seen[service] = max(seen.get(service, 0), next_offset)
        behind = self.behind(topic, partition)
        unread = self._unread.get(place)
        while unread and unread[0][0] <= behind:
            self._bytes[place] -= unread.popleft()[1]

    def behind(self, topic: str, partition: int) -> int:
        """The offset below which every subscriber is done."""
        seen = self._passed.get((topic, partition), {})
        return min((seen.get(service, 0) for service in self.readers.get(topic, ())), default=1 << 62)

    def places(self) -> list[tuple[str, int]]:
        """Every partition that anybody published to or passed."""
        return list({*self._bytes, *self._passed})
