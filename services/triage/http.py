"""Triage's doors: why a complaint was judged as it was, and how a text would be judged now."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from services.triage.domain.judgement import Judgement
from services.triage.domain.policy_model import TriagePolicy
from services.triage.domain.preview import preview
from services.triage.ports import Assessments
from shared.contracts.vocabulary import Channel, Language
from shared.platform.http.keys import needs


class PreviewAsked(BaseModel):
    """A text that nobody has sent yet."""

    text: str = Field(min_length=1, max_length=100_000)
    subject: str = Field("", max_length=300)
    channel: Channel = Channel.OTHER
    rating: int | None = Field(None, ge=1, le=5)
    is_public: bool = False
    author_reach: int | None = Field(None, ge=0)


class Judged(BaseModel):
    """A judgement with the policy it was made under."""

    judgement: Judgement
    policy: str


class Explained(Judged):
    """The judgement of a complaint, with all that explains it."""

    complaint_id: str
    language: Language
    triaged_at: int
    rules: str


def triage_router(assessments: Assessments, policy: TriagePolicy, policy_hash: str) -> APIRouter:
    """The routes under `/v1/assessments` and `/v1/preview`."""
    router = APIRouter(prefix="/v1", tags=["triage"])

    @router.get("/assessments/standing", dependencies=[Depends(needs("desk"))])
    async def standing() -> dict[str, dict[str, int]]:
        """How many complaints there are by priority, category and language."""
        return await assessments.standing()

    @router.get("/assessments/{complaint_id}", dependencies=[Depends(needs("desk"))])
    async def explain(complaint_id: str) -> Explained:
        """Why a complaint has its scores: every factor with its points and the policy's terms that counted."""
        found = await assessments.one(complaint_id)
        if found is None:
            raise HTTPException(404, "this complaint was not triaged (yet)")
        return Explained(
            complaint_id=found.complaint_id,
            language=found.language,
            triaged_at=found.triaged_at,
            rules=found.rules,
            judgement=found.judgement,
            policy=found.policy,
        )

    @router.post("/preview")
    async def try_out(asked: PreviewAsked, caller: Annotated[Any, Depends(needs("desk"))]) -> Judged:
        """How a text would be judged under the policy in force; nothing is kept."""
        judgement = preview(
            asked.text,
            policy,
            channel=asked.channel,
            subject=asked.subject,
            rating=asked.rating,
            is_public=asked.is_public,
            author_reach=asked.author_reach,
        )
        return Judged(judgement=judgement, policy=policy_hash)

    return router
