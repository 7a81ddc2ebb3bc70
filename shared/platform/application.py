"""From settings to a running service: the same few steps for all four."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel

from shared.contracts.kept import Kept
from shared.platform.bus.connection import Connection
from shared.platform.bus.room import Room
from shared.platform.clock import Clock, machine_ms
from shared.platform.document import Document
from shared.platform.http.app import build_app
from shared.platform.http.internal import internal_router
from shared.platform.http.keys import ApiKeys
from shared.platform.kept_policy import KeptPolicy
from shared.platform.parked import DlqCipher
from shared.platform.policy import Loaded, PolicySource, default_policy
from shared.platform.processor.effects import Performer
from shared.platform.processor.load import Facts
from shared.platform.retention import Term, parked_term
from shared.platform.runtime import Parts, Runtime, kinds_of
from shared.platform.secret_mark import SecretMark, mark_of
from shared.platform.secrets import SecretProblem, Secrets
from shared.platform.service import Service
from shared.platform.settings import Settings
from shared.platform.store import Store
from shared.platform.stores.choose import open_store
from shared.platform.vault import Vault
from shared.platform.vault_client import RemoteVault
from shared.platform.version import VERSION

P = TypeVar("P", bound=BaseModel)


@dataclass
class Surroundings:
    """What a service finds around it, whether it runs alone or with the other three."""

    settings: Settings
    connection: Connection
    clock: Clock
    keys: ApiKeys
    secrets: Secrets
    urls: dict[str, str]
    """Where each service answers; filled before anything is served."""
    vault: Vault | None = None
    """Intake's own vault where it runs in this process; else the others ask it over HTTP."""
    epoch: str = ""
    room: Room | None = None

    def public_url(self, service: str) -> str:
        """What links to customers start with."""
        return self.settings.public_url or self.urls.get(service, "")


@dataclass
class Plan:
    """What a service adds to what all have in common; its `app.py` makes one."""

    service: Service
    policy: Loaded[Any]
    store: Store
    vault: Vault
    routers: Callable[[Runtime], Sequence[APIRouter]]
    prepare: Facts | None = None
    upstream: Callable[[Any, Any], Any] | None = None
    performers: Mapping[str, Performer] = field(default_factory=dict)
    on_open: Sequence[Callable[[Runtime], Awaitable[None]]] = ()
    looks: Sequence[Callable[[Runtime], Awaitable[bool]]] = ()
    max_body_bytes: int | None = None
    terms: Sequence[Term] = ()


@dataclass
class Built:
    """A service that is wired and not yet started."""

    runtime: Runtime
    app: FastAPI

    @property
    def name(self) -> str:
        """The service's name."""
        return self.runtime.name


class BuildsService(Protocol):
    """The signature of every `services.X.app.build`."""

    def __call__(self, around: Surroundings) -> Built:
        """Wire one service; connects to nothing."""


def policy_of(around: Surroundings, service: str, model: type[P]) -> Loaded[P]:
    """The service's policy, read and validated; raises `PolicyError`."""
    return PolicySource(default_policy(service, around.settings.policies), model).load()


def store_of(around: Surroundings, service: Service, *more: type[Kept]) -> Store:
    """The service's store by `REDRESS_STORE`."""
    settings = around.settings
    url = settings.store or f"sqlite:///{settings.home.absolute()}"
    return open_store(url, service.name, kinds_of(service, *more), driver=settings.store_driver)


def vault_of(around: Surroundings) -> Vault:
    """Intake's vault: its own in the same process, over HTTP otherwise; triage never asks it and need not know where it is."""
    if around.vault:
        return around.vault
    key = around.settings.service_key
    return RemoteVault(around.urls.get("intake", ""), key.get_secret_value() if key else "")


def built(around: Surroundings, plan: Plan) -> Built:
    """Put a service together."""
    parts = Parts(
        service=plan.service,
        store=plan.store,
        vault=plan.vault,
        clock=around.clock,
        policy=plan.policy.policy,
        policy_hash=plan.policy.hash,
        cipher=DlqCipher(around.secrets.dlq),
        prepare=plan.prepare,
        upstream=plan.upstream,
        performers=plan.performers,
        on_open=(_guards_secrets(around.secrets), _keeps_policy(plan.policy), *plan.on_open),
        looks=plan.looks,
        terms=(parked_term(around.settings.keep_parked_days), *plan.terms),
    )
    runtime = Runtime(parts, around.connection, around.epoch, around.room)
    limit = plan.max_body_bytes or around.settings.max_body_bytes
    app = build_app(
        f"Redress {plan.service.name}",
        plan.service.name,
        VERSION,
        checks=runtime,
        keys=around.keys,
        routers=[*plan.routers(runtime), internal_router(runtime)],
        max_body_bytes=limit,
    )
    return Built(runtime, app)


def _keeps_policy(policy: Loaded[Any]) -> Callable[[Runtime], Awaitable[None]]:
    async def keep(runtime: Runtime) -> None:
        """Keep the policy's body under its hash, for every decision that names it."""
        state = KeptPolicy(body=policy.body, since=machine_ms())
        await runtime.store.insert_many([Document(policy.hash, state, upd=machine_ms())])

    return keep


def _guards_secrets(secrets: Secrets) -> Callable[[Runtime], Awaitable[None]]:
    async def guard(runtime: Runtime) -> None:
        """Refuse to work over a store that was written under other secrets; raises `SecretProblem`."""
        marks = {name: [mark_of(name, key) for key in keys] for name, keys in secrets.keys.items()}
        rows = [Document(name, SecretMark(mark=found[-1]), upd=machine_ms()) for name, found in marks.items()]
        await runtime.store.insert_many(rows)
        for name, document in (await runtime.store.load_many(SecretMark, marks)).items():
            if isinstance(document.state, SecretMark) and document.state.mark not in marks[name]:
                raise SecretProblem(f"the secret {name!r} is not the one this store was written under: put the old one back")

    return guard


@contextlib.asynccontextmanager
async def alone(service: Built, seconds: float = 30) -> AsyncIterator["asyncio.Task[None]"]:
    """Run a service's loops beside its doors: it opens its store and finds Kafka while the doors already answer.

    Gives the task of the start, which fails where a start is impossible. Stops by force after `seconds`.
    """

    async def start() -> None:
        await service.runtime.open()
        service.runtime.start_loops()
        service.runtime.start_consuming()

    starting = asyncio.create_task(start(), name="start")
    try:
        yield starting
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await service.runtime.stop(seconds)
