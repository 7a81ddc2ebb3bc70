"""Ask the embedded broker for records when there are some: it sleeps out any wait that a fetch allows, and each fetch costs."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka import AIOKafkaConsumer

Rings = Callable[[], None]
LOOK_MS = {True: 30, False: 200}
"""After how long the broker is asked without a ring, by whether strangers publish to the topic: they do not ring."""
MANY = 50
"""After a batch as large as this the broker is asked at once: one fetch does not bring everything."""
BREATH_SECONDS = 0.03
"""From one batch to the next: under load a few records together cost little more than one."""


class Bell:
    """Lets one consumer ask once each time it rings; whoever publishes in the same process rings it."""

    def __init__(self, look_ms: int) -> None:
        """Rung once, for what lies there from the start."""
        self._look_ms = look_ms
        self._rung = True
        self._sleep: asyncio.Future[None] | None = None
        self._next = 0.0

    def ring(self) -> None:
        """There may be something to fetch."""
        self._rung = True
        if self._sleep and not self._sleep.done():
            self._sleep.set_result(None)

    def hung_on(self, consumer: AIOKafkaConsumer) -> Callable[..., Awaitable[Any]]:
        """Its poll, which fetches only when rung; looking up positions and leaders goes on as ever."""
        poll, fetcher, loop = consumer.getmany, consumer._fetcher, asyncio.get_running_loop()
        ask = fetcher._get_actions_per_node

        def when_rung(assignment: Any) -> tuple[Any, ...]:
            fetches, *others, wakes = ask(assignment)
            if fetches and self._rung:
                self._rung = False
            elif fetches:
                fetches, self._sleep = [], loop.create_future()
                wakes = [*wakes, self._sleep]
            return fetches, *others, wakes

        async def polled(*places: Any, **options: Any) -> Any:
            await asyncio.sleep(max(0.0, self._next - loop.time()))
            found = await poll(*places, **options | {"timeout_ms": self._look_ms})
            if found:
                self._next = loop.time() + BREATH_SECONDS
            if not found or sum(map(len, found.values())) >= MANY:  # it was time to look, or there may be more
                self.ring()
            return found

        fetcher._get_actions_per_node = when_rung
        return polled
