"""The count that must add up: what knocked, and how each arrival was settled."""

import asyncio
from dataclasses import asdict, dataclass

from services.intake.domain.complaint import Complaint, ComplaintState
from shared.contracts import topics
from shared.platform import metrics
from shared.platform.counting import Reading, readings_of, tallies_of
from shared.platform.document import Between
from shared.platform.parked import SETTLED_AS_PARKED, Parked
from shared.platform.runtime import Runtime

TOPIC = topics.SUBMITTED.name
STATES = tuple(state.value for state in ComplaintState)
MORE_LOOKS, LOOK_SECONDS = 8, 0.02


@dataclass(frozen=True, slots=True)
class Arrivals:
    """submitted = registered + rejected + double + parked + in_flight + unaccounted; the last must be 0."""

    submitted: int | None
    """Known apart from the outcomes: ends of partitions less their beginnings, plus accepted commands; null: broker away."""
    registered: int
    """Complaints, so that each has a case."""
    rejected: int
    double: int
    parked: int
    dismissed: int
    """Of those parked: given up by a person, so that they wait for nobody."""
    in_flight: int | None
    unaccounted: int | None
    skipped: int
    """Offsets without a record: control records, compaction."""
    gap: int
    """Records that were lost before they were read, and nobody has answered for: an alarm."""
    written_off: int
    """Records that were lost, and somebody has answered for; in no other term of the count."""


async def arrivals_of(runtime: Runtime) -> Arrivals:
    """Read the count; a look in the middle of a save sees half of it, so what does not add up is looked at again."""
    found = await _look(runtime)
    for _ in range(MORE_LOOKS):
        if not found.unaccounted:
            break
        await asyncio.sleep(LOOK_SECONDS)
        found = await _look(runtime)
    return found


async def measure_unaccounted(runtime: Runtime) -> bool:
    """Tell the metrics whether the count adds up; False while the broker cannot be asked."""
    found = await arrivals_of(runtime)
    if found.unaccounted is not None:
        metrics.UNACCOUNTED.labels(runtime.name).set(found.unaccounted)
    return found.unaccounted is not None


async def _look(runtime: Runtime) -> Arrivals:
    """What is settled comes from one store, the ends from the broker; each count names its words, so that an index answers it."""
    store = runtime.store
    tallies = await tallies_of(runtime, TOPIC)
    by_state = await store.count_by(Complaint, "state", {"state": STATES})
    from_topic = sum((await store.count_by(Complaint, "door", {"door": ("topic",)})).values())
    doubled = await store.count_by(Complaint, "door_doubles", {"door_doubles": Between(low=1)})
    door_doubles = sum(int(n) * count for n, count in doubled.items())
    parked = await store.count_by(Parked, "state", {"topic": TOPIC})
    replayed_doubles = (await store.count_by(Parked, "outcome", {"topic": TOPIC})).get("double", 0)
    readings = await readings_of(runtime, TOPIC, tallies)
    commands = sum(by_state.values()) - from_topic + door_doubles
    settled_offsets = sum(t.next_offset - t.first_offset - t.skipped - t.written_off for t in tallies)
    outcomes = {
        "registered": by_state.get("registered", 0),
        "rejected": by_state.get("rejected", 0),
        "double": sum(t.double for t in tallies) + door_doubles + replayed_doubles,
        "parked": sum(parked.get(state, 0) for state in SETTLED_AS_PARKED),
    }
    in_flight = _in_flight(readings)
    settled = settled_offsets + commands
    return Arrivals(
        submitted=None if in_flight is None else settled + in_flight,
        **outcomes,
        dismissed=parked.get("dismissed", 0),
        in_flight=in_flight,
        unaccounted=None if in_flight is None else settled - sum(outcomes.values()),
        skipped=sum(t.skipped for t in tallies),
        gap=sum(t.lost for t in tallies),
        written_off=sum(t.written_off for t in tallies),
    )


def _in_flight(readings: list[Reading]) -> int | None:
    waiting = [reading.waiting for reading in readings]
    return None if None in waiting else sum(w for w in waiting if w is not None)


def as_json(arrivals: Arrivals) -> dict[str, int | None]:
    """As the route answers it."""
    return asdict(arrivals)
