"""The image of deploy/Dockerfile laid out in a plain folder: the same files, user and environment, and no leave to write."""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment.tools import ROOT

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
BUILD, FINAL = DOCKERFILE.split("FROM ")[1:]
UV = ROOT / ".uv" / "bin" / "uv"


def ignored(path: str) -> bool:
    """Whether `.dockerignore` keeps a path out of the build: the last rule that fits it decides."""
    out = False
    for rule in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if not rule or rule.startswith("#"):
            continue
        pattern, keeps = rule.removeprefix("!"), rule.startswith("!")
        if any(_fits(part, pattern) for part in _parents(path)):
            out = not keeps
    return out


def _parents(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[: number + 1]) for number in range(len(parts)))


def _fits(path: str, pattern: str) -> bool:
    """A star does not cross a slash, two at the beginning cross any number."""
    if pattern.startswith("**/"):
        return any(_fits("/".join(path.split("/")[n:]), pattern[3:]) for n in range(path.count("/") + 1))
    here, wanted = path.split("/"), pattern.split("/")
    return len(here) == len(wanted) and all(fnmatch.fnmatchcase(a, b) for a, b in zip(here, wanted, strict=True))


def copied() -> list[tuple[Path, Path]]:
    """What the build stage copies: the file here, and its path in the stage."""
    found = []
    for line in re.findall(r"^COPY (.*)$", BUILD, re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            into = Path(target) if len(sources) == 1 and (ROOT / source).is_dir() else Path(target) / source
            files = [ROOT / source] if (ROOT / source).is_file() else sorted((ROOT / source).rglob("*"))
            for file in files:
                if file.is_file() and not ignored(file.relative_to(ROOT).as_posix()):
                    found.append((file, into / file.relative_to(ROOT / source) if file != ROOT / source else into))
    return found


def settings_of(stage: str) -> dict[str, str]:
    """The variables that a stage sets, those of the search path aside."""
    lines = re.findall(r"^ENV (.*)$", stage, re.MULTILINE)
    return {name: value for line in lines for name, value in re.findall(r"(\w+)=(\S+)", line) if name != "PATH"}


def user() -> tuple[int, int]:
    """User and group of the image."""
    number, group = re.search(r"^USER (\d+):(\d+)$", FINAL, re.MULTILINE).groups()
    return int(number), int(group)


class Image:
    """A folder with what the image has below `/opt/redress` and `/var/lib/redress`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.opt = root / "opt" / "redress"
        self.var = root / "var" / "lib" / "redress"

    @property
    def packages(self) -> Path:
        """Where the installed code lies."""
        return next(self.opt.glob("lib/python*/site-packages"))

    def lay(self) -> None:
        """Do what the Dockerfile does, without the network: uv's cache has what `make setup` brought."""
        stage = self.root / "src"
        for file, place in copied():
            (stage / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, stage / place)
        wanted = settings_of(BUILD) | {
            "UV_PROJECT_ENVIRONMENT": str(self.opt),
            "UV_OFFLINE": "1",
            "UV_PYTHON": sys._base_executable,
        }
        del wanted["UV_NO_CACHE"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "VIRTUAL_ENV"))} | wanted
        for command in re.findall(r"^RUN uv (.*)$", BUILD, re.MULTILINE):
            done = subprocess.run([UV, *command.split()], check=False, cwd=stage, env=environment, capture_output=True, text=True)
            if done.returncode and "network was disabled" in done.stderr:
                pytest.skip("uv's cache lacks packages of the lock: run `make clean setup` with the network")
            assert done.returncode == 0, done.stderr
        shutil.rmtree(stage)
        self._close()

    def _close(self) -> None:
        """Take away every right to write, and make the directories of volumes as the image has them."""
        for place in (self.opt, *self.opt.rglob("*")):
            if not place.is_symlink():
                place.chmod(place.stat().st_mode & ~0o222)
        for name in re.findall(r"/var/lib/redress/(\w+)", FINAL.split("install --directory")[1].split("\n")[0]):
            (self.var / name).mkdir(parents=True, mode=0o700)
            if os.getuid() == 0:
                os.chown(self.var / name, *user())

    def command(self, *words: str) -> list[str]:
        """How a container would run this: by the image's user, without more rights than that (as root only)."""
        program = [str(self.opt / "bin" / words[0]), *words[1:]]
        if os.getuid():
            return program
        number, group = map(str, user())
        return [
            "setpriv",
            f"--reuid={number}",
            f"--regid={group}",
            "--clear-groups",
            "--no-new-privs",
            "--inh-caps=-all",
            *program,
        ]

    def environment(self, given: dict[str, str]) -> dict[str, str]:
        """The image's variables and those of a container, its paths led into this folder; nothing of ours from outside."""
        both = settings_of(FINAL) | given
        led = {name: value.replace("/var/lib/redress", str(self.var)) for name, value in both.items()}
        return {"PATH": f"{self.opt / 'bin'}:/usr/bin:/bin", "LANG": "C.UTF-8"} | led

    def state(self) -> dict[str, tuple[int, int]]:
        """Every file of the installation with size and time, to see whether anything was written."""
        files = (place for place in self.opt.rglob("*") if place.is_file())
        return {str(file.relative_to(self.opt)): (file.stat().st_size, file.stat().st_mtime_ns) for file in files}
