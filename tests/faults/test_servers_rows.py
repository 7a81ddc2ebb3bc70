"""Rows 1 to 10 on Kafka and MongoDB's protocol, two replicas of each service: one after the other in one storm, or each alone."""

import asyncio
import os
import random
import time
from functools import partial
from pathlib import Path

import pytest

from tests.faults import chaos
from tests.faults.storm import Chaos, Storm, survived

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900)]
LONG = int(os.environ.get("REDRESS_TEST_KILLS", "0")) >= 20
KILLS = 20 if LONG else 4
RATE = 4.0
"""Complaints a second; SecantusDB, which the rows kill and cut off, follows no more: agents and customers act beside them."""
OUTAGE = 120.0 if LONG else 8.0

ROWS: dict[str, Chaos] = {
    "1 kill -9": partial(chaos.kills, number=KILLS, chance=random.Random(20261126)),
    "1 at every step": partial(chaos.step_kills, turns=20 if LONG else 1),
    "2 rolling restart": chaos.rolling_restart,
    "3 SIGTERM, Kafka down": partial(chaos.ends_without_kafka, frozen=False),
    "3 SIGTERM, Kafka frozen": partial(chaos.ends_without_kafka, frozen=True),
    "4 Kafka away": partial(chaos.kafka_away, seconds=OUTAGE),
    "4 Kafka frozen": partial(chaos.kafka_away, seconds=OUTAGE, frozen=True),
    "6 store killed": partial(chaos.store_away, seconds=5),
    "6 store's wire": partial(chaos.store_wire, turns=5),
    "7 Kafka's wire": partial(chaos.kafka_wire, turns=5),
    "8 set back to the start": chaos.from_the_start,
    "10 scale 1-4-2": partial(chaos.scale, seconds=10),
    "10 zombie": partial(chaos.zombie, seconds=15),
}

ALONE = ("1 at every step", "10 scale 1-4-2")
"""Too long for the storm of all, or with more replicas than it has."""
REPLICAS = {"10 scale 1-4-2": 4}


async def test_after_every_fault_in_turn_nothing_is_lost_nothing_said_twice_and_the_order_kept(tmp_path: Path) -> None:
    async def all_of_them(storm: Storm) -> None:
        for name, row in ROWS.items():
            if name in ALONE:
                continue
            began = time.monotonic()
            await row(storm)
            storm.house.launch()
            await storm.house.ready()
            storm.notes[f"{name}, s"] = round(time.monotonic() - began)
            await asyncio.sleep(1)

    found = await survived(tmp_path, "1-10", all_of_them, seed=1, rate=2, wires=True)
    assert found.wrong == []


@pytest.mark.slow
@pytest.mark.timeout(7200 if LONG else 900)
@pytest.mark.parametrize("row", ROWS)
async def test_after_a_fault_nothing_is_lost_nothing_said_twice_and_the_order_kept(tmp_path: Path, row: str) -> None:
    async def one_of_them(storm: Storm) -> None:
        await asyncio.sleep(5)
        await ROWS[row](storm)
        await asyncio.sleep(5)

    found = await survived(tmp_path, row, one_of_them, seed=2, rate=RATE, replicas=REPLICAS.get(row, 2), wires="wire" in row)
    assert found.wrong == []
