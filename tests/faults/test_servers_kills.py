"""Rows 1 and 2 on Kafka and MongoDB's protocol: replicas killed, ended politely, restarted one after the other, under load."""

import asyncio
import os
import random
from pathlib import Path

import pytest

from shared.contracts.topics import SERVICES
from tests.faults.storm import Storm, survived

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]
KILLS = int(os.environ.get("REDRESS_TEST_KILLS", "8"))
RATE = float(os.environ.get("REDRESS_TEST_RATE", "40"))


async def test_row_1_replicas_that_are_killed_lose_nothing_and_say_nothing_twice(tmp_path: Path) -> None:
    chance = random.Random(20261126)

    async def kills(storm: Storm) -> None:
        for number in range(KILLS):
            await asyncio.sleep(chance.uniform(1.0, 2.5))
            await storm.kill(SERVICES[number % 4], chance.randrange(2), away=chance.uniform(0, 1.5))
        await asyncio.sleep(1)

    found = await survived(tmp_path, "1", kills, seed=1, rate=RATE)
    assert found.wrong == []
