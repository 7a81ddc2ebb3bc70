"""Two whole stories at the end of the demo: one Russian complaint and one English, with the reasons."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from deploy.cli.gathering import story_from
from deploy.cli.tale import tell
from deploy.cli.words import say
from deploy.demo.api import Api
from shared.contracts.topics import SERVICES

EXCERPT = 400


async def print_stories(api: Api, console: Console) -> None:
    """Tell the case of each language that has most to tell."""
    cases = await api.cases()
    for language in ("ru", "en"):
        mine = [case for case in cases if case["language"] == language]
        if mine:
            await _tell(api, console, language, max(mine, key=_eventfulness))
    console.print(f"\n[bold]{say('demo.next')}[/bold]\n  {say('demo.next_up')}\n  {say('demo.next_serve')}")


def _eventfulness(case: dict[str, Any]) -> tuple[int, int, str]:
    """More rounds, climbs and alerts make a better story; the id breaks ties alike in every run."""
    told = 3 * min(case["reopenings"], 1) + 2 * min(case["escalations"], 2) + len(case["alerts"])
    return told, -len(case["summary"]), case["complaint_id"]


async def _tell(api: Api, console: Console, language: str, case: dict[str, Any]) -> None:
    name = case["complaint_id"]
    answers = [await api.get(service, f"/internal/v1/story/{name}") for service in SERVICES]
    console.print()
    console.rule(say(f"demo.story_{language}"), align="left", style="cyan")
    console.print(Text(f"{say('demo.they_wrote')}:", style="dim"))
    console.print(Padding(Text(_excerpt(answers), style="italic"), (0, 0, 1, 2)))
    tell(console, story_from(name, answers, []))


def _excerpt(answers: Sequence[dict[str, Any]]) -> str:
    states = [d["state"] for answer in answers for d in answer["documents"] if d["collection"] == "complaints"]
    text = " ".join(states[0]["masked_text"].split()) if states else ""
    return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + " …"
