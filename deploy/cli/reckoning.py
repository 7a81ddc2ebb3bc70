"""Merge what the services count into one reading, and judge it."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

from deploy.cli.finding import of_each
from deploy.cli.reach import Asker
from deploy.cli.shapes import Arrivals, Counts, ServiceCounts, Standing
from deploy.cli.troubles import UNREACHABLE, Trouble
from deploy.cli.words import say, term
from shared.contracts.topics import SERVICES
from shared.platform.counting import is_quiet


async def reading(asker: Asker) -> Counts:
    """Everything at one moment, as far as services answer."""
    (counted, away), arrivals, triaged, cases, care = await asyncio.gather(
        of_each(asker, SERVICES, "/internal/v1/counts"),
        _or_none(asker.get("intake", "/internal/v1/arrivals")),
        _or_none(asker.get("triage", "/v1/assessments/standing")),
        _or_none(asker.get("escalation", "/v1/cases/standing")),
        _or_none(asker.get("followup", "/v1/satisfaction")),
    )
    return merged(counted, away, arrivals, triaged, cases, care)


async def _or_none(answer: Awaitable[Any]) -> Any:
    try:
        return await answer
    except Trouble as error:
        if error.code == UNREACHABLE:
            return None
        raise


def merged(
    counted: Mapping[str, Mapping[str, Any]],
    away: list[str],
    arrivals: Mapping[str, Any] | None,
    triaged: dict[str, dict[str, int]] | None,
    cases: dict[str, dict[str, int]] | None,
    care: Mapping[str, Any] | None,
) -> Counts:
    """One reading from the services' answers."""
    came = Arrivals(**{"doubles": arrivals.get("double"), "dismissed": 0, **arrivals}) if arrivals is not None else None
    services = [ServiceCounts.model_validate(answer) for answer in counted.values()]
    standing = Standing(
        triaged=triaged,
        cases=cases,
        care={name: value for name, value in care.items() if isinstance(value, dict)} if care is not None else None,
        not_solved=(care or {}).get("not_solved"),
        budgets=(care or {}).get("budgets", []),
    )
    open_ = still_open(counted, came)
    quiet = not open_ and not away and came is not None and all(is_quiet(dict(answer)) for answer in counted.values())
    return Counts(arrivals=came, standing=standing, services=services, quiet=quiet, open=open_, unreachable=away)


def still_open(counted: Mapping[str, Mapping[str, Any]], came: Arrivals | None) -> list[str]:
    """What is under way, one phrase each; empty exactly when `is_quiet` holds for all and the arrivals add up."""
    found = [phrase for name, answer in counted.items() for phrase in _open_in(name, answer)]
    if came is not None:
        if came.in_flight != 0:
            found.insert(0, say("open.in_flight", number=_known(came.in_flight)))
        if came.unaccounted != 0:
            found.insert(0, say("open.unaccounted", number=_known(came.unaccounted)))
    return found


def _open_in(name: str, answer: Mapping[str, Any]) -> list[str]:
    service = term(name)
    lag = answer.get("lag") or {}
    found = [say("open.lag", service=service, topic=topic, number=_known(n)) for topic, n in lag.items() if n != 0]
    for key in ("outboxes", "announcing", "commands", "timers", "untold"):
        if answer.get(key):
            found.append(say(f"open.{key}", service=service, number=int(answer[key])))
    for state in ("planned", "sending"):
        if (answer.get("effects") or {}).get(state):
            found.append(say(f"open.{state}", service=service, number=answer["effects"][state]))
    return found


def _known(number: int | None) -> str:
    return "?" if number is None else str(number)


def broker_away(found: Counts) -> bool:
    """Whether a service could not ask the broker."""
    unknown = any(n is None for service in found.services for n in service.lag.values())
    return unknown or (found.arrivals is not None and found.arrivals.in_flight is None)


def adds_up(found: Counts) -> bool:
    """Whether every arrival is accounted for and the log lost none."""
    return found.arrivals is None or (not found.arrivals.unaccounted and not found.arrivals.gap)
