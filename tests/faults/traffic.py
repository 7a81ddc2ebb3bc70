"""Customers and agents who do not care that the house dies under them: they send, and send again what was not answered."""

import asyncio
import contextlib
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.faults.up import Up
from tests.servers.house import Separate

TROUBLES = (
    "The kettle that I ordered leaks from the bottom and nobody answers me",
    "I was charged twice for one order and want my money back",
    "Your courier was rude and left the parcel in the rain",
    "The charger got so hot that it burned my hand, I went to a doctor",
    "Чайник протекает, а поддержка молчит вторую неделю",
    "С карты дважды списали деньги за один заказ, верните",
    "Курьер нахамил и бросил посылку под дождём",
    "Если не вернёте деньги, завтра подаю в суд и пишу в прокуратуру",
)
AT_ONCE = 80
"""So many requests are under way at most."""
CHANNELS = ("web", "chat", "phone", "social", "review", "in_person", "email")


@dataclass
class Request:
    """One thing to be sent, and whether its sender keeps at it."""

    source_id: str
    body: dict[str, Any]
    key: str
    patient: bool = True


@dataclass
class Book:
    """What was sent and what was answered: the other side of the ledger."""

    sent: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Source id to the keys under which it was sent, answered or not."""
    acknowledged: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Source id to the complaint ids that answers named: must be one."""
    said_double: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Source id to the keys that were answered as doubles."""
    resolved: set[str] = field(default_factory=set)
    """Complaint ids whose resolution an agent was told is done."""
    answers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Status or error to how often."""
    strange: list[str] = field(default_factory=list)
    """Answers that nobody should get."""


class Traffic:
    """About `rate` complaints a second, of which `doubles` are repetitions, and an agent who resolves now and then."""

    def __init__(self, up: Up | Separate, seed: int, rate: float = 100, doubles: float = 0.15) -> None:
        """`seed` decides what is sent; when it arrives depends on the machine."""
        self.up = up
        self.rate = rate
        self.doubles = doubles
        self.book = Book()
        self._chance = random.Random(seed)
        self._known: list[Request] = []
        self._again: list[Request] = []
        self._resolving: dict[str, str] = {}
        self._flying: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def flowing(self) -> AsyncIterator[None]:
        """Send while the block runs; what is unanswered then waits for `drain`."""
        stop = asyncio.Event()
        sending = asyncio.create_task(self._run(stop))
        try:
            yield
        except BaseException:
            sending.cancel()
            raise
        finally:
            stop.set()
            await asyncio.gather(sending, return_exceptions=sending.cancelling() > 0)

    async def _run(self, stop: asyncio.Event) -> None:
        due = time.monotonic()
        async with self._client() as client:
            while not stop.is_set():
                if not self.up.running or len(self._flying) >= AT_ONCE:  # nobody knows where to send to, or all hands are full
                    await asyncio.sleep(0.02)
                    due = time.monotonic()
                    continue
                self._fly(self._submit(client, self._next()))
                if self._chance.random() < 0.08:
                    self._fly(self._resolve(client))
                due += 1 / self.rate
                await asyncio.sleep(max(0, due - time.monotonic()))
            await self._landed()

    async def drain(self) -> None:
        """Send again, until answered, what patient senders have not been answered yet."""
        async with self._client() as client:
            for _ in range(20):
                waiting, self._again = self._again, []
                for request in waiting:
                    self._fly(self._submit(client, request))
                    if len(self._flying) >= AT_ONCE:
                        await self._landed()
                for _ in range(len(self._resolving)):
                    self._fly(self._resolve(client))
                await self._landed()
                if not self._again and not self._resolving:
                    return
        raise AssertionError(f"never answered: {len(self._again)} complaints, {len(self._resolving)} resolutions")

    def _client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(timeout=15, headers=self.up.headers, trust_env=False)

    def _fly(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._flying.add(task)
        task.add_done_callback(self._flying.discard)

    async def _landed(self) -> None:
        while self._flying:
            await asyncio.gather(*self._flying)

    def _next(self) -> Request:
        chance = self._chance
        if self._again and chance.random() < 0.3:
            return self._again.pop(0)
        if self._known and chance.random() < self.doubles:
            first = chance.choice(self._known[-300:])
            key = first.key if chance.random() < 0.5 else f"{first.source_id}-{chance.randrange(10**9)}"
            return Request(first.source_id, first.body, key)
        number = len(self._known)
        channel = CHANNELS[number % len(CHANNELS)]
        body: dict[str, Any] = {
            "channel": channel,
            "source": "shop",
            "source_id": f"shop-{number}",
            "text": f"{chance.choice(TROUBLES)}. {number}",
            "customer": {"email": f"buyer{chance.randrange(number // 2 + 1)}@example.org"},
        }
        if chance.random() < 0.15:  # said long ago, so that its clocks have run out and timers ring
            body["received_at"] = int((time.time() - 40 * 86_400) * 1000)
        request = Request(f"shop-{number}", body, f"key-{number}", patient=chance.random() < 0.9)
        self._known.append(request)
        return request

    async def _submit(self, client: httpx2.AsyncClient, request: Request) -> None:
        book = self.book
        book.sent[request.source_id].add(request.key)
        answer = await self._post(client, "intake", "/v1/complaints", request.body, request.key)
        if answer is None:
            if request.patient:
                self._again.append(request)
        elif answer.status_code != 202 or answer.json()["state"] != "registered":
            book.strange.append(f"complaint: {answer.status_code} {answer.text[:200]}")
        else:
            book.acknowledged[request.source_id].add(answer.json()["complaint_id"])
            if answer.json()["double"]:
                book.said_double[request.source_id].add(request.key)

    async def _resolve(self, client: httpx2.AsyncClient) -> None:
        """Resolve a case that nobody has resolved yet, or try again what was not answered."""
        if self._resolving:
            complaint_id, key = self._resolving.popitem()
        else:
            complaint_id, key = await self._open_case(client), f"resolve-{self._chance.randrange(10**9)}"
        if not complaint_id or complaint_id in self.book.resolved:
            return
        body = {"remedy": "refund", "answer": "We returned the money. Мы вернули деньги."}
        answer = await self._post(client, "escalation", f"/v1/cases/{complaint_id}/resolve", body, key)
        if answer is None:
            self._resolving[complaint_id] = key
        elif answer.status_code == 200:
            self.book.resolved.add(complaint_id)
        elif answer.status_code != 409:  # two of our requests may choose one case
            self.book.strange.append(f"resolve: {answer.status_code} {answer.text[:200]}")

    async def _open_case(self, client: httpx2.AsyncClient) -> str:
        if not self.up.running:
            return ""
        with contextlib.suppress(httpx2.HTTPError, KeyError):
            wanted = {"state": "open", "limit": 1, "skip": self._chance.randrange(20), "sort": "-opened_at"}
            answer = await client.get(self.up.url("escalation", "/v1/cases"), params=wanted)
            if answer.status_code == 200 and answer.json()["cases"]:
                return str(answer.json()["cases"][0]["complaint_id"])
        return ""

    async def _post(
        self, client: httpx2.AsyncClient, service: str, path: str, body: dict[str, Any], key: str
    ) -> httpx2.Response | None:
        """The answer, or None where the sender cannot know: cut, refused connection, 503."""
        if not self.up.running:
            self.book.answers["away"] += 1
            return None
        try:
            answer = await client.post(self.up.url(service, path), json=body, headers={"Idempotency-Key": key})
        except httpx2.HTTPError as error:
            self.book.answers[type(error).__name__] += 1
            return None
        self.book.answers[str(answer.status_code)] += 1
        return None if answer.status_code == 503 else answer
