"""Whose care a case event belongs to, and whether it still matters."""

from services.followup.domain.care import Care
from services.followup.domain.moment import Moment
from shared.contracts.events import CaseEscalated, CaseOpened, CaseReopened, CaseResolved

CaseNews = CaseOpened | CaseEscalated | CaseResolved | CaseReopened


def care_for(news: CaseNews, kept: Care | None, moment: Moment) -> Care | None:
    """The care with the newest address of its customer; None where the news is of a round that is over."""
    if kept is not None and news.round < kept.round:
        return None
    care = kept or Care(complaint_id=news.complaint_id)
    if news.round > care.round:
        care = care.in_round(news.round)
    update = {"customer_id": news.customer_id, "addressee": news.addressee}
    if isinstance(news, CaseOpened | CaseResolved):
        update["received_at"] = news.received_at
    care = care.model_copy(update=update)
    return care.forgotten() if moment.erased or care.erased else care
