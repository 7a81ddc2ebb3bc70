"""The image at work: from its files alone, as its user, without leave to write, all four services start, serve and stop."""

import json
import os
import re
import stat
import time
from pathlib import Path

import pytest

from shared.contracts.topics import SERVICES
from shared.platform.version import VERSION
from tests.deployment.house import CONTAINERS, House
from tests.deployment.image import Image, user

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("image"), pytest.mark.timeout(300)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_serves_from_the_image(house: House, service: str):
    assert house.probe(service).returncode == 0
    assert house.ask(service, "/healthz") == (200, '{"status":"alive"}')
    status, said = house.ask(service, "/version")
    assert (status, json.loads(said)) == (200, {"service": service, "version": VERSION})


def test_a_complaint_passes_all_four_and_the_command_line_counts_it(house: House):
    complaint = {
        "channel": "web",
        "source_id": "image-1",
        "text": "Мне дважды прислали один и тот же счёт.",
        "customer": {"email": "a@example.org"},
    }
    status, _ = house.ask("intake", "/v1/complaints", complaint, house.key)
    assert status == 202
    until = time.monotonic() + 60
    while (counted := house.run("cli", "counts", "--wait", "30", "--json")).returncode:
        assert time.monotonic() < until, counted.stdout + counted.stderr
    found = json.loads(counted.stdout)
    assert (found["arrivals"]["registered"], found["arrivals"]["unaccounted"]) == (1, 0)
    letters = list((house.image.var / "mail").rglob("*.eml"))
    assert letters, "the acknowledgement is written where its volume is"


def test_the_processes_are_the_image_s_user_and_have_no_rights_beyond(house: House):
    if os.getuid():
        pytest.skip("not root: another user cannot be taken on")
    for process in house.processes.values():
        said = Path(f"/proc/{process.pid}/status").read_text("ascii")
        assert re.search(r"^Uid:\s+(\d+)", said, re.MULTILINE)[1] == str(user()[0])
        assert re.search(r"^CapEff:\s+(\w+)", said, re.MULTILINE)[1].strip("0") == ""
        assert re.search(r"^NoNewPrivs:\s+(\d)", said, re.MULTILINE)[1] == "1"


def test_secrets_are_files_that_their_owner_alone_reads(house: House):
    files = [
        file
        for name in ("keys", "vault", "service", "operator")
        for file in (house.image.var / name).rglob("*")
        if file.is_file()
    ]
    assert len(files) == 7
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_service_that_may_write_nowhere_writes_nowhere(house: House):
    assert not [file for file in house.image.opt.rglob("*") if not file.is_symlink() and file.stat().st_mode & 0o222]
    if os.getuid() == 0:
        done = house.run("cli", "policy", "check")
        assert done.returncode == 0
    keys = {file: file.stat().st_mtime_ns for file in (house.image.var / "keys").rglob("*")}
    house.ask("intake", "/readyz")
    assert {file: file.stat().st_mtime_ns for file in (house.image.var / "keys").rglob("*")} == keys


def test_sigterm_ends_all_four_in_order_and_in_time(house: House, image: Image):
    before = image.state()
    ended = house.stop()
    assert {name: code for name, (code, _) in ended.items()} == dict.fromkeys(SERVICES, 0)
    grace = int(CONTAINERS["intake"]["stop_grace_period"].removesuffix("s"))
    assert max(seconds for _, seconds in ended.values()) < grace / 2
    assert image.state() == before
    assert not re.search(r"Traceback|\"error\"", "".join(house.log(service) for service in SERVICES))
