"""Intake's doors: complaints come in, customers look up how theirs stands."""

import uuid
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel

from services.intake.domain.complaint import Complaint
from services.intake.domain.email import submission_of_email
from services.intake.domain.policy_model import IntakePolicy
from services.intake.domain.status import Status, received_in_words, status_of
from services.intake.ports import Complaints, Knock
from services.intake.upstream import read_submission
from shared.contracts import cloudevents
from shared.contracts.events import Submission
from shared.contracts.identity import digest
from shared.contracts.json_schema import inlined, submitted_schema
from shared.contracts.links import read_tracking_token, tracking_token
from shared.contracts.vocabulary import Language
from shared.platform.http.commands import Asked, asked
from shared.platform.http.keys import Caller, needs
from shared.platform.http.pages import page, preferred_language, wants_page
from shared.platform.processor.decide import ONCE
from shared.platform.processor.doors import Doors
from shared.platform.store import StoreDown


class Taken(BaseModel):
    """The answer to a complaint: it is durable."""

    complaint_id: str
    state: str
    """registered or rejected."""
    reason: str | None = None
    """Why it was rejected."""
    double: bool = False
    """True when this message had been taken before."""
    tracking_url: str


@dataclass(frozen=True, slots=True)
class Surface:
    """What the doors need."""

    complaints: Complaints
    doors: Doors
    policy: IntakePolicy
    links: bytes
    """Secret of the tracking links."""
    public_url: Any
    """Tells what links start with, once the port is known."""


def intake_router(surface: Surface) -> APIRouter:
    """The routes under `/v1/complaints`."""
    router = APIRouter(prefix="/v1/complaints", tags=["complaints"])
    _add_taking(router, surface)

    @router.get("/{token}", response_model=Status)
    async def look_up(token: str, request: Request) -> Status | Response:
        """How a complaint stands, for whoever has its tracking link: no names, no words. Browsers get a page."""
        complaint_id = read_tracking_token(surface.links, token)
        complaint = await surface.complaints.one(complaint_id) if complaint_id else None
        if complaint is None and wants_page(request):
            return _unknown_page(preferred_language(request))
        if complaint is None:
            raise HTTPException(404, "there is no complaint under this link; check that it was copied whole")
        status = status_of(complaint)
        return _status_page(status, surface.policy) if wants_page(request) else status

    return router


def _status_page(status: Status, policy: IntakePolicy) -> Response:
    ru = status.language is Language.RU
    values: dict[str, Any] = {
        "title": status.title.ru if ru else status.title.en,
        "explanation": status.explanation.ru if ru else status.explanation.en,
        "number": status.complaint_id,
        "received": received_in_words(status.received_at, status.language, policy),
    }
    return page("services.intake", "status.html", status.language, **values)


def _unknown_page(language: Language) -> Response:
    ru = language is Language.RU
    values: dict[str, Any] = {
        "title": "Такого обращения нет" if ru else "There is no such complaint",
        "explanation": "Проверьте, скопирован ли адрес целиком." if ru else "Please check that the address was copied whole.",
        "number": "",
        "received": "",
    }
    return page("services.intake", "status.html", language, 404, **values)


def _add_taking(router: APIRouter, surface: Surface) -> None:
    wrong: dict[int | str, dict[str, Any]] = {422: {"description": "Wrong; `problems` names each field and the remedy."}}

    @router.post("", status_code=202, responses=wrong, openapi_extra=_body("application/json", inlined(submitted_schema())))
    async def take_complaint(
        request: Request, caller: Annotated[Caller, Depends(needs("submit"))], wish: Annotated[Asked, Depends(asked)]
    ) -> Taken:
        """Take a complaint, as plain JSON or as a CloudEvent; 202 once it is durable, whether Kafka is there or not."""
        body = await request.body()
        said, value = cloudevents.read(_headers_of(request), body)
        submission = read_submission(value, said, key_name=caller.name)
        return await _take(surface, submission, caller, _request_of(wish, caller, body))

    @router.post("/eml", status_code=202, responses=wrong, openapi_extra=_body("message/rfc822", {"type": "string"}))
    async def take_mail(
        request: Request, caller: Annotated[Caller, Depends(needs("submit"))], wish: Annotated[Asked, Depends(asked)]
    ) -> Taken:
        """Take an e-mail as it lies in a mailbox or a file."""
        body = await request.body()
        submission = read_submission(submission_of_email(body), key_name=caller.name)
        return await _take(surface, submission, caller, _request_of(wish, caller, body))


def _body(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The body as OpenAPI shows it: it is read from the raw bytes, strictly."""
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


def _headers_of(request: Request) -> list[tuple[str, bytes]]:
    """The headers as a record carries them: over HTTP, attributes begin with `ce-` and are percent-encoded."""
    raw = [(name.decode("latin-1"), value) for name, value in request.headers.raw]
    return [(f"ce_{name[3:]}", unquote_to_bytes(value)) if name.startswith("ce-") else (name, value) for name, value in raw]


def _request_of(wish: Asked, caller: Caller, body: bytes) -> str:
    """The request's id: a repeated key with another body is another request, and refused by its source id."""
    if wish.key is None:
        return f"{ONCE}{uuid.uuid4().hex}"
    return f"http/{digest(caller.name, wish.key, digest(body.hex()))}"


async def _take(surface: Surface, submission: Submission, caller: Caller, request: str) -> Taken:
    outcome = await surface.doors.do(submission, "", by=caller.actor, request=request, as_type=Submission, facts=Knock("http"))
    complaint = outcome.state
    if not isinstance(complaint, Complaint):
        raise StoreDown("the complaint was taken and cannot be read back")
    token = tracking_token(surface.links, complaint.complaint_id)
    return Taken(
        complaint_id=complaint.complaint_id,
        state=str(complaint.state),
        reason=str(complaint.reason) if complaint.reason else None,
        double=outcome.kind == "double",
        tracking_url=f"{surface.public_url()}/v1/complaints/{token}",
    )
