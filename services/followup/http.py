"""Followup's doors: the survey page for customers, offers for shops and agents, and how satisfied people are."""

import secrets
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from services.followup.domain.care import Care
from services.followup.domain.code import handle_in, is_code_of
from services.followup.domain.commands import WORDS, AnswerSurvey, RedeemOffer
from services.followup.domain.link import SurveyLink, read_survey_token
from services.followup.domain.survey import why_not_answered
from services.followup.ports import Cares
from shared.platform.clock import Clock
from shared.platform.decision import Declined
from shared.platform.http.commands import Asked, asked
from shared.platform.http.keys import Caller, needs
from shared.platform.http.pages import page, preferred_language
from shared.platform.processor.decide import ONCE
from shared.platform.processor.doors import Doors


class SurveyAnswer(BaseModel):
    """The same answer as the page sends, as JSON."""

    score: int = Field(ge=1, le=5)
    solved: bool
    words: str = Field("", max_length=WORDS)


class Redemption(BaseModel):
    """An offer's code as somebody typed it."""

    code: str = Field(min_length=1, max_length=64)


class OfferView(BaseModel):
    """What is known of an offer."""

    complaint_id: str
    round: int
    state: str
    amount_minor: int
    currency: str
    expires_at: int | None


def followup_router(cares: Cares, doors: Doors, clock: Clock, secret: bytes) -> APIRouter:
    """The survey under `/s`, offers under `/v1/offers`, figures under `/v1/satisfaction`."""
    router = APIRouter()
    surveys = _Surveys(cares, doors, clock, secret)
    _add_survey_page(router, surveys)
    _add_survey_api(router, surveys)
    _add_offers(router, cares, doors, secret)
    _add_figures(router, cares)
    return router


_page = partial(page, "services.followup")


@dataclass(frozen=True, slots=True)
class _Found:
    """The survey that a genuine link names."""

    link: SurveyLink
    care: Care
    why_not: str | None
    """Why it takes no answer, or None where it does."""


def _gone(found: _Found | None, request: Request) -> HTMLResponse:
    """There is nothing to answer, and why; in the customer's language where the link is genuine."""
    language = found.care.language if found else preferred_language(request)
    return _page("gone.html", language, 404, why=found.why_not if found else "unknown_survey")


@dataclass(frozen=True, slots=True)
class _Surveys:
    """The surveys behind links, for the page and for programs alike."""

    cares: Cares
    doors: Doors
    clock: Clock
    secret: bytes

    async def behind(self, token: str) -> _Found | None:
        """What a link leads to; None where it is not one of ours."""
        link = read_survey_token(self.secret, token)
        care = await self.cares.one(link.complaint_id) if link else None
        if link is None or care is None:
            return None
        return _Found(link, care, why_not_answered(care, link.round, self.clock.now(), care.erased))

    async def answered(self, link: SurveyLink, answer: AnswerSurvey) -> bool:
        """Hand the answer in; whether it was the one that counts."""
        try:
            request = f"{ONCE}survey/{link.complaint_id}/{link.round}/{secrets.token_hex(8)}"
            await self.doors.do(answer, link.complaint_id, by="customer", request=request)
        except Declined:
            return False
        return True


def _add_survey_page(router: APIRouter, surveys: _Surveys) -> None:
    @router.get("/s/{token}", response_class=HTMLResponse, tags=["survey"])
    async def show_survey(token: str, request: Request, solved: Annotated[str, Query(max_length=10)] = "") -> HTMLResponse:
        """The survey's page; looking at it changes nothing, since mail scanners look too. `solved` preselects an answer."""
        found = await surveys.behind(token)
        if found is None or found.why_not:
            return _gone(found, request)
        chosen = solved if solved in ("yes", "no") else ""
        number = found.link.complaint_id
        values: dict[str, Any] = {"number": number, "missing": False, "solved": chosen, "score": 0, "words": ""}
        return _page("survey.html", found.care.language, **values)

    @router.post("/s/{token}", response_class=HTMLResponse, tags=["survey"])
    async def answer_by_form(
        token: str,
        request: Request,
        solved: Annotated[str, Form(max_length=10)] = "",
        score: Annotated[str, Form(max_length=10)] = "",
        words: Annotated[str, Form(max_length=2 * WORDS)] = "",
    ) -> HTMLResponse:
        """Take the one answer."""
        found = await surveys.behind(token)
        if found is None or found.why_not:
            return _gone(found, request)
        link, language = found.link, found.care.language
        stars = int(score) if score in ("1", "2", "3", "4", "5") else 0
        if solved not in ("yes", "no") or not stars:
            values = {"number": link.complaint_id, "missing": True, "solved": solved, "score": stars, "words": words}
            return _page("survey.html", language, 422, **values)
        answer = AnswerSurvey(round=link.round, score=stars, solved=solved == "yes", words=words[:WORDS])
        if not await surveys.answered(link, answer):
            return _gone(await surveys.behind(token), request)
        return _page("thanks.html", language, solved=solved)


def _add_survey_api(router: APIRouter, surveys: _Surveys) -> None:
    @router.post("/v1/surveys/{token}", status_code=204, tags=["survey"])
    async def answer_by_api(token: str, answer: SurveyAnswer) -> None:
        """The same as JSON, for apps and chats."""
        found = await surveys.behind(token)
        if (
            found is None
            or found.why_not
            or not await surveys.answered(found.link, AnswerSurvey(round=found.link.round, **answer.model_dump()))
        ):
            raise HTTPException(404, "there is no open survey under this link")


def _add_offers(router: APIRouter, cares: Cares, doors: Doors, secret: bytes) -> None:
    async def find(code: str) -> OfferView:
        handle = handle_in(code)
        for care in await cares.with_offer_handle(handle) if handle else []:
            for offer in care.offers:
                if is_code_of(secret, code, care.complaint_id, offer.round):
                    return OfferView(
                        complaint_id=care.complaint_id,
                        round=offer.round,
                        state=str(offer.state),
                        amount_minor=offer.amount.minor,
                        currency=offer.amount.currency,
                        expires_at=offer.expires_at,
                    )
        raise HTTPException(404, "there is no offer with this code; check it sign by sign")

    @router.post("/v1/offers/look", dependencies=[Depends(needs("desk"))], tags=["offers"])
    async def look(redemption: Redemption) -> OfferView:
        """What an offer is worth, and whether it can still be used."""
        return await find(redemption.code)

    @router.post("/v1/offers/redeem", tags=["offers"])
    async def redeem(
        redemption: Redemption, caller: Annotated[Caller, Depends(needs("desk"))], wish: Annotated[Asked, Depends(asked)]
    ) -> OfferView:
        """Take an offer in payment, once."""
        offer = await find(redemption.code)
        request = wish.request(caller, offer.complaint_id)
        await doors.do(RedeemOffer(round=offer.round), offer.complaint_id, by=caller.actor, request=request)
        return await find(redemption.code)


def _add_figures(router: APIRouter, cares: Cares) -> None:
    @router.get("/v1/satisfaction", dependencies=[Depends(needs("desk"))], tags=["figures"])
    async def satisfaction() -> dict[str, Any]:
        """How surveys and offers stand, and what is left of each budget (minor units)."""
        shown = ("budget_id", "currency", "month", "limit_minor", "committed_minor")
        budgets = [{name: getattr(budget, name) for name in shown} for budget in await cares.budgets()]
        return await cares.standing() | {"not_solved": await cares.unsolved(), "budgets": budgets}
