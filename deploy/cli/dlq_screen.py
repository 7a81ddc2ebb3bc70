"""How parked records look: where each came from, what is wrong, what was tried, and what became of it."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from deploy.cli.screen import facts, heading, when
from deploy.cli.shapes import Fault, ParkedContent, ParkedList, ParkedRow, Replay
from deploy.cli.words import say, some, term, wrong

UNSETTLED = ("parked", "refused")
"""Outcomes of a replay that leave the record where it is."""


def draw_list(screen: Console, found: ParkedList, is_default: bool = True) -> None:
    """What is parked, or what was asked for instead."""
    if not found.parked:
        screen.print(say("dlq.none" if is_default else "dlq.none_like"))
        return
    for row in found.parked:
        screen.print(Text(row.arrival, style="bold"), soft_wrap=True)
        screen.print(f"  {_about(row)}")
        print_problems(screen, row.problems, row.reason)
    screen.print(Text(say("dlq.next"), style="dim"))


def draw_content(screen: Console, found: ParkedContent) -> None:
    """One record with its content."""
    screen.print(Text(found.arrival, style="bold"), soft_wrap=True)
    screen.print(_about(found))
    if found.note:
        screen.print(say("dlq.note", note=found.note), soft_wrap=True)
    print_problems(screen, found.problems, found.reason, most=50)
    if found.headers:
        screen.print(heading(say("dlq.headers")))
        screen.print(facts((name, value) for name, value in found.headers.items()))
    screen.print(heading(say("dlq.body")))
    screen.print(found.body, soft_wrap=True)


def draw_replays(screen: Console, done: Sequence[Replay]) -> None:
    """What became of each, and of all where there are several."""
    for one in done:
        if one.outcome in UNSETTLED:
            key = "dlq.still_wrong" if one.outcome == "parked" else "dlq.refused"
            screen.print(Text(say(key, arrival=one.arrival, reason=one.reason or "—"), style="red"), soft_wrap=True)
            print_problems(screen, one.problems, one.reason, most=50)
        else:
            screen.print(say("dlq.replayed", arrival=one.arrival, outcome=term(one.outcome)), soft_wrap=True)
    if len(done) != 1:
        left = sum(one.outcome in UNSETTLED for one in done)
        screen.print(say("dlq.replayed_all", records=some(len(done), "record"), settled=len(done) - left, left=left))


def print_problems(screen: Console, problems: Sequence[Fault], reason: str, most: int = 3) -> None:
    """What is wrong in the language of the reader; the reason in words where nothing more is known."""
    for problem in problems[:most]:
        place = f"{problem.field}: " if problem.field else ""
        remedy = f"; {wrong(problem.remedy)}" if problem.remedy else ""
        screen.print(f"  {place}{wrong(problem.message)}{remedy}", soft_wrap=True)
    if not problems and reason:
        screen.print(f"  {term(reason)}")


def _about(row: ParkedRow) -> str:
    parts = [say("dlq.line", service=term(row.service), reason=row.reason, at=when(row.at), size=some(row.size, "byte"))]
    if row.attempts:
        parts.append(say("dlq.tries", number=row.attempts))
    if row.outcome:
        parts.append(say("dlq.outcome", outcome=term(row.outcome)))
    if row.state == "dismissed":
        parts.append(say("dlq.given_up", by=row.dismissed_by, at=when(row.dismissed_at)))
    if row.cut:
        parts.append(say("dlq.cut"))
    return " · ".join(parts)
