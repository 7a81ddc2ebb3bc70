"""What the play came to: figures that do not depend on the order within a tick, so the same seed gives the same summary."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from deploy.demo.api import Api


class Figures(BaseModel):
    """What is printed, with its descriptions."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Promise(Figures):
    """How one kind of clock fared."""

    kept: int
    missed: int


class Surveys(Figures):
    """What customers said."""

    asked: int
    answered: int
    average: float | None
    """Mean score, 1 to 5."""
    satisfied_percent: int | None
    """Share of answers with 4 or 5 (CSAT)."""
    not_solved: int


class BudgetLine(Figures):
    """One currency's goodwill budget, minor units."""

    currency: str
    limit_minor: int
    committed_minor: int


class Summary(Figures):
    """The demo in figures."""

    seed: int
    simulated_days: int
    arrivals: dict[str, int | None]
    """Intake's count; `unaccounted` must be 0, null stands for what could not be counted."""
    by_channel: dict[str, int]
    by_language: dict[str, int]
    by_priority: dict[str, int]
    by_category: dict[str, int]
    by_tier: dict[str, int]
    """At the end."""
    by_state: dict[str, int]
    promises: dict[str, Promise]
    """By kind of clock."""
    escalations: int
    reopened: int
    attention: dict[str, int]
    """Cases that need a person, by why."""
    letters: dict[str, int]
    """By state."""
    surveys: Surveys
    offers: dict[str, int]
    """Goodwill offers by state."""
    budgets: list[BudgetLine]


async def summary_of(api: Api, seed: int, days: int) -> Summary:
    """Ask the four services."""
    cases = await api.cases()
    arrivals = await api.get("intake", "/internal/v1/arrivals")
    satisfaction = await api.get("followup", "/v1/satisfaction")
    effects = (await api.get("followup", "/internal/v1/counts"))["effects"]
    return Summary(
        seed=seed,
        simulated_days=days,
        arrivals=arrivals,
        by_channel=_count(cases, "channel"),
        by_language=_count(cases, "language"),
        by_priority=_count(cases, "priority"),
        by_category=_count(cases, "category"),
        by_tier=_count(cases, "tier"),
        by_state=_count(cases, "state"),
        promises=_promises(cases),
        escalations=sum(case["escalations"] for case in cases),
        reopened=sum(case["reopenings"] for case in cases),
        attention=dict(sorted(Counter(flag for case in cases for flag in case["attention"]).items())),
        letters=dict(sorted(effects.items())),
        surveys=_surveys(satisfaction),
        offers={k: v for k, v in sorted(satisfaction["offer_state"].items()) if k},
        budgets=_budgets(satisfaction["budgets"]),
    )


def _count(cases: Sequence[dict[str, Any]], field: str) -> dict[str, int]:
    return dict(sorted(Counter(str(case[field]) for case in cases).items()))


def _promises(cases: Sequence[dict[str, Any]]) -> dict[str, Promise]:
    """A clock counts as missed if it ever ran out, in any round."""
    found: dict[str, Counter[str]] = {}
    for case in cases:
        for clock in case["clocks"]:
            counter = found.setdefault(clock["kind"], Counter())
            if clock["state"] != "stopped":
                counter["missed" if clock["state"] == "missed" or clock["misses"] else "kept"] += 1
    return {kind: Promise(kept=counter["kept"], missed=counter["missed"]) for kind, counter in sorted(found.items())}


def _surveys(satisfaction: dict[str, Any]) -> Surveys:
    scores = {int(score): count for score, count in satisfaction["survey_score"].items() if score}
    answers = sum(scores.values())
    total = sum(score * count for score, count in scores.items())
    happy = scores.get(4, 0) + scores.get(5, 0)
    return Surveys(
        asked=sum(count for state, count in satisfaction["survey_state"].items() if state),
        answered=answers,
        average=round(total / answers, 2) if answers else None,
        satisfied_percent=round(100 * happy / answers) if answers else None,
        not_solved=satisfaction["not_solved"],
    )


def _budgets(buckets: Sequence[dict[str, Any]]) -> list[BudgetLine]:
    lines: dict[str, BudgetLine] = {}
    for bucket in sorted(buckets, key=lambda b: b["budget_id"]):
        line = lines.get(bucket["currency"]) or BudgetLine(currency=bucket["currency"], limit_minor=0, committed_minor=0)
        lines[bucket["currency"]] = BudgetLine(
            currency=line.currency,
            limit_minor=line.limit_minor + bucket["limit_minor"],
            committed_minor=line.committed_minor + bucket["committed_minor"],
        )
    return list(lines.values())
