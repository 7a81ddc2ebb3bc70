"""What those who watch may ask without a key, on the internal network: alive, ready, metrics, version."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from shared.platform.patience import within

ANSWER_SECONDS = 5.0


class Readiness(Protocol):
    """Looks at the real loops."""

    async def live(self) -> list[str]:
        """Why this process should be restarted; empty when it need not be."""

    async def ready(self) -> list[str]:
        """Why this replica cannot do its work right now; empty when it can."""


async def _ask(check: Callable[[], Awaitable[list[str]]], well: str, ill: str) -> JSONResponse:
    try:
        reasons = await within(ANSWER_SECONDS, check())
    except TimeoutError:
        reasons = ["the check itself did not answer"]
    except Exception as error:  # a check that fails is an answer: no
        reasons = [f"the check itself failed: {type(error).__name__}"]
    return JSONResponse({"status": ill, "reasons": reasons} if reasons else {"status": well}, 503 if reasons else 200)


def health_router(service: str, version: str, checks: Readiness, registry: CollectorRegistry) -> APIRouter:
    """The four doors without a key."""
    router = APIRouter(tags=["watching"])

    @router.get("/healthz", summary="200 while this process need not be restarted")
    async def healthz() -> JSONResponse:
        return await _ask(checks.live, "alive", "failing")

    @router.get("/readyz", summary="200 while this replica can do its work")
    async def readyz() -> JSONResponse:
        return await _ask(checks.ready, "ready", "not ready")

    @router.get("/metrics", summary="Prometheus metrics", response_class=Response)
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @router.get("/version", summary="Name and version of this service")
    async def version_() -> dict[str, str]:
        return {"service": service, "version": version}

    return router
