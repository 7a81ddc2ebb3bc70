"""The demo's people at their doors: every step goes over HTTP or Kafka, as anybody's would."""

import asyncio
import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import httpx2
from pydantic_core import to_json

from deploy.local import House
from deploy.sample.behaviour import AGENTS
from shared.contracts.cloudevents import Attributes, headers_of, rfc3339
from shared.contracts.events import SUBMITTED_TYPE
from shared.contracts.identity import digest
from shared.contracts.topics import SERVICES, SUBMITTED
from shared.platform.bus.connection import Connection
from shared.platform.bus.producer import Producer
from shared.platform.counting import is_quiet
from shared.platform.http.key_file import issue_key

QUIET_SECONDS = 60
PAUSE_SECONDS = 0.02


class NotQuiet(Exception):  # noqa: N818 - named after the state
    """The house did not come to rest in time."""


class Api:
    """One client for all services, one key per agent; it does not mind whether they share a process."""

    def __init__(self, urls: Mapping[str, str], keys: Path, key: str, connection: Connection) -> None:
        """`keys`: the file of API keys, for agents get keys of their own; `key`: one with every scope."""
        self.urls = urls
        self.agents = {name: issue_key(keys, f"agent-{name}", name, ["desk"]) for name in AGENTS}
        self.client = httpx2.AsyncClient(timeout=30, headers={"Authorization": f"Bearer {key}"})
        self.producer = Producer(connection, "demo")

    @classmethod
    def of(cls, house: House) -> Self:
        """The doors of a house that runs in this process."""
        return cls(house.around.urls, house.around.settings.api_keys_path, house.key, house.around.connection)

    async def close(self) -> None:
        """Close what was opened."""
        await self.client.aclose()
        await self.producer.stop()

    async def get(self, service: str, path: str, **params: Any) -> Any:
        """A JSON answer."""
        answer = await self.client.get(self.urls[service] + path, params=params)
        answer.raise_for_status()
        return answer.json()

    async def post(self, service: str, path: str, body: Any, agent: str = "") -> httpx2.Response:
        """A command, as an agent if one is named."""
        headers = {"Content-Type": "application/json"}
        if agent:
            headers["Authorization"] = f"Bearer {self.agents[agent]}"
        return await self.client.post(self.urls[service] + path, content=to_json(body), headers=headers)

    async def submit(self, payloads: Sequence[dict[str, Any]], now: int) -> None:
        """Complaints come in: web, chat and in person over HTTP, the rest over the upstream topic."""
        at_doors = [p for p in payloads if p["channel"] in ("web", "chat", "in_person")]
        answers = await asyncio.gather(*(self.post("intake", "/v1/complaints", payload) for payload in at_doors))
        for answer in answers:
            answer.raise_for_status()
        on_topic = [p for p in payloads if p not in at_doors]
        if on_topic:
            places = await self.producer.publish([_entry(payload, now) for payload in on_topic])
            if None in places:
                raise NotQuiet("the broker did not take every record")

    async def move_clock(self, now: int) -> None:
        """The same instant in all four services."""
        for service in SERVICES:
            (await self.post(service, "/internal/v1/clock", {"now": now})).raise_for_status()

    async def quiet(self) -> None:
        """Wait until nothing is under way in two readings in a row."""
        calm = 0
        deadline = asyncio.get_running_loop().time() + QUIET_SECONDS
        while calm < 2:
            busy = await self._busy()
            calm = 0 if busy else calm + 1
            if busy:
                if asyncio.get_running_loop().time() > deadline:
                    raise NotQuiet(f"the house did not come to rest: {busy}")
                await asyncio.sleep(PAUSE_SECONDS)

    async def _busy(self) -> dict[str, Any] | None:
        """The counts of the first service that still has something in hand; the end of the flow is asked first."""
        for service in reversed(SERVICES):
            counts: dict[str, Any] = await self.get(service, "/internal/v1/counts")
            if not is_quiet(counts):
                return counts
        return None

    async def cases(self, **where: Any) -> list[dict[str, Any]]:
        """Every case that fits."""
        found: list[dict[str, Any]] = []
        while True:
            page = await self.get("escalation", "/v1/cases", limit=500, skip=len(found), sort="opened_at", **where)
            found += page["cases"]
            if len(found) >= page["total"] or not page["cases"]:
                return found


def _entry(payload: dict[str, Any], now: int) -> dict[str, Any]:
    """A record as an upstream system writes it: CloudEvents in binary mode."""
    name = digest(payload["source"], payload["source_id"], now)
    said = Attributes(id=name, type=SUBMITTED_TYPE, source=f"/upstream/{payload['source']}", time=rfc3339(now))
    return {
        "topic": SUBMITTED.name,
        "key": digest(payload["source_id"]),
        "headers": [(n, v.decode()) for n, v in headers_of(said)],
        "body": base64.b64encode(to_json(payload)).decode(),
    }
