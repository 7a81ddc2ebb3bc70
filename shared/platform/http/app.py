"""One FastAPI app per service, the same outside for all four."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp

from shared.contracts.topics import INPUT_BYTES
from shared.platform import metrics
from shared.platform.http import problems
from shared.platform.http.guard import Guard
from shared.platform.http.health import Readiness, health_router
from shared.platform.http.key_file import SCOPES
from shared.platform.http.keys import ApiKeys, Caller, needs

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class _App(FastAPI):
    """A FastAPI whose guard stands outside of Starlette's own error handling, so that even a bug is answered in our form."""

    max_body_bytes = INPUT_BYTES

    def build_middleware_stack(self) -> ASGIApp:
        """Wrap the whole stack."""
        return Guard(super().build_middleware_stack(), self.state.keys, self.max_body_bytes)

    def openapi(self) -> dict[str, Any]:
        """The document, with the shape of refusals that every route refers to."""
        document = super().openapi()
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = problems.SCHEMA
        return document


def build_app(
    title: str,
    service: str,
    version: str,
    *,
    checks: Readiness,
    keys: ApiKeys,
    routers: Sequence[APIRouter] = (),
    lifespan: Lifespan | None = None,
    max_body_bytes: int = INPUT_BYTES,
    registry: CollectorRegistry = metrics.REGISTRY,
) -> FastAPI:
    """The app: its routers, and what all services have. Without a key: /healthz, /readyz, /metrics, /version.

    `lifespan` is run by `serving`; put what it makes into `app.state`.
    """
    app = _App(
        title=title,
        version=version,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=problems.RESPONSES,
    )
    app.state.keys = keys
    app.max_body_bytes = max_body_bytes
    problems.install(app)
    app.include_router(health_router(service, version, checks, registry))
    for router in routers:
        app.include_router(router)

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi(_: Annotated[Caller, Depends(needs(*SCOPES))]) -> dict[str, Any]:
        return app.openapi()

    return app
