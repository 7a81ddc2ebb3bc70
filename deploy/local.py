"""All four services in one process: on the embedded broker, or beside a real Kafka."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

from deploy.ground import clock_of, connection_of, own_key, secrets_for, served
from deploy.running import RunningFile
from services.escalation import app as escalation_app
from services.escalation.handlers import escalation
from services.followup import app as followup_app
from services.followup.handlers import followup
from services.intake import app as intake_app
from services.intake.handlers import intake
from services.triage import app as triage_app
from services.triage.handlers import triage
from shared.contracts import topics
from shared.contracts.topics import SERVICES
from shared.platform.application import BuildsService, Built, Surroundings
from shared.platform.bus.embedded import EmbeddedBroker
from shared.platform.bus.room import AGAIN_BYTES, LIMIT_BYTES, Room
from shared.platform.embedded_memory import announce_again, announce_outboxes, prune
from shared.platform.http.keys import ApiKeys
from shared.platform.http.serve import bind, url_of
from shared.platform.logging import get_logger
from shared.platform.settings import Settings
from shared.platform.stores.sqlite import SqliteStore

log = get_logger(__name__)
BUILDS: dict[str, BuildsService] = {
    "intake": intake_app.build,
    "triage": triage_app.build,
    "escalation": escalation_app.build,
    "followup": followup_app.build,
}


@dataclass
class House:
    """Four running services."""

    services: dict[str, Built]
    around: Surroundings
    key: str
    embedded: bool
    announced_again: int = 0

    async def troubles(self) -> list[str]:
        """Why the house is not ready, service by service."""
        found = await asyncio.gather(*(built.runtime.ready() for built in self.services.values()))
        return [f"{name}: {trouble}" for name, troubles in zip(self.services, found, strict=True) for trouble in troubles]


SERVICES_AS_DATA = (intake, triage, escalation, followup)


def readers() -> dict[str, set[str]]:
    """Which service subscribes to which topic."""
    heard = {topics.CUSTOMERS.name: {service.name for service in SERVICES_AS_DATA if service is not intake}}
    for service in SERVICES_AS_DATA:
        for topic in service.topics_heard:
            heard.setdefault(topic.name, set()).add(service.name)
    return heard


@contextlib.asynccontextmanager
async def house(settings: Settings) -> AsyncIterator[House]:
    """Start everything; gives the house once its four doors answer. Raises `CannotListen`, `SettingsError`, `SecretProblem`."""
    key = own_key(settings)
    embedded = settings.kafka is None
    broker = EmbeddedBroker(topics.ALL) if embedded else None
    room = Room(readers()) if embedded else None
    doors = {name: bind(settings.host, settings.port_of(name)) for name in SERVICES}
    around = Surroundings(
        settings=settings,
        connection=connection_of(settings, broker.servers if broker else settings.kafka or "", embedded),
        clock=clock_of(settings),
        keys=ApiKeys(settings.api_keys_path),
        secrets=secrets_for(settings, *SERVICES),
        urls={name: url_of(door) for name, door in doors.items()},
        epoch=uuid.uuid4().hex[:8] if embedded else "",
        room=room,
    )
    services: dict[str, Built] = {}
    for name, build in BUILDS.items():  # intake first: it brings the vault
        services[name] = build(around)
        around.vault = services["intake"].runtime.parts.vault
    made = House(services, around, key, embedded)
    async with contextlib.AsyncExitStack() as stack:
        if broker:
            stack.callback(broker.close)
        for built in services.values():
            stack.push_async_callback(built.runtime.stop, settings.shutdown_seconds)
        await asyncio.gather(*(built.runtime.open() for built in services.values()))
        if room:
            await _remember(made, room, stack)
        for built in services.values():
            built.runtime.start_loops()
        for built in services.values():
            built.runtime.start_consuming()
        for name, built in services.items():
            await stack.enter_async_context(served(built, doors[name], settings))
        yield made


async def _remember(made: House, room: Room, stack: contextlib.AsyncExitStack) -> None:
    """What the embedded broker forgot with its last process: announced rows first, in order, then outboxes."""
    room.limit = AGAIN_BYTES
    for built in made.services.values():
        store = built.runtime.store
        if not isinstance(store, SqliteStore):
            raise TypeError("the embedded broker needs SQLite")
        made.announced_again += await announce_again(store, built.runtime.producer)
    room.limit = LIMIT_BYTES
    for built in made.services.values():
        runtime = built.runtime
        task = asyncio.create_task(runtime.announcer.run())
        try:
            await announce_outboxes(runtime.sweeper)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if isinstance(runtime.store, SqliteStore):
            pruning = asyncio.create_task(prune(runtime.store, room, topics.ALL), name=f"prune {runtime.name}")
            stack.callback(pruning.cancel)


async def keep_running_file(made: House, file: RunningFile, every: float = 1.0) -> None:
    """Rewrite `running.json` whenever readiness changes, for ever."""
    while True:
        ready = not await made.troubles()
        if ready != file.ready:
            file.write(ready)
        await asyncio.sleep(0.1 if not ready else every)
