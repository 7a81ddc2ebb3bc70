"""Row 14: very many deadlines in one and the same second, and two pollers that want them all; each rings once."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from shared.platform.document import Document
from shared.platform.processor.timers import Timers
from tests.builders import NOW
from tests.component.test_processor import bench_of
from tests.toys import Count, a_toy

MANY = 100_000 if int(os.environ.get("REDRESS_TEST_KILLS", "0")) >= 20 else 5_000


@pytest.mark.timeout(120)
async def test_row_14_deadlines_of_one_second_ring_once_each_and_soon(tmp_path: Path) -> None:
    async with bench_of(tmp_path, a_toy(alarm=1000)) as bench:
        for start in range(0, MANY, 5_000):
            some = range(start, min(MANY, start + 5_000))
            rows = [Document(f"cmp_{n:06}", Count(wake=NOW + 1000, customer_id="cus_1")) for n in some]
            assert not await bench.store.insert_many(rows)
        early = Timers(bench.processor)
        await early.fire_due()
        assert await bench.store.count_by(Count, "id") == {"all": MANY}
        assert not bench.publisher.said("AlertRaised"), "nothing rings early"
        bench.clock.move_to(NOW + 1000)
        began = time.monotonic()

        async def poll() -> None:
            timers = Timers(bench.processor)
            while await timers.fire_due() or await bench.store.due(Count, NOW + 1000):
                await asyncio.sleep(0)

        async with asyncio.timeout(MANY / 500):
            await asyncio.gather(poll(), poll())
        took = time.monotonic() - began
        said = [entry["id"] for entry in bench.publisher.said("AlertRaised")]
        assert len(said) == len(set(said)) == MANY
        assert await bench.store.due(Count, NOW + 10_000) == 0
    print(f"\nrow 14: {MANY} deadlines of one second rang once each within {took:.1f} s ({MANY / took:.0f} a second)")
