"""Importing a module, or wiring a service, connects to nothing, starts nothing and writes nothing."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, importable
from tests.architecture.wired import wired

IMPORT_ALL = """
import importlib, os, socket, subprocess, sys, threading

def refuse(*args, **kwargs):
    raise AssertionError("a module reached outside while it was imported")

for name in ("connect", "connect_ex", "bind", "sendto"):
    setattr(socket.socket, name, refuse)
socket.getaddrinfo = refuse
subprocess.Popen.__init__ = refuse
for name in sys.argv[1:]:
    importlib.import_module(name)
assert threading.active_count() == 1, threading.enumerate()
assert os.listdir(".") == [], os.listdir(".")
"""


def test_importing_any_module_reaches_nothing_and_starts_nothing(tmp_path: Path) -> None:
    here = {"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *importable()],
        cwd=tmp_path,
        env=here,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_wiring_all_services_reaches_nothing_and_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("a service reached outside while it was wired")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    before = threading.active_count()
    assert set(wired(tmp_path)) == {"intake", "triage", "escalation", "followup"}
    assert threading.active_count() == before
    assert not list(tmp_path.rglob("*.sqlite"))
