"""Make the topics that are declared and missing, and compare those that exist; services themselves never do."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from shared.contracts.topics import RECORD_BYTES, Topic
from shared.platform.bus.asker import Asker
from shared.platform.bus.connection import Connection
from shared.platform.bus.group_offsets import START_SECONDS, offsets_of
from shared.platform.patience import within

MESSAGE_BYTES = RECORD_BYTES + 100_000
"""The largest batch that a broker must take, bytes: a record, its headers and the batch around them."""
USUAL_REPLICAS = 3
LOOKS, LOOK_SECONDS = 20, 0.25
TOPIC_EXISTS, NO_SUCH_TOPIC = 36, 3
Difference = tuple[str, dict[str, object]]
"""A kind (`fewer`, `more`, `config`, `not_drained`, `grown`) and its values."""


class BrokerUnreachable(Exception):  # noqa: N818 - named after the state
    """No broker answers."""


class BrokerRefuses(Exception):  # noqa: N818 - named after the answer
    """The broker answers and says no."""


@dataclass(frozen=True, slots=True)
class Found:
    """A topic as the broker has it."""

    partitions: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A topic after the work: `state` is created, fits, grown or differs."""

    name: str
    state: str
    partitions: int
    differences: tuple[Difference, ...] = ()


def config_of(topic: Topic) -> dict[str, str]:
    """The settings of a topic that matter to the delivery promise and to retention."""
    return {
        "cleanup.policy": topic.cleanup,
        "retention.ms": str(topic.retention_ms),
        "max.message.bytes": str(MESSAGE_BYTES),
    }


def compared(topic: Topic, found: Found) -> Standing:
    """A topic that exists beside what is declared; more partitions than declared are no fault, and are never taken away."""
    wrong: list[Difference] = []
    if found.partitions < topic.partitions:
        wrong.append(("fewer", {"found": found.partitions, "wanted": topic.partitions}))
    for name, wanted in config_of(topic).items():
        is_set = found.config.get(name)
        roomy = name == "max.message.bytes" and is_set is not None and int(is_set) >= int(wanted)
        if is_set != wanted and not roomy:
            wrong.append(("config", {"name": name, "found": is_set or "?", "wanted": wanted}))
    more: list[Difference] = []
    if found.partitions > topic.partitions:
        more.append(("more", {"found": found.partitions, "wanted": topic.partitions}))
    return Standing(topic.name, "differs" if wrong else "fits", found.partitions, (*wrong, *more))


async def ensure_topics(
    connection: Connection, declared: Sequence[Topic], groups: Mapping[str, set[str]], replicas: int | None, grow: bool
) -> list[Standing]:
    """Create what is missing and compare the rest; with `grow`, add partitions to topics that are read to their ends.

    `groups`: the consumer groups of each topic; `replicas`: of new topics, by default three, or as many as there are brokers.
    Raises `BrokerUnreachable`, `BrokerRefuses`.
    """
    async with _admin(connection) as admin:
        found = await _found(admin, declared)
        missing = [topic for topic in declared if topic.name not in found]
        created = await _create(admin, missing, replicas or await _usual_replicas(admin)) if missing else set()
        late = [topic for topic in missing if topic.name not in created]
        if late:
            found |= await _found_soon(admin, late)
        made = [Standing(topic.name, "created", topic.partitions) for topic in missing if topic.name in created]
        there = [compared(topic, found[topic.name]) for topic in declared if topic.name in found]
        if grow:
            there = [await _grown(admin, connection, standing, groups.get(standing.name, set())) for standing in there]
    order = {topic.name: place for place, topic in enumerate(declared)}
    return sorted([*made, *there], key=lambda standing: order[standing.name])


@asynccontextmanager
async def _admin(connection: Connection) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(**connection.for_client())
    try:
        await within(START_SECONDS, client.start())
    except (KafkaError, OSError, TimeoutError) as error:
        await client.close()
        raise BrokerUnreachable(type(error).__name__) from None
    try:
        yield client
    except KafkaError as error:
        raise BrokerRefuses(str(error)) from None
    except (OSError, TimeoutError) as error:
        raise BrokerUnreachable(type(error).__name__) from None
    finally:
        await client.close()


