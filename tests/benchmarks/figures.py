"""What a benchmark found: a name, a value with its spread, and the target it is held against."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table."""

    name: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return None if self.at_most is None else self.value <= self.at_most


def over(name: str, values: Sequence[float], unit: str, middle: float, **more: float | str | None) -> Figure:
    """A figure over several rounds."""
    return Figure(name, middle, unit, min(values), max(values), **more)  # type: ignore[arg-type]


def show(benchmark: str, figures: Sequence[Figure]) -> None:
    """Print a table."""
    table = Table(title=benchmark, title_justify="left")
    for column in ("figure", "value", "spread", "target", "", "note"):
        table.add_column(column, justify="right" if column in ("value", "spread", "target") else "left")
    for figure in figures:
        spread = "" if figure.low is None or figure.high is None else f"{short(figure.low)} .. {short(figure.high)}"
        target = f">= {short(figure.at_least)}" if figure.at_least is not None else ""
        target = f"<= {short(figure.at_most)}" if figure.at_most is not None else target
        verdict = {True: "[green]met[/green]", False: "[red]missed[/red]", None: ""}[figure.is_met]
        table.add_row(figure.name, f"{short(figure.value)} {figure.unit}", spread, target, verdict, figure.note)
    Console(width=None if Console().is_terminal else 150).print(table)


def short(value: float) -> str:
    """Three digits that count."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def write(found: dict[str, Sequence[Figure]], path: Path) -> None:
    """Keep what was found beside what other benchmarks found earlier."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    known |= {name: [asdict(figure) | {"met": figure.is_met} for figure in figures] for name, figures in found.items()}
    path.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
