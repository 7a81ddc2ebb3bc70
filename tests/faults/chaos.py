"""What breaks, row by row: each does one kind of damage under load and leaves it healed."""

import asyncio
import random
import signal

from shared.contracts.topics import SERVICES
from tests.faults.storm import Storm
from tests.servers.groups import to_earliest
from tests.servers.house import Replica


async def kills(storm: Storm, number: int, chance: random.Random) -> None:
    """Row 1: kill -9 of one replica after the other, now and then."""
    for turn in range(number):
        await asyncio.sleep(chance.uniform(1.0, 2.5))
        await storm.kill(SERVICES[turn % 4], chance.randrange(2), away=chance.uniform(0, 1.5))


STEPS: dict[str, tuple[str, ...]] = {
    "before prepare": ("intake",),
    "after sources": ("intake",),
    "after contacts": ("intake",),
    "before load": SERVICES,
    "before save": SERVICES,
    "after save": SERVICES,
    "after sweep": SERVICES,  # right after the one that leaves something to sweep
    "after tally": SERVICES,
    "after effects": ("followup",),
    "after publish": SERVICES,
    "after clear": SERVICES,
    "before commit": SERVICES,
    "effect claimed": ("followup",),
    "effect sending": ("followup",),
    "after performer": ("followup",),
    "effect settled": ("followup",),
    "before told": ("followup",),
}
"""Every boundary of the loop on a database without transactions, and who comes by there under load."""


async def step_kills(storm: Storm, turns: int) -> None:
    """Row 1: kill -9 exactly between two steps, at each of them so many times, on one service after the other."""
    died = dict.fromkeys(STEPS, 0)
    for turn in range(turns):
        for seed, (step, services) in enumerate(STEPS.items()):
            victim = storm.house.of(services[(turn + seed) % len(services)], turn % 2)
            await storm.kill(victim.service, victim.number, REDRESS_TEST_STEP_KILL=f"{step}:1.0:{seed}")
            died[step] += await _died(victim)
            storm.deaths += not victim.runs
            storm.house.launch(victim)
    storm.notes["steps"], storm.notes["fewest_deaths_at_a_step"] = len(STEPS), min(died.values())
    missed = [step for step, count in died.items() if count < turns * 3 // 4]
    assert not missed, f"nobody came by {missed}: {died}"


async def _died(victim: Replica, seconds: float = 30) -> bool:
    """Wait for a replica to end by itself; one that does not is ended."""
    for _ in range(int(seconds / 0.05)):
        if not victim.runs:
            return True
        await asyncio.sleep(0.05)
    victim.process.kill()
    return False


async def rolling_restart(storm: Storm) -> None:
    """Row 2: SIGTERM to one replica after the other, the next when the last is back."""
    slowest = 0.0
    for replica in storm.house.replicas:
        slowest = max(slowest, await _end(replica))
        storm.house.launch(replica)
        await storm.house.ready()
    storm.notes["slowest_stop_s"] = round(slowest, 1)


async def ends_without_kafka(storm: Storm, frozen: bool) -> None:
    """Row 3: SIGTERM while Kafka is down, or frozen: nobody waits for it for ever."""
    storm.kafka.freeze() if frozen else storm.kafka.kill()
    await asyncio.sleep(1)
    victims = [storm.house.of(name) for name in SERVICES]
    seconds = await asyncio.gather(*(_end(victim) for victim in victims))
    storm.notes["slowest_stop_frozen_s" if frozen else "slowest_stop_s"] = round(max(seconds), 1)
    storm.kafka.thaw() if frozen else storm.kafka.start()
    storm.house.launch(*victims)


async def kafka_away(storm: Storm, seconds: float, frozen: bool = False) -> None:
    """Row 4: Kafka dies, or stands still, while everybody works; doors go on answering 202."""
    storm.kafka.freeze() if frozen else storm.kafka.kill()
    await asyncio.sleep(seconds)
    storm.kafka.thaw() if frozen else storm.kafka.start()


async def store_away(storm: Storm, seconds: float) -> None:
    """Row 6: the database is killed and comes back with what it had acknowledged."""
    storm.mongo.kill()
    await asyncio.sleep(seconds)
    storm.mongo.start()


async def store_wire(storm: Storm, turns: int) -> None:
    """Row 6: its answers are slow, then connections are reset in the middle of whatever goes on."""
    wire = storm.store_wire
    assert wire
    wire.latency = 0.05
    await asyncio.sleep(3)
    wire.latency = 0.0
    for _ in range(turns):
        await asyncio.sleep(0.7)
        wire.cut()
    wire.silent = True
    await asyncio.sleep(4)
    wire.heal()


async def kafka_wire(storm: Storm, turns: int) -> None:
    """Row 7: latency, resets, half-open connections, a narrow pipe between the services and Kafka."""
    wire = storm.kafka_wire
    assert wire
    wire.latency = 0.2
    await asyncio.sleep(4)
    wire.latency = 0.0
    for _ in range(turns):
        await asyncio.sleep(0.7)
        wire.cut()
    wire.bandwidth = 100_000
    await asyncio.sleep(4)
    wire.bandwidth = 0
    wire.silent = True
    await asyncio.sleep(15)  # longer than a session: members are thrown out and come back
    wire.heal()


async def from_the_start(storm: Storm) -> None:
    """Row 8: one service after the other is stopped, set back to the beginning of all topics, and started again."""
    storm.notes["partitions_set_back"] = 0
    for name in SERVICES:
        replicas = [replica for replica in storm.house.replicas if replica.service == name]
        await asyncio.gather(*(_end(replica) for replica in replicas))
        storm.notes["partitions_set_back"] += await asyncio.to_thread(to_earliest, storm.kafka.servers, name)
        storm.house.launch(*replicas)
        await storm.house.ready()
        await asyncio.sleep(2)


async def scale(storm: Storm, seconds: float) -> None:
    """Row 10: one replica of each service, then all there are, then two, changed every few seconds."""
    replicas = storm.house.replicas
    for count in (1, len(replicas) // len(SERVICES), 2):
        await asyncio.gather(*(_end(replica) for replica in replicas if replica.number >= count and replica.runs))
        storm.house.launch(*(replica for replica in replicas if replica.number < count))
        await asyncio.sleep(seconds)


async def zombie(storm: Storm, seconds: float) -> None:
    """Row 10: a replica stands still for longer than its session and then goes on as if nothing had been."""
    victims = [storm.house.of("escalation", 1), storm.house.of("followup", 1)]
    for victim in victims:
        victim.process.freeze()
    await asyncio.sleep(seconds)
    for victim in victims:
        victim.process.thaw()


async def _end(replica: Replica) -> float:
    """SIGTERM, and how long it takes, seconds; more than 30 would be killed by whoever runs it."""
    began = asyncio.get_running_loop().time()
    await asyncio.to_thread(replica.process.end, signal.SIGTERM, 40.0)
    return asyncio.get_running_loop().time() - began
