"""`redress cases`: the list of cases, the most pressing first."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from deploy.cli.cases_screen import draw_cases
from deploy.cli.reach import Asker, asking
from deploy.cli.screen import Json, show
from deploy.cli.shapes import Cases
from deploy.cli.troubles import USAGE, NotThere, trouble
from deploy.cli.words import say
from shared.contracts.vocabulary import CaseState, Priority

Words = list[str] | None
STATES = tuple(str(state) for state in CaseState if state is not CaseState.OTHER)
PRIORITIES = tuple(str(grade) for grade in Priority if grade is not Priority.OTHER)
SORTS = ("due_at", "opened_at", "priority", "severity", "tier", "closed_at")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("cases", help=say("help.cases"))(cases)


def cases(
    state: Annotated[Words, typer.Option("--state", help=say("help.cases.state"))] = None,
    tier: Annotated[Words, typer.Option("--tier", help=say("help.cases.tier"))] = None,
    priority: Annotated[Words, typer.Option("--priority", help=say("help.cases.priority"))] = None,
    owned_by: Annotated[Words, typer.Option("--owner", help=say("help.cases.owner"))] = None,
    customer: Annotated[str | None, typer.Option("--customer", help=say("help.cases.customer"))] = None,
    sort: Annotated[str, typer.Option("--sort", help=say("help.cases.sort"))] = "due_at",
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help=say("help.limit"))] = 20,
    skip: Annotated[int, typer.Option("--skip", min=0, help=say("help.skip"))] = 0,
    as_json: Json = False,
) -> None:
    """List cases."""
    grades, states = [grade.upper() for grade in priority or ()], [name.lower() for name in state or ()]
    _check("--sort", [sort.removeprefix("-")], SORTS)
    _check("--priority", grades, PRIORITIES)
    _check("--state", states, STATES)
    where = {"state": states, "tier": tier, "priority": grades, "owner": owned_by, "customer_id": customer}
    page = {"sort": sort, "limit": limit, "skip": skip}
    found = Cases.model_validate(asking(lambda asker: _listed(asker, where, page)))
    show(found, as_json, lambda screen: draw_cases(screen, found, skip, is_filtered=any(where.values())))


async def _listed(asker: Asker, where: Mapping[str, Any], page: Mapping[str, Any]) -> Any:
    """The page, once the filters name what there is."""
    await _check_tiers(asker, where["tier"] or ())
    return await asker.get("escalation", "/v1/cases", **where, **page)


async def _check_tiers(asker: Asker, tiers: Sequence[str]) -> None:
    """Tiers are the policy's, so escalation is asked for them; cases may still stand in one that a policy has dropped."""
    if not tiers:
        return
    try:
        ladder = [tier["name"] for tier in (await asker.get("escalation", "/v1/cases/tiers"))["tiers"]]
    except NotThere:  # an older version has no such route
        return
    standing = await asker.get("escalation", "/v1/cases/standing")
    _check("--tier", tiers, [*ladder, *sorted(set(standing.get("tier", {})) - {*ladder, ""})])


def _check(option: str, given: Sequence[str], valid: Sequence[str]) -> None:
    for word in given:
        if word not in valid:
            raise trouble("wrong_option", "one_of", USAGE, name=option, value=word, names=", ".join(valid))
