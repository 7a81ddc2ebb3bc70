"""Whether somebody else has read with our groups: what they were handed, this store would never see."""

from collections.abc import Sequence

from shared.platform.bus.asker import Asker
from shared.platform.bus.connection import Connection
from shared.platform.bus.group_offsets import committed
from shared.platform.document import Sought
from shared.platform.epochs import Epochs
from shared.platform.processor.tally import Tally
from shared.platform.store import Store


class ReadElsewhere(Exception):  # noqa: N818 - named after what has happened
    """A group is ahead of this store: another deployment reads with it, or the store is older than the offsets."""


class OurGroups:
    """The groups of one service, compared with what its store has settled."""

    def __init__(self, service: str, store: Store, epochs: Epochs, connection: Connection, asker: Asker) -> None:
        """A group is named after its service and its topic."""
        self.service = service
        self.store = store
        self.epochs = epochs
        self.connection = connection
        self.asker = asker

    async def check(self, topics: Sequence[str]) -> None:
        """Raises `ReadElsewhere` where a group has passed a record that this store knows nothing of.

        A partition is tallied before it is committed, so a group of our own is never ahead of the store.
        """
        if self.connection.embedded:
            return  # its offsets live as long as its process
        for topic in topics:
            group = f"{self.service}.{topic}"
            starts = {partition: start for partition, (start, _) in (await self.asker.ends(topic)).items()}
            # Before the tallies: other replicas go on meanwhile.
            read = await committed(self.connection, group, topic, starts)
            settled = await self._settled(topic)
            for partition, offset in read.items():
                since = max(settled.get(partition, 0), starts.get(partition, 0))
                if since < offset and await self._has_record(topic, partition, since, offset):
                    raise ReadElsewhere(
                        f"group {group} has read partition {partition} up to {offset}, this store only up to {since}: another"
                        " deployment reads with this group, or the store is older than the group's offsets"
                    )

    async def _settled(self, topic: str) -> dict[int, int]:
        """The next offset of each partition that is not settled."""
        sought = Sought({"topic": topic, "epoch": self.epochs.of(topic)}, limit=10_000)
        tallies = [document.state for document in await self.store.find(Tally, sought)]
        return {tally.partition: tally.next_offset for tally in tallies if isinstance(tally, Tally)}

    async def _has_record(self, topic: str, partition: int, since: int, until: int) -> bool:
        """Whether there is any record, and not only the marks of transactions, which groups pass as well."""
        first = await self.asker.first_record(topic, partition, since)
        return first is not None and first < until
