"""The routes that every service has for operators: what is in hand, what happened, what is parked, what is unknown."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel, Field

from shared.platform.clock import SimulatedClock
from shared.platform.counting import counts_of
from shared.platform.document import Document, Sought
from shared.platform.effect_record import EffectRecord
from shared.platform.erasure import erased_at
from shared.platform.history import HistoryEntry
from shared.platform.http.keys import Caller, needs
from shared.platform.http.losses import add_losses
from shared.platform.kept_policy import KeptPolicy
from shared.platform.parked import Parked
from shared.platform.replay import Replayer
from shared.platform.runtime import Runtime
from shared.platform.unknown_effects import resolve_unknown

STORY_ENTRIES = 1_000
UNREADABLE = {"cipher", "note"}
"""Fields of a parked record that are encrypted."""


class ResolveEffect(BaseModel):
    """A person's word on an unknown or failed effect."""

    key: str
    decision: str


class Dismissal(BaseModel):
    """Why nothing will come of a parked record."""

    reason: str = Field(min_length=1, max_length=1_000)


class MoveClock(BaseModel):
    """Where a simulated clock is moved to."""

    now: int


def internal_router(runtime: Runtime) -> APIRouter:
    """All of them, for one service."""
    router = APIRouter(prefix="/internal/v1", tags=["internal"])
    _add_looks(router, runtime)
    _add_parked(router, runtime)
    _add_replay(router, runtime)
    _add_effects(router, runtime)
    add_losses(router, runtime.store)
    _add_clock(router, runtime)
    return router


def story_of(document: Document) -> dict[str, Any]:
    """One aggregate as the story tells it: everything but sealed tokens and bookkeeping."""
    return {
        "collection": document.collection,
        "id": document.id,
        "arrival": document.arrival,
        "state": without_tokens(document.state.model_dump(mode="json")),
    }


def without_tokens(value: Any) -> Any:
    """A JSON value with sealed tokens left out: they are long and say nothing."""
    if isinstance(value, dict):
        return {k: without_tokens(v) for k, v in value.items()}
    if isinstance(value, list):
        return [without_tokens(v) for v in value]
    return "(sealed)" if isinstance(value, str) and value.startswith("v1.") and value.count(".") >= 2 else value


def _add_looks(router: APIRouter, runtime: Runtime) -> None:
    store = runtime.store

    @router.get("/counts", dependencies=[Depends(needs("admin"))])
    async def counts() -> dict[str, Any]:
        """What is still under way in this service, from its store and the broker."""
        return await counts_of(runtime)

    @router.get("/story/{aggregate}", dependencies=[Depends(needs("admin"))])
    async def story(aggregate: str) -> dict[str, Any]:
        """What this service knows of one complaint: its documents and their history."""
        documents: list[Document] = []
        for keeps in runtime.parts.service.keeps:
            documents += (await store.load_many(keeps, [aggregate])).values()
        entries = await store.find(HistoryEntry, Sought({"agg": aggregate}, limit=STORY_ENTRIES))
        effects = await store.find(EffectRecord, Sought({"agg": aggregate}, sort="at", limit=STORY_ENTRIES))
        return {
            "service": runtime.name,
            "erased_at": await erased_at(store, [str(getattr(d.state, "customer_id", "")) for d in documents]),
            "documents": [story_of(d) for d in documents],
            "history": [d.state.model_dump(mode="json") for d in entries],
            "effects": [{"key": d.id} | d.state.model_dump(mode="json", include=EFFECT_FIELDS) for d in effects],
        }

    @router.get("/policies/{policy_hash}", dependencies=[Depends(needs("admin"))])
    async def policy(policy_hash: str) -> dict[str, Any]:
        """The policy that decisions with this hash were made under."""
        found = await store.load_many(KeptPolicy, [policy_hash])
        if policy_hash not in found:
            raise HTTPException(404, "no policy with this hash was ever used here")
        return {"hash": policy_hash} | found[policy_hash].state.model_dump(mode="json")


