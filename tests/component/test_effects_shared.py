"""Several workers on one store: whoever claims an effect looks again before sending, for another may have been faster."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.kept import Kept
from shared.platform.clock import machine_ms
from shared.platform.document import Document, Sought
from shared.platform.effect_record import EffectRecord
from shared.platform.processor.effects import Done, EffectWorker
from tests.component.test_processor import Bench, bench_of
from tests.toys import a_toy


@pytest.fixture
async def bench(tmp_path: Path) -> Any:
    async with bench_of(tmp_path, a_toy()) as made:
        yield made


class Late:
    """A worker's view of the store: between its claim and its look, `meanwhile` happens once."""

    def __init__(self, bench: Bench, meanwhile: Any) -> None:
        self._store = bench.store
        self._meanwhile = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def load_many(self, keeps: type[Kept], ids: Iterable[str]) -> dict[str, Document]:
        if keeps is EffectRecord and self._meanwhile:
            meanwhile, self._meanwhile = self._meanwhile, None
            await meanwhile()
        return await self._store.load_many(keeps, ids)


def worker(bench: Bench, sent: list[int], store: Any = None) -> EffectWorker:
    async def post(key: str, record: EffectRecord) -> Done:
        sent.append(record.attempts)
        return Done()

    made = EffectWorker(bench.processor, {"mail": post}, bench.announcer.wake_effects)
    made.store = store or bench.store
    return made


async def the_effect(bench: Bench) -> Document:
    (effect,) = await bench.store.find(EffectRecord, Sought())
    return effect


async def test_what_another_worker_sent_between_claim_and_look_is_not_sent_again(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1")])
    sent: list[int] = []

    async def another_sends_it() -> None:
        await worker(bench, sent)._do(await the_effect(bench))

    await worker(bench, sent, Late(bench, another_sends_it)).work()
    assert sent == [1]
    assert (await the_effect(bench)).state.state == "sent"


async def test_what_another_worker_is_sending_right_now_is_not_called_unknown(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1")])
    sent: list[int] = []

    async def another_begins() -> None:
        effect = await the_effect(bench)
        busy = {"state": "sending", "attempts": 1, "retry_at": machine_ms() + 60_000}
        effect.state = effect.state.model_copy(update=busy)
        assert not await bench.store.save([effect])

    await worker(bench, sent, Late(bench, another_begins)).work()
    assert sent == []
    assert (await the_effect(bench)).state.state == "sending"


async def test_however_many_letters_were_sent_a_worker_does_not_count_them(bench: Bench) -> None:
    await bench.handler.settle([bench.heard("e1")])
    sent: list[int] = []
    counted: list[set[str]] = []

    class Counting(Late):
        async def count_by(self, keeps: type[Kept], field: str, where: Any = None) -> dict[str, int]:
            found = await self._store.count_by(keeps, field, where)
            counted.append(set(found))
            return dict(found)

    for _ in range(2):
        await worker(bench, sent, Counting(bench, None)).work()
    assert sent == [1]
    assert counted == [set(), set()]
