"""What the guides tell operators to type names containers, profiles, verbs and files that exist."""

import re
import shlex

import pytest

from deploy.cli import VERBS
from shared.contracts.topics import SERVICES
from tests.deployment.test_compose import COMPOSE, CONTAINERS
from tests.deployment.tools import ROOT

PAGES = [ROOT / "README.md", ROOT / "docker-compose.yml", *sorted((ROOT / "docs").rglob("*.md"))]
VALUED = {"--profile", "--entrypoint", "--directory", "--scale", "--bootstrap-server", "--to-datetime"}
PLACEHOLDERS = {"SERVICE"}


def calls() -> list[list[str]]:
    """Every call of `docker compose` in a block or in backticks, as words."""
    found = []
    for page in PAGES:
        text = re.sub(r"\\\n\s*", " ", page.read_text("utf-8"))
        for call in re.findall(r"^(?:#   )?(docker compose [^\n;]*)|`(docker compose [^`]*)`", text, re.MULTILINE):
            said = re.split(r" [<>] |  +", call[0] or call[1])[0]
            found.append(shlex.split(said)[2:])
    return found


def container_of(words: list[str]) -> tuple[list[str], list[str]]:
    """The containers a call names, and the words after the first one."""
    rest, named = words[1:], []
    while rest:
        word = rest.pop(0)
        if word in VALUED:
            rest.pop(0)
        elif not word.startswith("-"):
            named.append(word)
            if words[0] in ("run", "exec"):
                return named, rest
    return named, []


@pytest.mark.parametrize("words", calls(), ids=" ".join)
def test_every_call_names_what_exists(words: list[str]):
    profiles = [words[place + 1] for place, word in enumerate(words) if word == "--profile"]
    assert set(profiles) <= set(CONTAINERS)
    for scaled in (words[place + 1] for place, word in enumerate(words) if word == "--scale"):
        assert scaled.split("=")[0] in SERVICES
    while words[0] == "--profile":
        words = words[2:]
    verb, (named, after) = words[0], container_of(words)
    assert set(named) - PLACEHOLDERS <= set(CONTAINERS)
    if verb == "run" and named == ["cli"] and after:
        assert after[0] in VERBS


def test_the_calls_of_the_guides_are_found():
    assert len(calls()) > 15
    assert COMPOSE["name"] == "redress"
