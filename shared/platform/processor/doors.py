"""The way in for commands: coalesce what waits, decide, answer as soon as it is durable, announce behind the answer."""

import asyncio
import contextlib
from typing import Any

from shared.contracts.errors import TryAgain
from shared.platform import metrics
from shared.platform.clock import machine_ms
from shared.platform.decision import Declined, Refused
from shared.platform.logging import get_logger
from shared.platform.patience import within
from shared.platform.processor.item import Item, Outcome
from shared.platform.processor.loop import Processor
from shared.platform.store import StoreDown

log = get_logger(__name__)
COALESCE = 500
PATIENCE_SECONDS = 10.0


class Doors:
    """Where HTTP, files and mail hand in commands; many waiting ones become one batch."""

    def __init__(self, processor: Processor) -> None:
        """`run` must be started as a task."""
        self.processor = processor
        self.beat = machine_ms()
        self.at_work = 0
        self._queue: asyncio.Queue[tuple[Item, asyncio.Future[Outcome]]] = asyncio.Queue(maxsize=10_000)

    async def do(
        self,
        command: Any,
        aggregate: str,
        *,
        by: str,
        request: str,
        as_type: type[Any] | None = None,
        facts: Any = None,
        expect: int | None = None,
    ) -> Outcome:
        """Hand in a command and wait until it is durable.

        `request` is the idempotency key, scoped to the caller; the same one again gets the same outcome. `expect` is the
        version that the caller looked at.
        Raises `Declined`, `Unprocessable`, or `StoreDown` and `TryAgain` (nothing is known to be written).
        """
        hearing = self.processor.service.hearings[as_type or type(command)][0]
        item = Item(hearing, aggregate, command, request, request, by, correlation=request, facts=facts, expect=expect)
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((item, future))
        except asyncio.QueueFull:
            raise TryAgain("too many commands wait") from None
        self.at_work += 1
        try:
            with metrics.DOOR_SECONDS.labels(self.processor.service.name).time():
                outcome = await within(PATIENCE_SECONDS, future)
        except TimeoutError:
            raise TryAgain("the store is slow") from None
        finally:
            self.at_work -= 1
        return _checked(outcome)

    async def run(self) -> None:
        """Take batches for ever."""
        while True:
            self.beat = machine_ms()
            waiting = []
            with contextlib.suppress(TimeoutError):
                waiting.append(await within(1, self._queue.get()))
            while waiting and len(waiting) < COALESCE and not self._queue.empty():
                waiting.append(self._queue.get_nowait())
            if waiting:
                await self._settle([(item, future) for item, future in waiting if not future.done()])

    async def _settle(self, waiting: list[tuple[Item, asyncio.Future[Outcome]]]) -> None:
        try:
            outcomes, _ = await self.processor.process([item for item, _ in waiting])
        except Exception as error:  # whoever waits at the door gets an answer, whatever it is
            if not isinstance(error, StoreDown | TryAgain):
                log.error("a door's batch failed", service=self.processor.service.name, error=type(error).__name__)
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        for position, (_, future) in enumerate(waiting):
            if not future.done():
                future.set_result(outcomes[position])


def _checked(outcome: Outcome) -> Outcome:
    if isinstance(outcome.answer, Refused):
        raise Declined(outcome.answer)
    if outcome.kind == "failed":
        answer = outcome.answer
        raise answer if isinstance(answer, Exception) else RuntimeError("a rule failed")
    return outcome
