"""How a door says no: problem+json (RFC 9457) with the field, what is wrong and what helps; never the input itself."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.contracts.errors import Problem, TryAgain, Unprocessable
from shared.platform.decision import Declined
from shared.platform.faults import problems_of
from shared.platform.logging import get_logger
from shared.platform.store import StoreDown

log = get_logger(__name__)
RETRY_SECONDS = 2

_HINTS = {
    404: "check the address",
    405: "see the header Allow",
    413: "send a smaller body",
    401: "send Authorization: Bearer KEY",
}


SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "Why a request was not done (RFC 9457).",
    "required": ["type", "title", "status", "reason"],
    "properties": {
        "type": {"type": "string", "description": "Always `about:blank`: see `reason`."},
        "title": {"type": "string", "description": "The phrase of the status."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "reason": {"type": "string", "description": "What went wrong, for machines."},
        "detail": {"type": "string", "description": "What went wrong, for people."},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message", "remedy"],
                "properties": {
                    "field": {"type": "string", "description": "Path of the field; empty for the whole body."},
                    "message": {"type": "string", "description": "What is wrong with it."},
                    "remedy": {"type": "string", "description": "What the sender can change."},
                },
            },
        },
    },
}
"""The shape of every refusal, for OpenAPI."""
RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Not done, and why.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def problem(
    status: int,
    reason: str,
    detail: str = "",
    problems: list[Problem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """One problem document; `reason` is for machines, `detail` and `problems` are for people."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "reason": reason}
    if detail:
        body["detail"] = detail
    if problems:
        body["problems"] = [{"field": p.field, "message": p.message, "remedy": p.remedy} for p in problems]
    return JSONResponse(body, status, headers, media_type="application/problem+json")


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    broken = any(e["type"] == "json_invalid" for e in error.errors())
    return problem(
        422, "broken_json" if broken else "invalid", "the request does not fit its schema", problems_of(error.errors(), ("body",))
    )


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    phrase = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != phrase else _HINTS.get(error.status_code, "")
    return problem(error.status_code, phrase.lower().replace(" ", "_").replace("'", ""), str(detail), headers=error.headers)


async def _unprocessable(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Unprocessable)  # noqa: S101 - registered for it
    return problem(422, error.reason, "the request was understood as far as this, and is wrong", error.problems)


async def _declined(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Declined)  # noqa: S101 - registered for it
    return problem(409, error.answer.reason, error.answer.message)


async def _later(_: Request, error: Exception) -> JSONResponse:
    log.warning("a door cannot answer now", error=type(error).__name__)
    return problem(
        503, "try_again", "it is not known to be done; send the same request again", headers={"Retry-After": str(RETRY_SECONDS)}
    )


async def _bug(_: Request, __: Exception) -> JSONResponse:
    return problem(500, "internal", "this is our fault; it is logged under the request id")


def install(app: FastAPI) -> None:
    """Give the app one answer for each way to fail."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Unprocessable, _unprocessable)
    app.add_exception_handler(Declined, _declined)
    app.add_exception_handler(StoreDown, _later)
    app.add_exception_handler(TryAgain, _later)
    app.add_exception_handler(Exception, _bug)  # raised on afterwards: the guard logs it
