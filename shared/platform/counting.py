"""What a service still has in hand, read from its store (and, for ends of topics, from the broker)."""

from dataclasses import dataclass

from shared.platform.bus.errors import AWAY
from shared.platform.document import Sought
from shared.platform.effect_record import EffectRecord
from shared.platform.parked import Parked
from shared.platform.patience import within
from shared.platform.processor.effects import DEAF, ENDED, WATCHED
from shared.platform.processor.tally import Tally
from shared.platform.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Reading:
    """One partition: what was settled in its current epoch, and where its log starts and ends (None: not asked)."""

    partition: int
    tally: Tally | None
    start: int | None
    end: int | None

    @property
    def waiting(self) -> int | None:
        """Records that are not settled yet; None when the broker could not be asked."""
        if self.end is None or self.start is None:
            return None
        return max(0, self.end - (self.tally.next_offset if self.tally else self.start))


async def tallies_of(runtime: Runtime, topic: str) -> list[Tally]:
    """Every tally of a topic, of all epochs."""
    found = await runtime.store.find(Tally, Sought({"topic": topic}, limit=100_000))
    return [d.state for d in found if isinstance(d.state, Tally)]


async def readings_of(runtime: Runtime, topic: str, tallies: list[Tally]) -> list[Reading]:
    """The partitions of a topic in its current epoch."""
    current = {t.partition: t for t in tallies if t.epoch == runtime.epochs.of(topic)}
    try:
        ends = await within(5, runtime.asker.ends(topic))
    except AWAY:
        ends = {}
    if not ends:  # the broker is away, or the topic is not there
        return [Reading(partition, tally, None, None) for partition, tally in current.items()] or [Reading(0, None, None, None)]
    return [Reading(p, current.get(p), start, end) for p, (start, end) in ends.items()]


async def lag_of(runtime: Runtime, topic: str) -> int | None:
    """Records of a topic that this service has not settled; None when the broker could not be asked."""
    readings = await readings_of(runtime, topic, await tallies_of(runtime, topic))
    waiting = [reading.waiting for reading in readings]
    return None if None in waiting else sum(w for w in waiting if w is not None)


async def counts_of(runtime: Runtime) -> dict[str, object]:
    """What is still to do in a service: all zeros (and nulls nowhere) means that it is quiet."""
    outboxes, _ = await runtime.store.pending()
    effects = await runtime.store.count_by(EffectRecord, "state", {"state": (*WATCHED, "sent")})  # named: an index answers it
    untold = await runtime.store.count_by(EffectRecord, "told", {"told": (0, DEAF), "state": ENDED})
    parked = await runtime.store.count_by(Parked, "state")
    now = runtime.processor.clock.now()
    due = sum([await runtime.store.due(keeps, now) for keeps in runtime.processor.service.timers])
    return {
        "service": runtime.name,
        "lag": {topic.name: await lag_of(runtime, topic.name) for topic in runtime.topics},
        "outboxes": outboxes,
        "announcing": runtime.announcer.at_work,
        "commands": runtime.doors.at_work,
        "timers": due,
        "effects": effects,
        "untold": sum(untold.values()),
        "parked": parked.get("parked", 0),
        "stopped": runtime.limit.stopped,
    }


def is_quiet(counts: dict[str, object]) -> bool:
    """Whether nothing is under way in a service that told these counts."""
    lag = counts["lag"]
    effects = counts["effects"]
    if not isinstance(lag, dict) or not isinstance(effects, dict):
        return False
    still = [*lag.values(), counts["outboxes"], counts["announcing"], counts["commands"], counts["timers"], counts["untold"]]
    return all(n == 0 for n in still) and not effects.get("planned") and not effects.get("sending")
