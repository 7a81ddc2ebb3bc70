"""What the doctor sees of the machine: Python, libraries, time, disk, ports, secrets."""

import importlib
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from deploy.cli.shapes_setup import Finding
from deploy.cli.words import say
from shared.contracts.topics import SERVICES
from shared.platform.bus.embedded import EmbeddedBroker
from shared.platform.http.serve import CannotListen, bind
from shared.platform.secrets import NAMES, permission_warning, secret_file
from shared.platform.settings import Settings

OLDEST = (3, 11)
ZONES = ("Europe/Moscow", "Asia/Vladivostok", "Europe/London", "America/New_York")
CODECS = ("zstd", "lz4", "snappy")
FREE_BYTES = 500_000_000
BORN, FAR = 1_750_000_000, 4_000_000_000
"""Seconds since 1970 between which a clock can be right: when this was written, and 2096."""


def machine_findings() -> Iterator[Finding]:
    """What holds for every installation on this machine."""
    yield python()
    yield Finding(
        check="platform", state="ok", found=f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPU", remedy=""
    )
    yield broker()
    yield codecs()
    yield zones()
    yield clock(time.time())


def python() -> Finding:
    """The interpreter."""
    is_new = sys.version_info >= OLDEST
    return _finding("python", is_new, platform.python_version(), say("doctor.python.remedy", oldest=".".join(map(str, OLDEST))))


def broker() -> Finding:
    """Whether the embedded broker starts: librdkafka must be bundled."""
    try:
        EmbeddedBroker(()).close()
    except (OSError, RuntimeError, AttributeError) as error:
        return _finding("broker", False, str(error), say("doctor.broker.remedy"))
    return _finding("broker", True, say("doctor.broker.found"))


def codecs() -> Finding:
    """Whether what others compressed can be read."""
    missing = []
    for name in CODECS:
        try:
            codec = getattr(importlib.import_module("cramjam"), name)
            if bytes(codec.decompress(codec.compress(b"redress"))) != b"redress":
                missing.append(name)
        except (ImportError, AttributeError):
            missing.append(name)
    return _finding("codecs", not missing, ", ".join(missing or CODECS), say("doctor.codecs.remedy"))


def zones() -> Finding:
    """Whether calendars know their time zones."""
    unknown = []
    for zone in ZONES:
        try:
            ZoneInfo(zone)
        except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
            unknown.append(zone)
        except KeyError:
            unknown.append(zone)
    return _finding("zones", not unknown, ", ".join(unknown) or say("doctor.zones.found"), say("doctor.zones.remedy"))


def clock(now: float) -> Finding:
    """Whether the machine knows about what day it is."""
    shown = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    return _finding("clock", BORN < now < FAR, shown, say("doctor.clock.remedy"))


def room(home: Path) -> Finding:
    """Whether data can be written, and how much."""
    there = next((place for place in (home, *home.absolute().parents) if place.is_dir()), Path("/"))
    if not os.access(there, os.W_OK | os.X_OK):
        return _finding("home", False, say("doctor.home.closed", home=home), say("doctor.home.remedy"))
    free = shutil.disk_usage(there).free
    found = say("doctor.home.free", home=home, gigabytes=f"{free / 1e9:.1f}")
    return _finding("home", free >= FREE_BYTES, found, say("doctor.home.space"), worst="warn")


def secret_files(settings: Settings) -> Finding:
    """Whether secrets, stores and letters are readable by their owner only."""
    home = settings.home
    kept = [*(secret_file(home, name) for name in NAMES), home / "api_key", settings.api_keys_path]
    kept += [path for path in (settings.master_key_file, settings.identity_secret_file) if path]
    kept += [*(settings.sqlite_dir or home).glob("*.sqlite"), settings.mail_path]
    there = [path for path in kept if path.exists()]
    loose = [path.name for path in there if permission_warning(path)]
    if loose:
        return _finding("secrets", False, say("doctor.secrets.loose", names=", ".join(loose)), say("doctor.secrets.remedy"))
    return _finding("secrets", True, say("doctor.secrets.fine" if there else "doctor.secrets.none"))


def ports(settings: Settings) -> Finding:
    """Whether the ports that `up` will want are free."""
    taken = []
    for service in SERVICES:
        try:
            bind(settings.host, settings.port_of(service)).close()
        except CannotListen:
            taken.append(f"{settings.port_of(service)} ({service})")
    found = say("doctor.ports.taken", ports=", ".join(taken)) if taken else say("doctor.ports.free")
    return _finding("ports", not taken, found, say("doctor.ports.remedy"), worst="warn")


def _finding(check: str, is_well: bool, found: str, remedy: str = "", worst: str = "bad") -> Finding:
    return Finding(check=check, state="ok" if is_well else worst, found=found, remedy="" if is_well else remedy)
