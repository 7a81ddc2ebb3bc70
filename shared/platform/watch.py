"""The watch: tells the metrics how a service is, also while nobody asks."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from shared.platform import metrics
from shared.platform.clock import machine_ms
from shared.platform.logging import get_logger
from shared.platform.patience import within

log = get_logger(__name__)
BEAT_SECONDS = 5.0
LOOK_MS = 300_000
"""How often a service takes its longer looks, which read a store from end to end."""
LOOK_SECONDS = 30.0

Reasons = Callable[[], Awaitable[list[str]]]
Look = Callable[[], Awaitable[bool]]
"""Sets metrics of its own; says whether it saw anything, else it is asked again at the next beat."""


class Watch:
    """The loop of one service that looks and never changes anything."""

    def __init__(self, service: str, live: Reasons, ready: Reasons, measure: Callable[[], object]) -> None:
        """`measure` sets what is known without asking anybody."""
        self.service = service
        self.live = live
        self.ready = ready
        self.measure = measure
        self.looks: Sequence[Look] = ()
        self._looked: dict[Look, int] = {}

    async def run(self) -> None:
        """Look every few seconds; what fails is logged, and the watch goes on."""
        while True:
            try:
                await self._round()
            except Exception as error:  # who watches must not be what fails
                log.warning("the watch saw nothing", service=self.service, error=type(error).__name__)
            await asyncio.sleep(BEAT_SECONDS)

    async def _round(self) -> None:
        await self.live()
        self.measure()
        metrics.READY.labels(self.service).set(0 if await self.ready() else 1)
        for look in self.looks:
            last = self._looked.get(look)
            if (last is None or machine_ms() - last >= LOOK_MS) and await self._saw(look):
                self._looked[look] = machine_ms()

    async def _saw(self, look: Look) -> bool:
        """Whether it need not be asked again at the next beat: a store that takes too long would only become slower."""
        try:
            return await within(LOOK_SECONDS, look())
        except TimeoutError:
            log.warning("a look took too long", service=self.service)
            return True
