"""What the demo shows: live progress, then a summary that a manager would like to read."""

from datetime import UTC, datetime
from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from deploy.demo.play import HOUR_MS
from deploy.demo.play import Progress as Played
from deploy.demo.summary import Summary
from deploy.demo.words import Tongue, say


class Screen:
    """Progress on a terminal; one line a simulated day elsewhere."""

    def __init__(self, console: Console, tongue: Tongue, start: int) -> None:
        """`start`: the first simulated instant, UTC ms."""
        self.console = console
        self.tongue = tongue
        self.start = start
        self._bar: Progress | None = None
        self._task: Any = None
        self._day = -1

    def __enter__(self) -> "Screen":
        """Begin to show."""
        if self.console.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
            self._bar = Progress(*columns, console=self.console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task(say("playing", self.tongue), total=None)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop showing."""
        if self._bar:
            self._bar.stop()

    def show(self, played: Played) -> None:
        """The state after a tick."""
        line = self._line(played)
        if self._bar:
            settled = played.submitted - played.open
            self._bar.update(self._task, description=line, completed=settled, total=played.total)
        elif played.hour // 24 != self._day:
            self._day = played.hour // 24
            self.console.print(line, highlight=False)

    def _line(self, played: Played) -> str:
        at = datetime.fromtimestamp((self.start + played.hour * HOUR_MS) / 1000, UTC)
        t = self.tongue
        return (
            f"{at:%a %d %b %H:%M}  {say('submitted', t)} {played.submitted}/{played.total}  {say('open', t)} {played.open}  "
            f"{say('resolved', t)} {played.resolved}  {say('letters', t)} {played.letters}  {say('answers', t)} {played.answered}"
        )


def summary_view(summary: Summary, seconds: float, tongue: Tongue) -> Group:
    """The summary as it is printed."""
    head = Text(say("took", tongue, days=summary.simulated_days, seconds=seconds, seed=summary.seed), style="dim")
    return Group(
        Text(),
        Text(say("title", tongue), style="bold"),
        head,
        Text(),
        _side_by_side(
            _bars(say("channel", tongue), summary.by_channel),
            _bars(say("category", tongue), summary.by_category),
        ),
        _side_by_side(
            _bars(say("language", tongue), summary.by_language),
            _bars(say("priority", tongue), summary.by_priority),
            _bars(say("tier", tongue), summary.by_tier),
        ),
        _facts(summary, tongue),
        _reconciliation(summary, tongue),
    )


def _side_by_side(*tables: Table) -> Table:
    grid = Table.grid(padding=(0, 4))
    for _ in tables:
        grid.add_column(vertical="top")
    grid.add_row(*tables)
    return grid


def _bars(title: str, counts: dict[str, int]) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1), show_header=False, title_style="bold cyan")
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    most = max(counts.values(), default=1)
    for name, count in sorted(counts.items(), key=lambda pair: -pair[1]):
        table.add_row(name, str(count), Text("█" * max(1, round(12 * count / most)), style="cyan"))
    table.add_row("", "", "")
    return table


def _facts(summary: Summary, t: Tongue) -> Table:
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(style="bold cyan", no_wrap=True)
    table.add_column(overflow="fold")
    promises = [
        f"{say(kind, t)}: {p.kept} {say('kept', t)}, {p.missed} {say('missed', t)}"
        for kind, p in summary.promises.items()
        if kind in ("acknowledge", "resolve")
    ]
    moves = f"{summary.escalations} {say('escalations', t)}, {summary.reopened} {say('reopened', t)}"
    table.add_row(say("promises", t), " · ".join([*promises, moves]))
    surveys = summary.surveys
    asked = f"{surveys.asked} {say('asked', t)}, {surveys.answered} {say('answered', t)}"
    mean = f"{say('average', t)} {surveys.average}, {say('satisfied', t)} {surveys.satisfied_percent} %"
    lost = f"{summary.attention.get('no_route', 0)} {say('no_route', t)}"
    table.add_row(say("customers", t), " · ".join([asked, mean, f"{surveys.not_solved} {say('not_solved', t)}", lost]))
    offers = [
        f"{count} {say(state, t)}"
        for state, count in summary.offers.items()
        if state in ("made", "redeemed", "expired", "denied")
    ]
    money = [
        f"{say('budget', t)} {line.committed_minor / 100:,.0f} {say('of', t)} {line.limit_minor / 100:,.0f} {line.currency}"
        for line in summary.budgets
    ]
    table.add_row(say("offers", t), " · ".join([*offers, *money]))
    return table


def _reconciliation(summary: Summary, t: Tongue) -> Panel:
    a = summary.arrivals
    line = (
        f"submitted {a['submitted']} = registered {a['registered']} + rejected {a['rejected']} + doubles {a['double']} "
        f"+ parked {a['parked']} + in_flight {a['in_flight']} + unaccounted {a['unaccounted']}"
    )
    fine = a["unaccounted"] == 0 and a["in_flight"] == 0
    verdict = Text(say("adds_up" if fine else "does_not_add_up", t), style="bold green" if fine else "bold red")
    return Panel(
        Group(Text(line), verdict), title=say("reconciliation", t), title_align="left", border_style="green" if fine else "red"
    )
