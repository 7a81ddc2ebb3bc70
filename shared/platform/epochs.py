"""Which life of its broker a topic is in: offsets that start again must not look like redeliveries."""

from collections.abc import Sequence

from shared.platform.bus.asker import Asker
from shared.platform.document import Sought
from shared.platform.logging import get_logger
from shared.platform.processor.tally import Tally
from shared.platform.store import Store

log = get_logger(__name__)


class Epochs:
    """The epoch of each topic: an embedded broker's run id, or a counter that rises when a log turns out to be new."""

    def __init__(self, store: Store, run: str = "") -> None:
        """`run`: the embedded broker's run id; empty for a real one."""
        self.store = store
        self.run = run
        self._epochs: dict[str, str] = {}

    def of(self, topic: str) -> str:
        """The current epoch of a topic."""
        return self.run or self._epochs.get(topic, "1")

    async def open(self, topics: Sequence[str], asker: Asker) -> None:
        """Compare what was settled with what the broker has: an end below it is a new log, and an alarm."""
        if self.run:
            return
        for topic in topics:
            tallies = [d.state for d in await self.store.find(Tally, Sought({"topic": topic}, limit=10_000))]
            known = [t for t in tallies if isinstance(t, Tally) and t.epoch.isdigit()]
            latest = max((int(t.epoch) for t in known), default=1)
            ends = await asker.ends(topic)
            current = [t for t in known if int(t.epoch) == latest]
            if any(ends.get(t.partition, (0, 0))[1] < t.next_offset for t in current):
                log.error("a topic begins again: its log is new", topic=topic, epoch=latest + 1)
                latest += 1
            self._epochs[topic] = str(latest)
