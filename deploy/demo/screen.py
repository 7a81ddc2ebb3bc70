"""What the demo shows: live progress, then a summary that a manager would like to read."""

from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from deploy.cli.words import say, term
from deploy.demo.play import Progress as Played
from deploy.demo.summary import Summary


class Screen:
    """Progress on a terminal; one line a simulated day elsewhere."""

    def __init__(self, console: Console, start: int) -> None:
        """`start`: the first simulated instant, UTC ms."""
        self.console = console
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
            self._task = self._bar.add_task(say("demo.playing"), total=None)
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
        day = say("demo.day", number=played.hour // 24 + 1)
        shown = (
            (say("demo.submitted"), f"{played.submitted:>3}/{played.total}"),
            (say("demo.open"), f"{played.open:>3}"),
            (say("demo.resolved"), f"{played.resolved:>3}"),
            (say("demo.letters"), f"{played.letters:>3}"),
            (say("demo.answers"), f"{played.answered:>3}"),
        )
        return f"{day:<8}" + " · ".join(f"{name} {figure}" for name, figure in shown)


def summary_view(summary: Summary, seconds: float) -> Group:
    """The summary as it is printed."""
    head = Text(say("demo.took", days=summary.simulated_days, seconds=seconds, seed=summary.seed), style="dim")
    return Group(
        Text(),
        Text(say("demo.title"), style="bold"),
        head,
        Text(),
        _side_by_side(
            _bars(say("demo.channel"), summary.by_channel),
            _bars(say("demo.category"), summary.by_category),
        ),
        _side_by_side(
            _bars(say("demo.language"), summary.by_language),
            _bars(say("demo.priority"), summary.by_priority),
            _bars(say("demo.tier"), summary.by_tier),
        ),
        _facts(summary),
        _reconciliation(summary),
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
        table.add_row(term(name), str(count), Text("█" * max(1, round(12 * count / most)), style="cyan"))
    table.add_row("", "", "")
    return table


def _facts(summary: Summary) -> Table:
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(style="bold cyan", no_wrap=True)
    table.add_column(overflow="fold")
    promises = [
        f"{term(kind)}: {p.kept} {say('demo.kept')}, {p.missed} {say('demo.missed')}"
        for kind, p in summary.promises.items()
        if kind in ("acknowledge", "resolve")
    ]
    moves = f"{summary.escalations} {say('demo.escalations')}, {summary.reopened} {say('demo.reopened')}"
    table.add_row(say("demo.promises"), " · ".join([*promises, moves]))
    surveys = summary.surveys
    asked = f"{surveys.asked} {say('demo.asked')}, {surveys.answered} {say('demo.answered')}"
    mean = f"{say('demo.average')} {surveys.average}, {say('demo.satisfied')} {surveys.satisfied_percent} %"
    lost = f"{summary.attention.get('no_route', 0)} {say('demo.no_route')}"
    table.add_row(say("demo.customers"), " · ".join([asked, mean, f"{surveys.not_solved} {say('demo.not_solved')}", lost]))
    offers = [
        f"{count} {say(f'demo.{state}')}"
        for state, count in summary.offers.items()
        if state in ("made", "redeemed", "expired", "denied")
    ]
    money = [
        f"{say('demo.budget')} {line.committed_minor / 100:,.0f} {say('demo.of')} {line.limit_minor / 100:,.0f} {line.currency}"
        for line in summary.budgets
    ]
    table.add_row(say("demo.offers"), " · ".join([*offers, *money]))
    return table


def _reconciliation(summary: Summary) -> Panel:
    a = summary.arrivals
    line = (
        f"submitted {a['submitted']} = registered {a['registered']} + rejected {a['rejected']} + doubles {a['double']} "
        f"+ parked {a['parked']} + in_flight {a['in_flight']} + unaccounted {a['unaccounted']}"
    )
    fine = a["unaccounted"] == 0 and a["in_flight"] == 0
    verdict = Text(say("demo.adds_up" if fine else "demo.does_not_add_up"), style="bold green" if fine else "bold red")
    return Panel(
        Group(Text(line), verdict), title=say("demo.reconciliation"), title_align="left", border_style="green" if fine else "red"
    )
