"""Intake's routes for operators: the count, rejected submissions, erasure, and the whole text behind the vault's door."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, model_validator

from services.intake.arrivals import arrivals_of, as_json
from services.intake.domain.commands import AdmitRejected, EraseCustomer
from services.intake.http import Surface
from shared.platform.decision import NOTHING
from shared.platform.http.commands import Asked, asked
from shared.platform.http.keys import Caller, needs
from shared.platform.parked import Parked
from shared.platform.remains import remains
from shared.platform.runtime import Runtime
from shared.platform.vault import Vault


class Erase(BaseModel):
    """Whom to forget: a customer, or the customer of a complaint."""

    customer_id: str | None = None
    complaint_id: str | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> "Erase":
        """Exactly one is named."""
        if bool(self.customer_id) == bool(self.complaint_id):
            raise ValueError("name customer_id or complaint_id")
        return self


def operators_router(surface: Surface, runtime: Runtime, vault: Vault) -> APIRouter:
    """The routes under `/internal/v1` that only intake has."""
    router = APIRouter(prefix="/internal/v1", tags=["internal"])
    _add_looks(router, surface, runtime)
    _add_rejected(router, surface)
    _add_personal(router, surface, runtime, vault)
    return router


def _add_looks(router: APIRouter, surface: Surface, runtime: Runtime) -> None:
    @router.get("/arrivals", dependencies=[Depends(needs("admin"))])
    async def arrivals() -> dict[str, int | None]:
        """What knocked and how it was settled; `unaccounted` must be 0."""
        return as_json(await arrivals_of(runtime))

    @router.get("/resolve", dependencies=[Depends(needs("admin"))])
    async def resolve(source: str, source_id: str) -> dict[str, str]:
        """The complaint that a sender's message became."""
        complaint_id = await surface.complaints.named(source, source_id)
        if complaint_id is None or await surface.complaints.one(complaint_id) is None:
            raise HTTPException(404, "no message with this source and source_id was taken")
        return {"complaint_id": complaint_id}


def _add_rejected(router: APIRouter, surface: Surface) -> None:
    @router.get("/rejected", dependencies=[Depends(needs("admin"))])
    async def rejected(
        limit: Annotated[int, Query(ge=1, le=1000)] = 100, skip: Annotated[int, Query(ge=0)] = 0
    ) -> dict[str, Any]:
        """What was understood and not taken, newest first."""
        shown = ("complaint_id", "reason", "channel", "language", "masked_text")
        rows = await surface.complaints.rejected(limit, skip)
        return {"rejected": [{n: getattr(c, n) for n in shown} | {"rejected_at": c.registered_at} for c in rows]}

    @router.post("/rejected/{complaint_id}/admit")
    async def admit(
        complaint_id: str, caller: Annotated[Caller, Depends(needs("admin"))], wish: Annotated[Asked, Depends(asked)]
    ) -> dict[str, str]:
        """Take a rejected submission as a complaint after all."""
        if await surface.complaints.one(complaint_id) is None:
            raise HTTPException(404, "there is no submission with this id; see `redress rejected list`")
        request = wish.request(caller, complaint_id)
        await surface.doors.do(AdmitRejected(), complaint_id, by=caller.actor, request=request)
        return {"complaint_id": complaint_id, "state": "registered"}


def _add_personal(router: APIRouter, surface: Surface, runtime: Runtime, vault: Vault) -> None:
    @router.get("/complaints/{complaint_id}/text")
    async def text(complaint_id: str, caller: Annotated[Caller, Depends(needs("vault"))]) -> dict[str, str | None]:
        """The whole text as the customer wrote it; every opening is audited; null once the customer was erased."""
        complaint = await surface.complaints.one(complaint_id)
        if complaint is None:
            raise HTTPException(404, "there is no complaint with this id")
        token = complaint.text.token if complaint.text else None
        opened = await vault.open([token], caller.actor, f"text of {complaint_id}") if token else [None]
        return {"complaint_id": complaint_id, "text": opened[0]}

    @router.get("/erasures/{customer_id}", dependencies=[Depends(needs("admin"))])
    async def erasure(customer_id: str) -> dict[str, str | int | None]:
        """When a customer was erased, UTC ms; null for everybody else."""
        return {"customer_id": customer_id, "erased_at": await surface.complaints.erased_at(customer_id)}

    parked_days = runtime.retention.days_of(Parked)

    @router.post("/erasures")
    async def erase(
        asked_for: Erase, caller: Annotated[Caller, Depends(needs("admin"))], wish: Annotated[Asked, Depends(asked)]
    ) -> dict[str, Any]:
        """Forget a customer for ever; answers what remains where, and until when, and whether it had been done `already`."""
        customer = asked_for.customer_id
        if asked_for.complaint_id:
            complaint = await surface.complaints.one(asked_for.complaint_id)
            customer = complaint.customer_id if complaint else None
        if not customer or not await surface.complaints.knows_customer(customer):
            raise HTTPException(404, "nothing is known under this id; `redress story` shows the customer of a complaint")
        request = wish.request(caller, customer)
        outcome = await surface.doors.do(EraseCustomer(customer_id=customer), customer, by=caller.actor, request=request)
        at = outcome.state.erased_at
        told = {"customer_id": customer, "erased_at": at, "already": outcome.answer == NOTHING}
        return told | {"remains": [asdict(row) for row in remains(at, parked_days=parked_days)]}
