"""What the image is built from: everything that processes need, and nothing else."""

import re
from ipaddress import IPv4Address

from tests.deployment.image import BUILD, DOCKERFILE, FINAL, copied, ignored, settings_of, user
from tests.deployment.needed import DATA, needed_modules
from tests.deployment.tools import ROOT


def test_the_modules_of_the_image_are_those_that_processes_import():
    shipped = {place.as_posix() for _, place in copied() if place.suffix == ".py"}
    assert shipped == needed_modules()
    assert len(shipped) > 250


def test_the_data_of_the_image_is_what_rules_pages_and_letters_are_written_in():
    shipped = {place.as_posix() for file, place in copied() if place.suffix != ".py"}
    data = {name for name in shipped if "/" in name}
    assert {re.search(r"\.\w+$", name)[0] for name in data} == DATA
    assert shipped - data == {"pyproject.toml", "uv.lock", "README.md", "LICENSE", "NOTICE"}
    here = {
        f.relative_to(ROOT).as_posix()
        for room in ("services", "shared", "deploy/policies", "deploy/sample")
        for f in (ROOT / room).rglob("*")
        if f.suffix in DATA
    }
    assert data == here


def test_nothing_private_or_heavy_can_slip_into_the_build():
    for path in (
        ".env",
        ".git/config",
        ".venv/bin/python",
        ".redress/secrets/master.key",
        "tests/toys.py",
        "docs/x.md",
        "key.pem",
    ):
        assert ignored(path), path
    for path in ("uv.lock", "services/intake/app.py", "deploy/policies/triage.yaml"):
        assert not ignored(path), path


def test_the_build_takes_the_lock_as_it_is_and_leaves_its_tools_behind():
    assert re.findall(r"^RUN uv sync .*--locked --no-dev", BUILD, re.MULTILINE)
    assert "FROM" not in FINAL
    assert re.findall(r"^COPY (.*)$", FINAL, re.MULTILINE) == ["--from=build /opt/redress /opt/redress"]
    assert "pip uninstall" in FINAL
    assert "apt-get" not in DOCKERFILE
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(set(bases)) == 1, "the environment names the interpreter of the stage that made it"


def test_the_image_runs_as_nobody_in_particular_and_listens_where_containers_must():
    assert user() == (10001, 10001)
    assert settings_of(FINAL)["REDRESS_HOST"] == str(IPv4Address(0))
    assert re.search(r'^ENTRYPOINT \["redress"\]$', FINAL, re.MULTILINE)
