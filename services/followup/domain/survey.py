"""When the customer is asked how the answer was, and which answer counts."""

from services.followup.domain.care import Care
from services.followup.domain.commands import AnswerSurvey
from services.followup.domain.moment import Moment
from services.followup.domain.notice import Owed
from services.followup.domain.records import Survey, SurveyState
from services.followup.domain.route import route_of
from services.followup.domain.step import Step
from services.followup.domain.telling import tell
from services.followup.domain.zone import end_of_day
from shared.contracts.events import SurveyAnswered, SurveySent
from shared.contracts.sealed import Sealed
from shared.contracts.vocabulary import NoticeKind

HOUR = 3_600_000


def plan_survey(step: Step, moment: Moment) -> Step:
    """One survey a round, asked at once or after the policy's delay; who cannot be reached is not asked."""
    care, rules = step.care, moment.policy.survey
    if not rules.enabled or care.survey(care.round) or care.erased or route_of(care.addressee) is None:
        return step
    survey = Survey(round=care.round, state=SurveyState.WAITING, send_at=moment.now + rules.delay_hours * HOUR)
    planned = step.then(care.with_survey(survey))
    return planned if rules.delay_hours else ask(planned, survey, moment)


def ask(step: Step, survey: Survey, moment: Moment) -> Step:
    """Send the survey whose time has come; its link lives to the end of a day."""
    if step.care.erased or route_of(step.care.addressee) is None:
        return step.then(step.care.with_survey(survey.closed()))
    policy = moment.policy
    expires_at = end_of_day(moment.now, policy.survey.expires_days, policy.time_zone)
    asked = survey.model_copy(update={"state": SurveyState.ASKED, "expires_at": expires_at})
    care = step.care.with_survey(asked)
    sent = SurveySent(
        complaint_id=care.complaint_id, customer_id=care.customer_id, round=asked.round, at=moment.now, expires_at=expires_at
    )
    owed = Owed(NoticeKind.SURVEY, care.complaint_id, asked.round, {"expires_at": expires_at})
    return tell(step.then(care, sent), owed, moment)


def give_up(step: Step, survey: Survey) -> Step:
    """Close the survey that nobody answered in time."""
    return step.then(step.care.with_survey(survey.model_copy(update={"state": SurveyState.EXPIRED})))


def why_not_answered(care: Care | None, round_: int, now: int, erased: bool) -> str | None:
    """The reason why a survey takes no answer, or None where it does."""
    survey = care.survey(round_) if care else None
    if survey is None or survey.state in (SurveyState.WAITING, SurveyState.OTHER):
        return "unknown_survey"
    if erased or (care and care.erased):
        return "erased"
    if survey.state is SurveyState.ANSWERED:
        return "already_answered"
    is_open = survey.state is SurveyState.ASKED and now < (survey.expires_at or 0)
    return None if is_open else "expired"


def answered(care: Care, answer: AnswerSurvey, now: int) -> Step:
    """The care with the customer's one answer; the caller has asked `why_not_answered`."""
    survey = care.survey(answer.round)
    assert survey is not None  # noqa: S101 - why_not_answered said so
    words = Sealed(care.customer_id, plain=answer.words) if answer.words else None
    update = {"state": SurveyState.ANSWERED, "score": answer.score, "solved": answer.solved, "words": words, "answered_at": now}
    said = SurveyAnswered(
        complaint_id=care.complaint_id,
        customer_id=care.customer_id,
        round=answer.round,
        score=answer.score,
        solved=answer.solved,
        words=words,
        at=now,
    )
    return Step(care.with_survey(survey.model_copy(update=update)), (said,))
