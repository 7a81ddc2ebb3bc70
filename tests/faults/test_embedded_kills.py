"""`redress up`, killed with -9 under load and started again: what it acknowledged comes to a case, once."""

import asyncio
import os
import random
from pathlib import Path

import pytest

from tests.faults.ledger import Findings, check_files, check_letters, checked_over_http
from tests.faults.traffic import Traffic
from tests.faults.up import NotUp, Up

KILLS = int(os.environ.get("REDRESS_TEST_KILLS", "5"))
TURNS = 20 if KILLS >= 20 else 1
"""How often the process dies at each step."""
STEPS = {
    "before prepare": 0.1,
    "after sources": 0.1,
    "after contacts": 0.1,
    "before load": 0.02,
    "before save": 0.02,
    "after save": 0.02,
    "after sweep": 1.0,  # right after the one that leaves something to sweep
    "after effects": 0.03,
    "after publish": 0.03,
    "after clear": 0.03,
    "before commit": 0.03,
    "timer claimed": 1.0,
    "effect claimed": 0.03,
    "effect sending": 0.03,
    "after performer": 0.03,
    "effect settled": 0.03,
    "before told": 0.6,  # a loaded machine hands over a hundred letters, then tells of all of them at once
}
"""Every boundary of the loop on SQLite, and how likely the process dies there each time it comes by."""


def settled(up: Up, traffic: Traffic, kills: int) -> Findings:
    """Wait until the house is quiet, and compare."""
    counts = up.told("counts", "--wait", "90", seconds=120)
    assert counts["quiet"], counts["open"]
    found = checked_over_http(up, traffic.book, kills)
    seconds, code = up.stop()
    found.expect(code == 0 and seconds < 10, f"it took {seconds:.1f} s to stop, with {code}")
    check_letters(found, up)
    check_files(found, up)
    print(f"\n{kills} kills, {found.told()}; answers {dict(traffic.book.answers)}")
    return found


async def test_what_was_acknowledged_comes_to_a_case_once_however_often_the_process_is_killed(tmp_path: Path) -> None:
    chance = random.Random(20261125)
    with Up(tmp_path) as up:
        await up.start()
        traffic = Traffic(up, seed=1)
        async with traffic.flowing():
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(0.3, 2.0))
                up.kill()
                await up.start()
            await asyncio.sleep(0.5)
        await traffic.drain()
        found = settled(up, traffic, KILLS)
    assert found.acknowledged > 10 * KILLS
    assert found.wrong == []


@pytest.mark.slow
@pytest.mark.timeout(7200 if TURNS > 1 else 900)
async def test_what_was_acknowledged_comes_to_a_case_once_at_whichever_step_the_process_dies(tmp_path: Path) -> None:
    with Up(tmp_path) as up:
        await up.start()
        traffic = Traffic(up, seed=2, rate=60)
        async with traffic.flowing():
            up.kill()
            for seed, (step, probability) in enumerate(list(STEPS.items()) * TURNS):
                assert await _dies(up, f"{step}:{probability}:{seed}"), f"nothing came by {step!r}"
            await up.start()
        await traffic.drain()
        found = settled(up, traffic, 1 + len(STEPS) * TURNS)
    assert found.acknowledged > 10 * len(STEPS) * TURNS
    assert found.wrong == []


async def _dies(up: Up, where: str, seconds: float = 60) -> bool:
    """Start it so that it dies at a step, which it may do before it is ready; whether it did."""
    up.launch(REDRESS_TEST_STEP_KILL=where)
    try:
        await up.ready()
    except NotUp:
        return not up.alive
    for _ in range(int(seconds / 0.02)):
        if not up.alive:
            return True
        await asyncio.sleep(0.02)
    return False
