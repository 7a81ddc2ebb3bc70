"""Followup hears how a case goes, writes to its customer, asks how the answer was, and makes amends within a budget."""

from services.followup.domain.budget import Budget, grant, take_back
from services.followup.domain.care import Care
from services.followup.domain.commands import WHY_NOT, AnswerSurvey, RedeemOffer
from services.followup.domain.delivery import settled
from services.followup.domain.meeting import care_for
from services.followup.domain.notice import acknowledgement_of, escalation_of, resolution_of
from services.followup.domain.offer import deny_offer, make_offer, redeemed, want_offer, why_not_redeemed
from services.followup.domain.policy_model import FollowupPolicy
from services.followup.domain.step import Step
from services.followup.domain.survey import answered, plan_survey, why_not_answered
from services.followup.domain.telling import tell
from services.followup.domain.timing import ring
from shared.contracts.events import (
    CaseEscalated,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    MoneyReturned,
    NoticeFailed,
    NoticeRequested,
    NoticeSent,
    OfferDenied,
    OfferExpired,
    OfferGranted,
    OfferMade,
    OfferRedeemed,
    OfferWanted,
    SurveyAnswered,
    SurveySent,
)
from shared.contracts.sealed import Sealed
from shared.platform.decision import NOTHING, Decision, Effect, Given, Rang, Refused, Settled
from shared.platform.service import Service

followup = Service(
    "followup",
    keeps=(Care, Budget),
    says=(
        NoticeRequested,
        NoticeSent,
        NoticeFailed,
        SurveySent,
        SurveyAnswered,
        OfferMade,
        OfferRedeemed,
        OfferExpired,
        OfferWanted,
        OfferGranted,
        OfferDenied,
        MoneyReturned,
    ),
)

Policy = FollowupPolicy


@followup.hears(CaseOpened, keeps=Care)
def acknowledge_case(case: CaseOpened, kept: Care | None, given: Given[Policy]) -> Decision[Care]:
    """Tell the customer that we have it, and by when we answer."""
    care = care_for(case, kept, given)
    if care is None:
        return NOTHING
    return _decided(tell(Step(care), acknowledgement_of(case, given.policy), given), kept, given)


@followup.hears(CaseEscalated, keeps=Care)
def explain_escalation(case: CaseEscalated, kept: Care | None, given: Given[Policy]) -> Decision[Care]:
    """Tell the customer who looks at it now, where the ladder grants it."""
    owed, care = escalation_of(case, given.policy), care_for(case, kept, given)
    if owed is None or care is None:
        return NOTHING
    return _decided(tell(Step(care), owed, given), kept, given)


@followup.hears(CaseResolved, keeps=Care)
def answer_customer(case: CaseResolved, kept: Care | None, given: Given[Policy]) -> Decision[Care]:
    """Send the answer, ask how it was, and make amends where the policy says so."""
    care = care_for(case, kept, given)
    if care is None:
        return NOTHING
    step = tell(Step(care), resolution_of(case, given.policy), given)
    step = plan_survey(step, given)
    return _decided(want_offer(step, case, given), kept, given)


@followup.hears(CaseReopened, keeps=Care)
def begin_again(case: CaseReopened, kept: Care | None, given: Given[Policy]) -> Decision[Care]:
    """Close what the last round left open, and tell the customer by when we answer now."""
    care = care_for(case, kept, given)
    if care is None:
        return NOTHING
    return _decided(tell(Step(care), acknowledgement_of(case, given.policy), given), kept, given)


@followup.hears(OfferWanted, keeps=Budget)
def grant_money(wanted: OfferWanted, kept: Budget | None, given: Given[Policy]) -> Decision[Budget]:
    """Set money aside for an offer, never more than the month has."""
    budget = kept or Budget(budget_id=wanted.budget_id)
    answer = grant(budget, wanted, given.policy.offers.limit_of(wanted.amount.currency), given.now)
    if answer is None:
        return NOTHING
    return Decision(keep=answer[0], say=[answer[1]], why=f"{answer[0].committed_minor} of {answer[0].limit_minor}")


@followup.hears(MoneyReturned, keeps=Budget)
def take_money_back(money: MoneyReturned, kept: Budget | None, given: Given[Policy]) -> Decision[Budget]:
    """Free the money of an offer that was not made or not used."""
    budget = take_back(kept, money) if kept else None
    return Decision(keep=budget, why=f"{money.amount.minor} back") if budget else NOTHING


@followup.hears(OfferGranted, keeps=Care)
def offer_amends(granted: OfferGranted, kept: Care | None, given: Given[Policy]) -> Decision[Care]:
    """Make the offer if it is still wanted, else give the money back."""
    care = kept or Care(complaint_id=granted.complaint_id)
    return _decided(make_offer(care.forgotten() if given.erased else care, granted, given), kept, given)


@followup.hears(OfferDenied, keeps=Care)
def do_without_offer(denied: OfferDenied, kept: Care | None, given: Given[Policy]) -> Decision[Care]:
    """Remember that the month had no money left."""
    return _decided(deny_offer(kept, denied) if kept else None, kept, given)


@followup.rings(keeps=Care)
def keep_time(rang: Rang, kept: Care | None, given: Given[Policy]) -> Decision[Care]:
    """Send, give up or expire what is due."""
    return _decided(ring(kept, given) if kept else None, kept, given)


@followup.settles(keeps=Care)
def record_delivery(end: Settled, kept: Care | None, given: Given[Policy]) -> Decision[Care]:
    """Say how a letter fared."""
    step = settled(kept, end.key, end.state, end.reason, given.now) if kept else None
    notice = kept.notice(end.key) if kept else None
    return _decided(step, kept, given, why=notice.kind if notice else "")


@followup.obeys(AnswerSurvey, keeps=Care)
def take_answer(answer: AnswerSurvey, kept: Care | None, given: Given[Policy]) -> Decision[Care] | Refused:
    """Take the one answer to a survey; *not solved* reopens the case elsewhere."""
    reason = why_not_answered(kept, answer.round, given.now, given.erased)
    if kept is None or reason:
        return _refused(reason or "unknown_survey")
    return _decided(answered(kept, answer, given.now), kept, given)


@followup.obeys(RedeemOffer, keeps=Care)
def redeem_offer(redemption: RedeemOffer, kept: Care | None, given: Given[Policy]) -> Decision[Care] | Refused:
    """Take an offer in payment, once."""
    reason = why_not_redeemed(kept, redemption.round, given.now)
    if kept is None or reason:
        return _refused(reason or "no_offer")
    return _decided(redeemed(kept, redemption.round, given.now), kept, given)


def _decided(step: Step | None, kept: Care | None, given: Given[Policy], why: str = "") -> Decision[Care]:
    """The step as a decision, by default for the reason that is told anyway; a step that leads nowhere writes nothing."""
    if step is None or (step.care == kept and not step.events):
        return NOTHING
    care = step.care.model_copy(update={"updated_at": given.now})
    said = ", ".join(type(event).__name__ for event in step.events)
    letters = [Effect(letter.notice_id, "mail", letter.body()) for letter in step.letters]
    return Decision(keep=care, say=step.events, do=letters, seal=_plain_words(care), why=why or said)


def _plain_words(care: Care) -> list[Sealed]:
    return [survey.words for survey in care.surveys if survey.words and survey.words.token is None]


def _refused(reason: str) -> Refused:
    return Refused(reason, WHY_NOT[reason])
