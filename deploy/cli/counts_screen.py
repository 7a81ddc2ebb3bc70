"""How counts look: the equation, where complaints stand, what each service has in hand, and the verdict."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.cli.reckoning import adds_up, broker_away
from deploy.cli.screen import facts, heading, money, table
from deploy.cli.shapes import Arrivals, Counts
from deploy.cli.words import say, term

_TERMS = ("submitted", "registered", "rejected", "doubles", "parked", "in_flight", "unaccounted")
UNKNOWN = "?"
_CARE = ("survey_state", "survey_score", "offer_state", "no_route")


def draw_counts(screen: Console, found: Counts) -> None:
    """The whole page."""
    screen.print(equation(found.arrivals))
    if found.arrivals:
        for name in ("dismissed", "skipped", "gap", "written_off"):
            if getattr(found.arrivals, name):
                screen.print(say(f"counts.{name}", number=getattr(found.arrivals, name)))
    screen.print(heading(say("counts.standing")))
    screen.print(facts(_standing(found)))
    screen.print(heading(say("counts.services")))
    screen.print(_services(found))
    screen.print()
    screen.print(_verdict(found))


def equation(arrivals: Arrivals | None) -> Table:
    """The line that must add up, with its figures beneath; what nobody could tell is `?`, never 0."""
    made = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    figures: list[str] = []
    for place, name in enumerate(_TERMS):
        sign = {0: "", 1: "="}.get(place, "+")
        if sign:
            made.add_column(sign)
            figures.append(sign)
        made.add_column(say(f"counts.{name}"), justify="right", no_wrap=True)
        value = getattr(arrivals, name, None)
        figures.append(UNKNOWN if value is None else str(value))
    made.add_row(*figures)
    return made


def _standing(found: Counts) -> list[tuple[str, str | Text]]:
    standing, registered = found.standing, found.arrivals.registered if found.arrivals else None
    asked = {"triaged": standing.triaged, "cases": standing.cases, "by.survey_state": standing.care}
    rows: list[tuple[str, str | Text]] = [(say(f"counts.{name}"), UNKNOWN) for name, told in asked.items() if told is None]
    if standing.triaged is not None:
        rows.append((say("counts.triaged"), _share(_total(standing.triaged.get("priority", {})), registered)))
        rows += [(say(f"counts.by.{name}"), spread(standing.triaged.get(name, {}))) for name in ("category", "language")]
    if standing.cases is not None:
        rows.append((say("counts.cases"), _share(_total(standing.cases.get("state", {})), registered)))
        names = [name for name in ("state", "priority", "tier") if name in standing.cases]
        rows += [(say(f"counts.by.{name}"), spread(standing.cases[name])) for name in names]
        acknowledged = standing.cases.get("acknowledge")
        if acknowledged:
            rows.append((say("counts.acknowledged"), spread(acknowledged)))
    if standing.care is not None:
        told = {name: _care(name, standing.care.get(name, {})) for name in _CARE}
        rows += [(say(f"counts.by.{name}"), text) for name, text in told.items() if text]
        if standing.not_solved:
            rows.append((say("counts.not_solved"), str(standing.not_solved)))
        rows += [(say("counts.budget"), _budget(budget)) for budget in months(standing.budgets)]
    return rows or [(say("counts.unknown"), "—")]


def _care(name: str, values: Mapping[str, int]) -> str:
    """The figure of a field of care; empty where there is nothing to tell."""
    if name == "no_route":
        return str(values["1"]) if values.get("1") else ""
    return spread(values) if any(values) else ""


def spread(values: Mapping[str, int]) -> str:
    """`P1 12 · P2 3` in the order of grades, `open 12 · closed 3` in the order of size."""
    named = {key: number for key, number in values.items() if key}
    graded = all(key.isdigit() or key[0] == "P" or key == "other" for key in named)
    order = sorted(named.items()) if graded else sorted(named.items(), key=lambda item: -item[1])
    return " · ".join(f"{term(key)} {number}" for key, number in order) or "—"


def months(budgets: list[dict[str, object]]) -> list[tuple[str, str, int, int]]:
    """Currency, month, committed and limit (minor units); the buckets of a month taken together."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for budget in budgets:
        key = (str(budget.get("currency")), str(budget.get("month")))
        committed, limit = found.get(key, (0, 0))
        found[key] = (committed + _number(budget.get("committed_minor")), limit + _number(budget.get("limit_minor")))
    return [(*key, *amounts) for key, amounts in sorted(found.items())]


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _budget(budget: tuple[str, str, int, int]) -> str:
    currency, month, committed, limit = budget
    return say("counts.budget_line", month=month, committed=money(committed, currency), limit=money(limit, currency))


def _total(values: Mapping[str, int]) -> int:
    return sum(values.values())


def _share(number: int, of: int | None) -> Text:
    text = say("counts.of", number=number, all=UNKNOWN if of is None else of)
    return Text(text, style="" if of is None or number >= of else "yellow")


def _services(found: Counts) -> Table:
    names = ("service", "lag", "outboxes", "timers", "commands", "effects", "parked")
    made = table(*(say(f"counts.column.{name}") for name in names), right=(1, 2, 3, 4, 6))
    for one in found.services:
        lag = UNKNOWN if None in one.lag.values() else str(sum(n or 0 for n in one.lag.values()))
        name = Text(term(one.service), style="red" if one.stopped else "")
        figures = [lag, str(one.outboxes), str(one.timers), str(one.commands + one.announcing), spread(one.effects)]
        made.add_row(name, *figures, str(one.parked))
    for service in found.unreachable:
        made.add_row(Text(term(service), style="red"), *(UNKNOWN for _ in names[1:]))
    return made


def _verdict(found: Counts) -> Text:
    if not adds_up(found):
        return Text(say("counts.not_adding_up"), style="bold red")
    if found.quiet:
        return Text(say("counts.quiet"), style="green")
    what = "; ".join(found.open)
    if found.unreachable:
        names = ", ".join(map(term, found.unreachable))
        return Text(
            " ".join([say("counts.not_asked", names=names), *([say("counts.open", what=what)] if what else [])]), style="yellow"
        )
    if broker_away(found):
        return Text(say("counts.no_broker"), style="yellow")
    return Text(say("counts.open", what=what or "—"), style="yellow")
