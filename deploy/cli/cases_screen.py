"""How cases look: a line for where each stands, and one for what it is about."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from deploy.cli.screen import WIDE, when, zone
from deploy.cli.shapes import CaseRow, Cases
from deploy.cli.tale import owner
from deploy.cli.words import say, term
from shared.platform.clock import machine_ms

GAP = 2


def draw_cases(screen: Console, found: Cases, skip: int, is_filtered: bool) -> None:
    """One page of cases."""
    if not found.cases:
        is_past = skip and found.total
        key = "cases.past" if is_past else "cases.none_like" if is_filtered else "cases.none"
        screen.print(say(key, total=found.total))
        return
    is_wide = screen.width >= WIDE
    names = ("id", "priority", "state", "tier", "due", *(("owner",) if is_wide else ()))
    head = [Text(say(f"cases.column.{name}"), style="bold") for name in names]
    heads, *lines = in_columns([head, *(_cells(case, is_wide) for case in found.cases)])
    screen.print(heads)
    for line, case in zip(lines, found.cases, strict=True):
        screen.print(line)
        screen.print(_about(case, screen.width))
    _draw_end(screen, found, skip)


def in_columns(rows: Sequence[Sequence[Text]]) -> list[Text]:
    """Each row as one line, its cells below those of the others."""
    widths = [max(cell_len(cell.plain) for cell in column) + GAP for column in zip(*rows, strict=True)]
    return [Text().join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _padded(cell: Text, width: int) -> Text:
    padded = cell.copy()
    padded.pad_right(width - cell_len(cell.plain))
    return padded


def _cells(case: CaseRow, is_wide: bool) -> list[Text]:
    late = case.state == "open" and case.due_at is not None and case.due_at < machine_ms()
    due = Text(when(case.due_at), style="red" if late else "")
    names = (case.complaint_id, case.priority, term(case.state), term(case.tier))
    return [*map(Text, names), due, *([Text(owner(case.owner))] if is_wide else [])]


def _about(case: CaseRow, width: int) -> Text:
    """Topic, channel, language, alerts and the beginning of the masked text, cut where the screen ends."""
    told = [term(case.category), term(case.channel), term(case.language), ", ".join(map(term, case.alerts))]
    line = Text("  " + " · ".join(part for part in told if part), style="dim")
    line.append(f" · {' '.join(case.summary.split())}" if case.summary else "")
    line.truncate(width, overflow="ellipsis")
    return line


def _draw_end(screen: Console, found: Cases, skip: int) -> None:
    end = skip + len(found.cases)
    shown = {"shown": len(found.cases), "total": found.total, "zone": zone(), "next": end}
    screen.print(Text(say("cases.all" if end >= found.total else "cases.more", **shown), style="dim"))
    screen.print(Text(say("cases.next"), style="dim"))