async def _found(admin: AIOKafkaAdminClient, declared: Sequence[Topic]) -> dict[str, Found]:
    """The declared topics that exist; all topics are asked for, since naming a missing one can create it."""
    names = {topic.name for topic in declared}
    described = {row["topic"]: row for row in await admin.describe_topics() if row["topic"] in names}
    there = {name: row for name, row in described.items() if row["error_code"] != NO_SUCH_TOPIC}
    configs = await _configs(admin, list(there)) if there else {}
    return {name: Found(len(row["partitions"]), configs[name]) for name, row in there.items() if name in configs}


async def _found_soon(admin: AIOKafkaAdminClient, late: Sequence[Topic]) -> dict[str, Found]:
    """Topics that others have just made, which the broker that we ask may not have heard of yet."""
    names = {topic.name for topic in late}
    for _ in range(LOOKS):
        found = await _found(admin, late)
        if found.keys() == names:
            return found
        await asyncio.sleep(LOOK_SECONDS)
    raise BrokerRefuses(f"{', '.join(sorted(names))}: exists for one broker and not for another; try again")


async def _configs(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    configs: dict[str, dict[str, str]] = {}
    for answer in await admin.describe_configs(resources):
        for code, message, _, name, entries in answer.resources:
            if code == NO_SUCH_TOPIC:  # this broker has not heard of it yet
                continue
            _check(code, name, message)
            configs[name] = {entry[0]: entry[1] for entry in entries}
    return configs


async def _usual_replicas(admin: AIOKafkaAdminClient) -> int:
    cluster: dict[str, Any] = await admin.describe_cluster()
    return min(USUAL_REPLICAS, len(cluster["brokers"]))


async def _create(admin: AIOKafkaAdminClient, missing: Sequence[Topic], replicas: int) -> set[str]:
    """The names of those that we have made: another job may be faster."""
    safe = {"min.insync.replicas": "2"} if replicas >= USUAL_REPLICAS else {}
    new = [NewTopic(t.name, t.partitions, replicas, topic_configs=config_of(t) | safe) for t in missing]
    answer = await admin.create_topics(new)
    created = set()
    for name, code, *message in answer.topic_errors:
        if code != TOPIC_EXISTS:
            _check(code, name, message[0] if message else "")
            created.add(name)
    return created


def _check(code: int, name: str, message: str | None) -> None:
    if code:
        raise BrokerRefuses(f"{name}: {message or for_code(code).__name__}")


async def _grown(admin: AIOKafkaAdminClient, connection: Connection, standing: Standing, groups: set[str]) -> Standing:
    """More partitions move keys, so order is kept only where everything before was read."""
    wanted = next((values["wanted"] for kind, values in standing.differences if kind == "fewer"), None)
    if not isinstance(wanted, int):
        return standing
    behind = await _behind(admin, connection, standing.name, groups)
    if behind:
        told: Difference = ("not_drained", {"groups": ", ".join(sorted(behind))})
        return Standing(standing.name, "differs", standing.partitions, (*standing.differences, told))
    await admin.create_partitions({standing.name: NewPartitions(wanted)})
    rest = tuple(difference for difference in standing.differences if difference[0] != "fewer")
    grown: Difference = ("grown", {"found": standing.partitions, "wanted": wanted})
    return Standing(standing.name, "differs" if rest else "grown", wanted, (*rest, grown))


async def _behind(admin: AIOKafkaAdminClient, connection: Connection, topic: str, groups: set[str]) -> set[str]:
    """The groups that have not read a topic to its end."""
    asker = Asker(connection)
    try:
        ends = await asker.ends(topic)
    finally:
        await asker.close()
    behind = set()
    for group in groups:
        offsets = await offsets_of(admin, group)
        read = {place.partition: kept.offset for place, kept in offsets.items() if place.topic == topic}
        if any(end > max(start, read.get(partition, -1)) for partition, (start, end) in ends.items()):
            behind.add(group)
    return behind