def _add_parked(router: APIRouter, runtime: Runtime) -> None:
    store = runtime.store

    @router.get("/parked", dependencies=[Depends(needs("admin"))])
    async def parked(
        state: Annotated[str, Query(description="parked, replayed, dismissed, expired or all.")] = "parked",
        reason: str | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        skip: Annotated[int, Query(ge=0)] = 0,
    ) -> dict[str, Any]:
        """Parked records, newest first, without their content."""
        where = ({} if state == "all" else {"state": state}) | ({"reason": reason} if reason else {})
        rows = await store.find(Parked, Sought(where, sort="-at", limit=limit, skip=skip))
        return {"parked": [{"arrival": d.id} | d.state.model_dump(mode="json", exclude=UNREADABLE) for d in rows]}

    @router.get("/parked/content", dependencies=[Depends(needs("vault"))])
    async def content(arrival: str) -> dict[str, Any]:
        """One parked record with its content, decrypted; needs the `vault` scope."""
        found = await store.load_many(Parked, [arrival])
        state = found[arrival].state if arrival in found else None
        if not isinstance(state, Parked):
            raise HTTPException(404, "no such parked record")
        if not state.cipher:
            raise HTTPException(410, "its content was deleted when its retention was over")
        record = runtime.parts.cipher.unpack(state.cipher)
        headers = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}
        body = (record.value or b"").decode("utf-8", "replace")
        note = (runtime.parts.cipher.unpack(state.note).value or b"").decode() if state.note else ""
        told = {"headers": headers, "body": body, "note": note}
        return {"arrival": arrival} | state.model_dump(mode="json", exclude=UNREADABLE) | told


def _add_replay(router: APIRouter, runtime: Runtime) -> None:
    replayer = Replayer(runtime.processor, runtime.decoder, runtime.parts.cipher, runtime.forget)

    @router.post("/parked/replay")
    async def replay(request: Request, arrival: str, caller: Annotated[Caller, Depends(needs("admin"))]) -> dict[str, Any]:
        """Decide a parked record again; a body, if there is one, replaces the record's, or is refused if it is wrong itself."""
        mended = await request.body() or None
        try:
            done = await replayer.replay(arrival, caller.actor, mended)
        except KeyError:
            raise HTTPException(404, "no such parked record") from None
        except ValueError as error:
            raise HTTPException(409, str(error)) from None
        return {
            "arrival": arrival,
            "outcome": done.outcome,
            "reason": done.reason,
            "problems": [p.model_dump() for p in done.problems],
        }

    @router.post("/parked/dismiss")
    async def dismiss(why: Dismissal, arrival: str, caller: Annotated[Caller, Depends(needs("admin"))]) -> dict[str, Any]:
        """Give a parked record up: it is kept and still counts as parked, but waits for nobody any more."""
        try:
            at = await replayer.dismiss(arrival, caller.actor, why.reason)
        except KeyError:
            raise HTTPException(404, "no such parked record") from None
        except ValueError as error:
            raise HTTPException(409, str(error)) from None
        return {"arrival": arrival, "state": "dismissed", "by": caller.actor, "at": at}


EFFECT_FIELDS = {"kind", "keeps", "agg", "state", "at", "attempts", "told", "reason"}


def _add_effects(router: APIRouter, runtime: Runtime) -> None:
    store = runtime.store

    @router.get("/effects", dependencies=[Depends(needs("admin"))])
    async def effects(
        state: str | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 100, skip: Annotated[int, Query(ge=0)] = 0
    ) -> dict[str, Any]:
        """Effects on the outside world, latest change first."""
        where = {"state": state} if state else {}
        rows = await store.find(EffectRecord, Sought(where, sort="-at", limit=limit, skip=skip))
        return {"effects": [{"key": d.id} | d.state.model_dump(mode="json", include=EFFECT_FIELDS) for d in rows]}

    @router.post("/effects/resolve")
    async def resolve(word: ResolveEffect, caller: Annotated[Caller, Depends(needs("admin"))]) -> dict[str, Any]:
        """A person says what became of an effect: `mark-sent` or `retry`."""
        if word.decision not in ("mark-sent", "retry"):
            raise HTTPException(422, "decision is `mark-sent` or `retry`")
        try:
            before = await resolve_unknown(store, word.key, word.decision, caller.actor)
        except KeyError:
            raise HTTPException(404, "no such effect") from None
        except ValueError as error:
            raise HTTPException(409, str(error)) from None
        runtime.announcer.wake_effects.set()
        return {"key": word.key, "was": before.state, "decision": word.decision}


def _add_clock(router: APIRouter, runtime: Runtime) -> None:
    clock = runtime.processor.clock

    @router.get("/clock", dependencies=[Depends(needs("admin"))])
    async def read() -> dict[str, Any]:
        """Business time here."""
        return {"now": clock.now(), "simulated": clock.simulated}

    @router.post("/clock", dependencies=[Depends(needs("admin"))])
    async def move(to: MoveClock) -> dict[str, Any]:
        """Move a simulated clock forward; refused where time is real."""
        if not isinstance(clock, SimulatedClock):
            raise HTTPException(409, "this installation runs on real time: set REDRESS_CLOCK=simulated for a simulation")
        clock.move_to(to.now)
        runtime.timers.wake.set()
        return {"now": clock.now(), "simulated": True}
