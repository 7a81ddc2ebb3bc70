"""A running house and the people at its doors: an upstream system, a customer with a mailbox, an agent, an operator."""

import asyncio
import contextlib
import email
import email.policy
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from unittest import mock

import confluent_kafka
import httpx2

from deploy import local
from deploy.local import House, house
from shared.contracts.topics import SERVICES, SUBMITTED
from shared.platform.bus.embedded import EmbeddedBroker
from shared.platform.counting import is_quiet
from shared.platform.http.key_file import issue_key
from shared.platform.runtime import Runtime
from shared.platform.settings import load_settings

MONDAY = "2026-11-16T09:00:00+03:00"
"""Where simulated time starts: a Monday, the office in Moscow has just opened."""
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
PATIENCE = 30.0
"""Seconds until a test stops waiting."""
Headers = Sequence[tuple[str, bytes | None]]
PURPOSE = re.compile(r"~([a-z]+)~(\d+)~(\w+)~[0-9a-f]{8}\.(\d+)\.eml$")
SURVEY_LINK = re.compile(r"http://\S+(/s/[\w.\-]+)")
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


@dataclass(frozen=True, slots=True)
class Letter:
    """One `.eml` that the courier wrote: one file an attempt."""

    kind: str
    round: int
    cause: str
    attempt: int
    mail: EmailMessage

    @property
    def text(self) -> str:
        """The words of the letter."""
        return str(self.mail.get_content())


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A broker that the house did not bring."""

    servers: str


@dataclass
class World:
    """A running house, seen from outside; every step goes through a door that a stranger would use."""

    house: House
    broker: Any
    """The embedded one, or `Elsewhere`."""
    home: Path
    client: httpx2.AsyncClient
    keys: dict[str, str] = field(default_factory=dict)
    producers: dict[str, confluent_kafka.Producer] = field(default_factory=dict)

    @staticmethod
    def json(value: Any) -> bytes:
        """As JSON in UTF-8."""
        return json.dumps(value, ensure_ascii=False).encode()

    # -- doors ----------------------------------------------------------------------------------------------------------

    def key_of(self, scope: str) -> str:
        """A key that has one scope only, made on first use."""
        if scope not in self.keys:
            self.keys[scope] = issue_key(self.house.around.settings.api_keys_path, f"only-{scope}", f"{scope}-person", [scope])
        return self.keys[scope]

    async def ask(
        self, method: str, service: str, path: str, *, key: str | None = None, headers: Any = (), **sent: Any
    ) -> httpx2.Response:
        """One request, with the operator's key unless another is given; an empty key sends none."""
        said = [*(headers.items() if isinstance(headers, Mapping) else headers)]
        used = self.house.key if key is None else key
        if used:
            said.append(("Authorization", f"Bearer {used}"))
        return await self.client.request(method, self.house.around.urls[service] + path, headers=said, **sent)

    async def get(self, service: str, path: str, **params: Any) -> Any:
        """A JSON answer; anything but success fails the test."""
        answer = await self.ask("GET", service, path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, service: str, path: str, body: Any = None, **more: Any) -> httpx2.Response:
        """A command with a JSON body."""
        content = self.json({} if body is None else body)
        headers = {"Content-Type": "application/json"} | dict(more.pop("headers", {}))
        return await self.ask("POST", service, path, content=content, headers=headers, **more)

    async def knock(self, body: bytes, headers: Any = (), key: str | None = None) -> httpx2.Response:
        """Raw bytes at the complaints' door."""
        return await self.ask("POST", "intake", "/v1/complaints", content=body, headers=headers, key=key)

    async def complain(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """A complaint over HTTP that is expected to be accepted; gives the answer."""
        answer = await self.post("intake", "/v1/complaints", payload)
        assert answer.status_code == 202, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    # -- the upstream topic ---------------------------------------------------------------------------------------------

    async def publish(
        self,
        *values: bytes | tuple[bytes | None, Headers] | None,
        partition: int = 0,
        codec: str = "none",
        topic: str = SUBMITTED.name,
        key: bytes | None = b"upstream",
    ) -> None:
        """Records by a foreign producer (confluent-kafka), in one batch of one partition; returns once they are confirmed."""
        await asyncio.to_thread(self._publish, values, partition, codec, topic, key)

    def _publish(self, values: Sequence[Any], partition: int, codec: str, topic: str, key: bytes | None) -> None:
        producer = self.producers.get(codec)
        if producer is None:
            producer = self.producers[codec] = foreign_producer(self.broker.servers, codec)
        refused: list[Any] = []
        for value in values:
            body, headers = value if isinstance(value, tuple) else (value, ())
            producer.produce(
                topic,
                body,
                key,
                partition,
                headers=list(headers),
                on_delivery=lambda error, _: refused.append(error) if error else None,
            )
        assert producer.flush(PATIENCE) == 0
        assert not refused

    # -- time -----------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """Business time, UTC ms."""
        return self.house.around.clock.now()

    async def move_to(self, instant: int, rest: bool = True) -> None:
        """Move simulated time in all services, and wait until all that was due is done."""
        for service in SERVICES:
            answer = await self.post(service, "/internal/v1/clock", {"now": instant})
            assert answer.status_code == 200, answer.text
        if rest:
            await self.quiet()

    async def later(self, ms: int) -> None:
        """Let simulated time pass."""
        await self.move_to(self.now + ms)

    async def quiet(self, services: Sequence[str] = SERVICES) -> None:
        """Wait until nothing is under way in two readings in a row."""
        calm = 0
        async with asyncio.timeout(PATIENCE):
            while calm < 2:
                counts = [await self.get(service, "/internal/v1/counts") for service in services]
                calm = calm + 1 if all(is_quiet(found) for found in counts) else 0
                if calm < 2:
                    await asyncio.sleep(0.005)

    async def settled(self) -> None:
        """Wait until intake has settled all that knocked; what it has to say may still be under way."""

        async def nothing_in_flight() -> bool:
            return (await self.arrivals())["in_flight"] == 0

        await until(nothing_in_flight, "something was not settled")

    # -- looking --------------------------------------------------------------------------------------------------------

    async def arrivals(self) -> dict[str, int]:
        """The count of everything that knocked; it must add up, whenever it is asked."""
        found: dict[str, int] = await self.get("intake", "/internal/v1/arrivals")
        outcomes = ("registered", "rejected", "double", "parked", "in_flight", "unaccounted")
        assert found["unaccounted"] == 0, found
        assert found["gap"] == 0, found
        assert found["submitted"] == sum(found[name] for name in outcomes), found
        return found

    async def named(self, source: str, source_id: str) -> str:
        """The complaint that a sender's message became."""
        found = await self.get("intake", "/internal/v1/resolve", source=source, source_id=source_id)
        return str(found["complaint_id"])

    async def kept(self, service: str, complaint_id: str) -> dict[str, Any]:
        """The state that a service keeps of a complaint, tokens left out; empty where it knows nothing of it."""
        story = await self.get(service, f"/internal/v1/story/{complaint_id}")
        return next((dict(document["state"]) for document in story["documents"]), {})

    async def case(self, complaint_id: str) -> dict[str, Any]:
        """The case as the desk sees it."""
        found: dict[str, Any] = await self.get("escalation", f"/v1/cases/{complaint_id}")
        return found

    async def resolve(
        self, complaint_id: str, answer: str = "We are sorry and put it right.", rest: bool = True, **more: Any
    ) -> None:
        """An agent answers."""
        body = {"remedy": "refund", "answer": answer} | more
        done = await self.post("escalation", f"/v1/cases/{complaint_id}/resolve", body)
        assert done.status_code == 200, done.text
        if rest:
            await self.quiet()

    def letters(self, complaint_id: str = "", kind: str = "") -> list[Letter]:
        """What lies in the mailbox of the file transport, in the order of rounds."""
        found = [
            letter for path in self.home.glob("mail/*.eml") if path.name.startswith(complaint_id) and (letter := _letter(path))
        ]
        return sorted((one for one in found if kind in ("", one.kind)), key=lambda one: (one.round, one.kind, one.cause))

    def survey_of(self, complaint_id: str, round_: int = 1) -> str:
        """The path of the survey page that was mailed in a round."""
        (letter,) = [one for one in self.letters(complaint_id, "survey") if one.round == round_]
        found = SURVEY_LINK.search(letter.text)
        assert found, letter.text
        return found.group(1)

    async def answer(self, path: str, *, score: int, solved: bool, words: str = "") -> httpx2.Response:
        """A customer fills in the survey page; nobody gives customers a key."""
        form = {"score": str(score), "solved": "yes" if solved else "no", "words": words}
        return await self.ask("POST", "followup", path, key="", data=form)


def _letter(path: Path) -> Letter:
    purpose = PURPOSE.search(path.name)
    assert purpose, path.name
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return Letter(purpose[1], int(purpose[2]), purpose[3], int(purpose[4]), mail)


def foreign_producer(servers: str, codec: str = "none") -> confluent_kafka.Producer:
    """A producer that shares no code with ours; it lingers so that what is sent together arrives in one batch."""
    return confluent_kafka.Producer(
        {
            "bootstrap.servers": servers,
            "compression.type": codec,
            "linger.ms": 20,
            "message.max.bytes": 2_000_000,
            "log_level": 0,
        }
    )


async def until(look: Any, what: str = "it did not happen in time") -> Any:
    """Ask again until the answer is true; gives the answer."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not (found := await look()):
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(what) from None
    return found


@contextlib.asynccontextmanager
async def running(home: Path, *, deaf: Sequence[str] = (), **settings: Any) -> AsyncIterator[World]:
    """A house in a directory, embedded and on simulated time unless told otherwise; services in `deaf` never consume."""
    given: dict[str, Any] = {f"{service}_port": 0 for service in SERVICES}
    given |= {"home": home, "clock": "simulated", "simulated_start": MONDAY} | settings
    brokers: list[EmbeddedBroker] = []
    consume = Runtime.start_consuming

    def remembered(*args: Any) -> EmbeddedBroker:
        brokers.append(EmbeddedBroker(*args))
        return brokers[-1]

    def unless_deaf(runtime: Runtime) -> None:
        if runtime.name not in deaf:
            consume(runtime)

    async with contextlib.AsyncExitStack() as stack:
        with (
            mock.patch.object(local, "EmbeddedBroker", remembered),
            mock.patch.object(Runtime, "start_consuming", unless_deaf),
        ):
            made = await stack.enter_async_context(house(load_settings(None, **given)))
        client = await stack.enter_async_context(httpx2.AsyncClient(timeout=PATIENCE))
        world = World(made, brokers[0] if brokers else Elsewhere(made.around.connection.servers), home, client)
        await until(lambda: _is_ready(made, deaf), "the house did not get ready")
        yield world


async def _is_ready(made: House, deaf: Sequence[str]) -> bool:
    return all(trouble.split(":", maxsplit=1)[0] in deaf for trouble in await made.troubles())
