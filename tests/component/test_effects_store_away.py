"""The store goes away while a letter is handed over: whoever handed it over knows how that ended, and waits to write it down."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from shared.platform.document import Sought
from shared.platform.effect_record import EffectRecord
from shared.platform.processor.effects import Done, EffectWorker
from shared.platform.store import StoreDown
from tests.component.test_processor import Bench, bench_of
from tests.toys import a_toy


class Away:
    """A store that cannot be written for a while."""

    def __init__(self, bench: Bench, fails: int) -> None:
        self._store = bench.store
        self.fails = fails

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def save(self, *given: Any) -> Any:
        if self.fails:
            self.fails -= 1
            raise StoreDown("the disk is full")
        return await self._store.save(*given)


def worker(bench: Bench, fails: int, sent: list[str]) -> EffectWorker:
    away = Away(bench, 0)

    async def post(key: str, record: EffectRecord) -> Done:
        sent.append(key)
        away.fails = fails
        return Done()

    made = EffectWorker(bench.processor, {"mail": post}, asyncio.Event())
    made.store = away
    return made


async def state(bench: Bench) -> str:
    (effect,) = await bench.store.find(EffectRecord, Sought())
    assert isinstance(effect.state, EffectRecord)
    return effect.state.state


async def test_a_letter_that_went_out_while_the_store_was_away_is_sent_and_not_unknown(tmp_path: Path) -> None:
    async with bench_of(tmp_path, a_toy()) as bench:
        await bench.handler.settle([bench.heard("e1")])
        sent: list[str] = []
        await worker(bench, 2, sent).work()
        assert len(sent) == 1
        assert await state(bench) == "sent"
        assert (await bench.count()).letter == "sent"


async def test_a_worker_that_is_told_to_stop_does_not_wait_for_the_store_for_ever(tmp_path: Path) -> None:
    async with bench_of(tmp_path, a_toy()) as bench:
        await bench.handler.settle([bench.heard("e1")])
        made = worker(bench, 1_000, [])
        working = asyncio.create_task(made.work())
        await asyncio.sleep(0.1)
        made.stop()
        with pytest.raises(StoreDown):
            await asyncio.wait_for(working, 5)
        assert await state(bench) == "sending"
