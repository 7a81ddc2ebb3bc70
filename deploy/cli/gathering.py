"""Make one story of what each service knows of a complaint."""

from collections.abc import Mapping, Sequence
from typing import Any

from deploy.cli.ordering import in_order
from deploy.cli.shapes_story import Deed, Happening, Judgement, Letter, Now, Offer, Promise, Story, Survey

_SHOWN = ("state", "reason", "tier", "owner", "priority", "round", "customer_id", "summary", "remedy", "received_at", "flags")


def story_from(complaint_id: str, answers: Sequence[Mapping[str, Any]], away: list[str]) -> Story:
    """The story; `answers` are the services' `/story/{id}`."""
    states = {document["collection"]: document["state"] for answer in answers for document in answer["documents"]}
    case, care = states.get("cases", {}), states.get("care", {})
    judged = states.get("assessments", {}).get("judgement")
    return Story(
        complaint_id=complaint_id,
        now=_now(states).model_copy(update={"erased_at": _erased_at(answers)}),
        judgement=Judgement.model_validate(judged) if judged else None,
        happenings=_happenings(answers),
        promises=[Promise.model_validate(clock) for clock in case.get("clocks", ())],
        letters=[Letter.model_validate(notice) for notice in care.get("notices", ())],
        surveys=[Survey.model_validate(survey) for survey in care.get("surveys", ())],
        offers=[Offer.model_validate(offer) for offer in care.get("offers", ())],
        effects=[Deed.model_validate({"service": a["service"], **effect}) for a in answers for effect in a.get("effects", ())],
        unreachable=away,
    )


def _now(states: Mapping[str, Mapping[str, Any]]) -> Now:
    """How it stands: what the case says, else whatever any service knows."""
    case, taken = states.get("cases", {}), states.get("complaints", {})
    case = case or {"state": taken.get("state"), "reason": taken.get("reason"), "summary": taken.get("masked_text", "")[:200]}
    known = {name: case[name] for name in _SHOWN if case.get(name) is not None}
    for state in (case, *states.values()):
        addressee = state.get("addressee") or {}
        for name in ("channel", "language", "customer_id", "received_at"):
            value = addressee.get(name) or state.get(name)
            if value and name not in known:
                known[name] = value
    facts = states.get("assessments", {}).get("facts", {})
    return Now.model_validate({name: facts[name] for name in ("channel", "language") if facts.get(name)} | known)


def _erased_at(answers: Sequence[Mapping[str, Any]]) -> int | None:
    """When the customer was erased, as far as any service has heard of it."""
    return min((answer["erased_at"] for answer in answers if answer.get("erased_at") is not None), default=None)


def _happenings(answers: Sequence[Mapping[str, Any]]) -> list[Happening]:
    """All steps in the order in which they happened."""
    return [Happening.model_validate({"service": service, **entry}) for service, entry in in_order(answers)]
