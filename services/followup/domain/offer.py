"""Which case deserves a goodwill offer, and what becomes of it."""

from typing import Any

from services.followup.domain.budget import budget_id_for
from services.followup.domain.care import Care
from services.followup.domain.moment import Moment
from services.followup.domain.notice import Owed
from services.followup.domain.policy_model import OfferRule, OfferRules
from services.followup.domain.records import Offer, OfferState
from services.followup.domain.route import route_of
from services.followup.domain.step import Step
from services.followup.domain.telling import tell
from services.followup.domain.zone import end_of_day
from shared.contracts.events import (
    CaseResolved,
    Event,
    MoneyReturned,
    OfferDenied,
    OfferExpired,
    OfferGranted,
    OfferMade,
    OfferRedeemed,
    OfferWanted,
)
from shared.contracts.fields import Money
from shared.contracts.vocabulary import NoticeKind

GIVEN = (OfferState.MADE, OfferState.REDEEMED, OfferState.EXPIRED)


def offer_for(case: CaseResolved, rules: OfferRules) -> OfferRule | None:
    """The first rule that fits the case, or None."""
    if case.category in rules.never_categories:
        return None
    return next((rule for rule in rules.rules if _fits(case, rule)), None)


def _fits(case: CaseResolved, rule: OfferRule) -> bool:
    who = case.addressee
    return (
        case.severity >= rule.severity_at_least
        and (rule.missed_deadline is None or rule.missed_deadline is not case.kept)
        and (not rule.priorities or case.priority in rule.priorities)
        and (not rule.categories or case.category in rule.categories)
        and (not rule.remedies or case.remedy in rule.remedies)
        and (not rule.languages or who.language in rule.languages)
        and (not rule.channels or who.channel in rule.channels)
        and (not rule.brands or who.brand in rule.brands)
    )


def want_offer(step: Step, case: CaseResolved, moment: Moment) -> Step:
    """Ask the month's budget for the offer that the policy grants; money is set aside only for who can be reached."""
    care, rules = step.care, moment.policy.offers
    rule = offer_for(case, rules)
    had_one = rules.once_per_complaint and any(offer.state in GIVEN for offer in care.offers)
    if rule is None or had_one or care.offer(case.round) or care.erased or route_of(care.addressee) is None:
        return step
    offer = Offer(
        round=case.round,
        rule=rule.name,
        amount=Money(minor=rule.amount_minor, currency=rule.currency),
        valid_days=rule.valid_days,
        budget_id=budget_id_for(care.complaint_id, rule.currency, moment.now, rules.buckets),
        state=OfferState.WANTED,
    )
    wanted = OfferWanted(
        budget_id=offer.budget_id, complaint_id=care.complaint_id, round=offer.round, amount=offer.amount, at=moment.now
    )
    return step.then(care.with_offer(offer), wanted)


def make_offer(care: Care, grant: OfferGranted, moment: Moment) -> Step | None:
    """Make the offer that the budget granted, or give the money back if it is not wanted any more."""
    offer = care.offer(grant.round)
    if offer is not None and offer.state in GIVEN and offer.budget_id == grant.budget_id:
        return None
    if (
        offer is None
        or offer.state is not OfferState.WANTED
        or (offer.budget_id, offer.amount) != (grant.budget_id, grant.amount)
    ):
        return Step(care, (_returned(care, grant.budget_id, grant.round, grant.amount, moment.now),))
    if care.erased or route_of(care.addressee) is None:
        back = _returned(care, offer.budget_id, offer.round, offer.amount, moment.now)
        return Step(care.with_offer(offer.withdrawn()), (back,))
    expires_at = end_of_day(moment.now, offer.valid_days, moment.policy.time_zone)
    made = offer.model_copy(update={"state": OfferState.MADE, "expires_at": expires_at})
    said = OfferMade(
        complaint_id=care.complaint_id,
        customer_id=care.customer_id,
        round=made.round,
        amount=made.amount,
        at=moment.now,
        rule=made.rule,
        expires_at=expires_at,
        policy=moment.policy_hash,
    )
    slots = {"amount_minor": made.amount.minor, "currency": made.amount.currency, "expires_at": expires_at}
    owed = Owed(NoticeKind.OFFER, care.complaint_id, made.round, slots)
    return tell(Step(care.with_offer(made), (said,)), owed, moment)


def deny_offer(care: Care, denial: OfferDenied) -> Step | None:
    """Remember that the month's budget had not enough left; the customer was promised nothing."""
    offer = care.offer(denial.round)
    if offer is None or offer.state is not OfferState.WANTED or offer.budget_id != denial.budget_id:
        return None
    return Step(care.with_offer(offer.model_copy(update={"state": OfferState.DENIED})))


def expire_offer(step: Step, offer: Offer, now: int) -> Step:
    """End an offer that was not used in time and give its money back."""
    care = step.care.with_offer(offer.model_copy(update={"state": OfferState.EXPIRED}))
    expired = OfferExpired(**_about(care, offer, now))
    return step.then(care, expired, _returned(care, offer.budget_id, offer.round, offer.amount, now))


def why_not_redeemed(care: Care | None, round_: int, now: int) -> str | None:
    """The reason why an offer cannot be redeemed, or None where it can."""
    offer = care.offer(round_) if care else None
    if offer is None or offer.state not in GIVEN:
        return "no_offer"
    if offer.state is OfferState.REDEEMED:
        return "already_redeemed"
    is_open = offer.state is OfferState.MADE and now < (offer.expires_at or 0)
    return None if is_open else "expired"


def redeemed(care: Care, round_: int, now: int) -> Step:
    """The care with its offer used; the caller has asked `why_not_redeemed`."""
    offer = care.offer(round_)
    assert offer is not None  # noqa: S101 - why_not_redeemed said so
    used = care.with_offer(offer.model_copy(update={"state": OfferState.REDEEMED}))
    return Step(used, (OfferRedeemed(**_about(care, offer, now)),))


def _about(care: Care, offer: Offer, now: int) -> dict[str, Any]:
    return {
        "complaint_id": care.complaint_id,
        "customer_id": care.customer_id,
        "round": offer.round,
        "amount": offer.amount,
        "at": now,
    }


def _returned(care: Care, budget_id: str, round_: int, amount: Money, now: int) -> Event:
    return MoneyReturned(budget_id=budget_id, complaint_id=care.complaint_id, round=round_, amount=amount, at=now)
