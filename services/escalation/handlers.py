"""Escalation hears of complaints, judgements, letters and survey answers, and looks after the case until it is over."""

from services.escalation.domain.acknowledging import hear_of_failed, hear_of_sent
from services.escalation.domain.case import Case
from services.escalation.domain.commands import AddNote, EscalateCase, ReopenCase, ResolveCase, TakeCase
from services.escalation.domain.escalating import escalate_on_request
from services.escalation.domain.noting import add_note
from services.escalation.domain.opening import open_case
from services.escalation.domain.ownership import take
from services.escalation.domain.policy_model import EscalationPolicy
from services.escalation.domain.refining import refine
from services.escalation.domain.reopening import reopen_on_request, reopen_on_survey
from services.escalation.domain.resolving import resolve
from services.escalation.domain.step import Refusal, Step
from services.escalation.domain.timing import ring
from shared.contracts.events import (
    CaseAssigned,
    CaseClosed,
    CaseEscalated,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    ComplaintRegistered,
    ComplaintTriaged,
    DeadlineApproaching,
    DeadlineMissed,
    NoticeFailed,
    NoticeSent,
    SurveyAnswered,
)
from shared.platform.decision import NOTHING, Decision, Given, Rang, Refused
from shared.platform.service import Service

Facts = Given[EscalationPolicy]
Answer = Decision[Case] | Refused

escalation = Service(
    "escalation",
    keeps=(Case,),
    says=(
        CaseOpened,
        CaseAssigned,
        CaseEscalated,
        DeadlineApproaching,
        DeadlineMissed,
        CaseResolved,
        CaseReopened,
        CaseClosed,
    ),
)


@escalation.hears(ComplaintRegistered, keeps=Case)
def open_the_case(complaint: ComplaintRegistered, kept: Case | None, given: Facts) -> Decision[Case]:
    """Open a case the moment a complaint was taken, with its clocks running from receipt."""
    return _kept(open_case(complaint, kept, given))


@escalation.hears(ComplaintTriaged, keeps=Case)
def refine_the_case(triaged: ComplaintTriaged, kept: Case | None, given: Facts) -> Decision[Case]:
    """Take over priority and alerts, and let the case climb where they ask for it."""
    return _kept(refine(triaged, kept, given))


@escalation.hears(NoticeSent, keeps=Case)
def stop_the_acknowledge_clock(sent: NoticeSent, kept: Case | None, given: Facts) -> Decision[Case]:
    """The customer has our word: the promise to acknowledge is kept."""
    return _kept(hear_of_sent(sent, kept, given))


@escalation.hears(NoticeFailed, keeps=Case)
def show_the_failed_notice(failed: NoticeFailed, kept: Case | None, given: Facts) -> Decision[Case]:
    """A letter did not arrive: a person has to look."""
    return _kept(hear_of_failed(failed, kept))


@escalation.hears(SurveyAnswered, keeps=Case)
def hear_the_customer(survey: SurveyAnswered, kept: Case | None, given: Facts) -> Decision[Case]:
    """Reopen what the customer says is not solved."""
    return _kept(reopen_on_survey(survey, kept, given))


@escalation.rings(keeps=Case)
def watch_the_clocks(rang: Rang, kept: Case, given: Facts) -> Decision[Case]:
    """Warn, announce a miss, climb, flag or close: whatever is due by now."""
    return _kept(ring(kept, given))


@escalation.obeys(TakeCase, keeps=Case)
def take_the_case(command: TakeCase, kept: Case | None, given: Facts) -> Answer:
    """The one who asks becomes the owner."""
    return _answered(take(kept, given))


@escalation.obeys(AddNote, keeps=Case)
def note_on_the_case(command: AddNote, kept: Case | None, given: Facts) -> Answer:
    """Keep a sealed note for colleagues."""
    return _answered(add_note(command, kept, given))


@escalation.obeys(EscalateCase, keeps=Case)
def escalate_the_case(command: EscalateCase, kept: Case | None, given: Facts) -> Answer:
    """Hand the case to the next tier."""
    return _answered(escalate_on_request(command, kept, given))


@escalation.obeys(ResolveCase, keeps=Case)
def resolve_the_case(command: ResolveCase, kept: Case | None, given: Facts) -> Answer:
    """Answer the customer with a remedy within the tier's authority."""
    return _answered(resolve(command, kept, given))


@escalation.obeys(ReopenCase, keeps=Case)
def reopen_the_case(command: ReopenCase, kept: Case | None, given: Facts) -> Answer:
    """Take an answer back and start a new round."""
    return _answered(reopen_on_request(command, kept, given))


def _kept(step: Step | None) -> Decision[Case]:
    return Decision(step.case, step.events, seal=step.seal, why=step.why) if step else NOTHING


def _answered(step: Step | Refusal) -> Answer:
    return Refused(step.reason, step.message) if isinstance(step, Refusal) else _kept(step)
