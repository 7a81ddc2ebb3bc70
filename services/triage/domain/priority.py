"""Which priority follows from severity, urgency and alerts."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from services.triage.domain.policy_model import PriorityRules
from shared.contracts.vocabulary import AlertKind, Priority


class Ranked(NamedTuple):
    """A priority and the alerts, if any, that lifted it above its cell of the matrix."""

    priority: Priority
    lifted_by: tuple[AlertKind, ...] = ()


def priority_of(severity: int, urgency: int, alerts: Iterable[AlertKind], rules: PriorityRules) -> Ranked:
    """The cell of the matrix, or higher where an alert asks for it."""
    cell = rules.cell(bisect_right(rules.severity_from, severity), bisect_right(rules.urgency_from, urgency))
    asked = {kind: Priority(rules.at_least[kind]) for kind in alerts if kind in rules.at_least}
    highest = min([cell, *asked.values()])
    return Ranked(highest, tuple(kind for kind, least in asked.items() if least == highest) if highest < cell else ())
