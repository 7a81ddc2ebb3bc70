"""Starting and stopping: two houses never share a home, the dead are not asked, an orderly end is quick and leaves nothing."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from services.followup.transports import FileTransport
from tests.faults.ledger import check_files, check_letters, checked_over_http
from tests.faults.traffic import Traffic
from tests.faults.up import REDRESS, Up
from tests.flow.people import running

pytestmark = pytest.mark.xdist_group("restarts")


@pytest_asyncio.fixture
async def up(tmp_path: Path) -> AsyncIterator[Up]:
    with Up(tmp_path) as made:
        await made.start()
        yield made


async def test_two_houses_in_one_home_refuse_and_the_first_lives_on(up: Up) -> None:
    before = up.running
    second = up.redress("up", seconds=30)
    assert second.returncode == 1
    assert "another process works in" in second.stderr
    assert "REDRESS_HOME" in second.stderr
    assert "Traceback" not in second.stderr
    assert json.loads((up.home / "running.json").read_text()) == before
    assert up.told("counts")["quiet"]


async def test_a_killed_house_is_not_asked_and_the_next_takes_its_home(up: Up) -> None:
    up.kill()
    assert (up.home / "running.json").exists()
    asked = up.redress("counts", seconds=30)
    assert asked.returncode == 4
    assert "Traceback" not in asked.stderr
    killed = up.running["pid"]
    await up.start()
    assert up.running["pid"] != killed
    assert up.told("counts")["quiet"]


async def test_a_file_whose_pid_now_belongs_to_somebody_else_hinders_no_start(tmp_path: Path) -> None:
    with Up(tmp_path) as up:
        up.home.mkdir()
        (up.home / "running.json").write_text(json.dumps({"pid": os.getppid(), "ready": True, "kafka": "127.0.0.1:1"}))
        await up.start()
        assert up.process
        assert up.running["pid"] == up.process.pid


@pytest.mark.parametrize("how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
async def test_an_orderly_end_under_load_is_quick_leaves_no_running_file_and_loses_nothing(up: Up, how: signal.Signals) -> None:
    traffic = Traffic(up, seed=int(how))
    async with traffic.flowing():
        await asyncio.sleep(1.5)
        assert up.process
        began = time.monotonic()
        up.process.send_signal(how)
        code = await asyncio.to_thread(up.process.wait, 30)
        seconds = time.monotonic() - began
        up.running = {}
    assert (code, seconds < 10) == (0, True), f"ended with {code} after {seconds:.1f} s"
    assert not (up.home / "running.json").exists()
    assert [path for path in up.home.iterdir() if path.name.endswith(("-wal", ".draft"))] == []
    assert "Traceback" not in up.log
    await up.start()
    await traffic.drain()
    assert up.told("counts", "--wait", "60")["quiet"]
    found = checked_over_http(up, traffic.book, deaths=0)
    up.stop()
    check_letters(found, up)
    check_files(found, up)
    print(f"\nstopped after {seconds:.1f} s, {found.told()}")
    assert found.acknowledged > 20
    assert found.wrong == []


async def test_a_letter_in_hand_is_finished_before_the_end_and_the_next_house_sends_the_others_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, begun = FileTransport.send, asyncio.Event()

    async def slowly(*letter: Any) -> None:
        begun.set()
        await asyncio.sleep(0.5)
        await send(*letter)

    with monkeypatch.context() as slow:
        slow.setattr(FileTransport, "send", slowly)
        async with running(tmp_path) as world:
            taken = [(await world.complain(a_complaint(n)))["complaint_id"] for n in range(6)]
            await asyncio.wait_for(begun.wait(), 10)
        assert 1 <= len(world.letters()) < 6
    async with running(tmp_path) as world:
        began = time.monotonic()
        await world.quiet()
        assert time.monotonic() - began < 5
        assert (await world.get("followup", "/internal/v1/counts"))["effects"] == {"sent": 6}
        assert [len(world.letters(complaint_id)) for complaint_id in taken] == [1] * 6


def a_complaint(number: int) -> dict[str, Any]:
    customer = {"email": f"anna{number}@example.org"}
    return {"channel": "web", "source_id": f"shop-{number}", "text": "Чайник протекает.", "customer": customer}


@pytest.mark.slow
async def test_an_end_while_it_still_starts_is_orderly_too(tmp_path: Path) -> None:
    with Up(tmp_path) as up:
        for wait in (0.8, 1.6, 2.4):
            up.launch()
            assert up.process
            with contextlib.suppress(subprocess.TimeoutExpired):
                up.process.wait(wait)
            seconds, code = up.stop()
            assert seconds < 10
            assert code in (0, -signal.SIGTERM)  # before the signal is heard, the system ends it
            assert not (up.home / "running.json").exists()
        await up.start()
        assert up.told("counts")["quiet"]


@pytest.mark.slow
async def test_a_second_signal_ends_it_by_force(up: Up) -> None:
    assert up.process
    up.process.send_signal(signal.SIGSTOP)  # so that both signals are there before it can obey the first
    up.process.send_signal(signal.SIGTERM)
    up.process.send_signal(signal.SIGINT)
    up.process.send_signal(signal.SIGCONT)
    assert up.process.wait(10) == 130
    await up.start()
    assert up.told("counts")["quiet"]


def test_a_home_that_cannot_be_written_is_refused_with_a_sentence(tmp_path: Path) -> None:
    up = Up(tmp_path)
    up.home.write_text("a file, no directory")
    done = subprocess.run(
        [*REDRESS, "up"], cwd=tmp_path, env=up.environment(), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
