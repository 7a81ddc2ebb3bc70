"""Two whole stories at the end of the demo: one Russian complaint and one English, with the reasons."""

from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from deploy.demo.api import Api
from deploy.demo.words import Tongue, say


async def print_stories(api: Api, console: Console, tongue: Tongue) -> None:
    """Choose the case of each language that has most to tell, and tell it."""
    cases = await api.cases()
    for language in ("ru", "en"):
        mine = [case for case in cases if case["language"] == language]
        if mine:
            chosen = max(mine, key=_eventfulness)
            console.print()
            console.print(Text(say(f"story_{language}", tongue), style="bold"))
            await _tell(api, console, tongue, chosen)
    console.print(f"\n[bold]{say('next', tongue)}[/bold]")
    console.print(f"  {say('next_up', tongue)}\n  {say('next_serve', tongue)}")


def _eventfulness(case: dict[str, Any]) -> tuple[int, str]:
    """More rounds, climbs and factors make a better story; the id breaks ties alike in every run."""
    return (3 * case["reopenings"] + 2 * min(case["escalations"], 2) + len(case["alerts"]), case["complaint_id"])


async def _tell(api: Api, console: Console, tongue: Tongue, case: dict[str, Any]) -> None:
    name = case["complaint_id"]
    parts = {s: await api.get(s, f"/internal/v1/story/{name}") for s in ("intake", "triage", "escalation", "followup")}
    text = next(d["state"]["masked_text"] for d in parts["intake"]["documents"] if d["collection"] == "complaints")
    console.print(Text(f"  {name}  {case['channel']}  {case['priority']}  {case['category']}", style="cyan"))
    console.print(Text(f"  {say('they_wrote', tongue)}:", style="dim"))
    console.print(Padding(Text(" ".join(text.split())[:400], style="italic"), (0, 0, 0, 4)))
    for score in ("severity", "urgency"):
        _factors(console, parts["triage"], score, tongue)
    entries = sorted((e | {"service": s} for s, part in parts.items() for e in part["history"]), key=lambda e: e["at"])
    for entry in entries:
        at = datetime.fromtimestamp(entry["at"] / 1000, UTC)
        said = ", ".join(entry["said"]) or entry["what"]
        line = Text(f"  {at:%d %b %H:%M}  ", style="dim")
        line.append(f"{entry['service']:<11}", style="cyan")
        line.append(said)
        if entry["why"] and entry["why"] != said:
            line.append(f"  {entry['why']}", style="dim")
        if entry["by"] not in ("timer", "courier", *parts):
            line.append(f"  ({entry['by']})", style="dim")
        console.print(line, soft_wrap=False)


def _factors(console: Console, part: dict[str, Any], score: str, tongue: Tongue) -> None:
    judged = next((d["state"]["judgement"] for d in part["documents"]), None)
    if judged:
        pieces = [
            f"{f['name']} {f['points']:+d}" + (f" ({', '.join(f['words'][:4])})" if f["words"] else "")
            for f in judged[f"{score}_factors"]
        ]
        console.print(Text(f"  {say(score, tongue)} {judged[score]} = {' '.join(pieces)}", style="dim"))
