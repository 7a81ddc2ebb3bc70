"""What happens when an hour strikes: a survey goes out or is given up, an offer expires."""

from services.followup.domain.care import Care
from services.followup.domain.moment import Moment
from services.followup.domain.offer import expire_offer
from services.followup.domain.records import SurveyState
from services.followup.domain.step import Step
from services.followup.domain.survey import ask, give_up


def ring(care: Care, moment: Moment) -> Step:
    """Do all that is due by now, in order of rounds."""
    step = Step(care.forgotten() if moment.erased else care)
    for survey in step.care.surveys:
        if survey.due is not None and survey.due <= moment.now:
            step = ask(step, survey, moment) if survey.state is SurveyState.WAITING else give_up(step, survey)
    for offer in step.care.offers:
        if offer.due is not None and offer.due <= moment.now:
            step = expire_offer(step, offer, moment.now)
    return step
