"""The image at work: from its files alone, as its user, without leave to write, all four services start, serve and stop."""

import contextlib
import json
import os
import re
import stat
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.contracts.topics import SERVICES
from shared.platform.settings import Settings
from shared.platform.version import VERSION
from tests.deployment.house import CONTAINERS, House
from tests.deployment.image import Image, user
from tests.deployment.tools import ROOT, program
from tests.servers.secantus import free_port

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


@pytest.fixture
def doors(house: House, tmp_path: Path) -> Iterator[dict[str, int]]:
    """HAProxy as it is shipped, but for where it listens and where the services are."""
    ports = {service: free_port() for service in SERVICES}
    text = (ROOT / "deploy" / "haproxy" / "haproxy.cfg").read_text("utf-8")
    text = text.replace(" init-addr none resolvers docker", "").replace("bind :8404", f"bind 127.0.0.1:{free_port()}")
    for service in SERVICES:
        default = Settings.model_fields[f"{service}_port"].default
        text = text.replace(f"bind :{default}", f"bind 127.0.0.1:{ports[service]}")
        shipped = f"server-template {service} 12 {service}:{default}"
        assert shipped in text
        text = text.replace(shipped, f"server {service} 127.0.0.1:{house.ports[service]}")
    (tmp_path / "haproxy.cfg").write_text(text)
    process = subprocess.Popen([program("haproxy"), "-db", "-f", str(tmp_path / "haproxy.cfg")], stdout=subprocess.DEVNULL)
    try:
        yield ports
    finally:
        process.kill()
        process.wait(10)


def test_the_doors_of_this_machine_lead_to_the_four_services(doors: dict[str, int]):
    until = time.monotonic() + 15
    for service, port in doors.items():
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/version", timeout=5) as answer:
                assert json.load(answer)["service"] == service
                break
            assert time.monotonic() < until, service
            time.sleep(0.2)


def test_sigterm_ends_all_four_in_time_and_whoever_asks_meanwhile_gets_an_answer_or_none(house: House, image: Image):
    before, statuses = image.state(), []

    def knock() -> None:
        for number in range(2000):
            complaint = {"channel": "web", "source_id": f"late-{number}", "text": "The parcel was left in the rain."}
            try:
                statuses.append(house.ask("intake", "/v1/complaints", complaint, house.key)[0])
            except OSError:
                return  # the door is closed

    knocking = threading.Thread(target=knock)
    knocking.start()
    time.sleep(0.5)
    ended = house.stop()
    knocking.join(60)
    assert 202 in statuses
    assert set(statuses) <= {202, 503}
    assert {name: code for name, (code, _) in ended.items()} == dict.fromkeys(SERVICES, 0)
    grace = int(CONTAINERS["intake"]["stop_grace_period"].removesuffix("s"))
    assert max(seconds for _, seconds in ended.values()) < grace / 2
    assert image.state() == before
    said = "".join(house.log(service) for service in SERVICES)
    assert not re.search(r'Traceback|"level":"error"', said), said
