"""The desk's REST API: list, show, take, note, escalate, resolve, reopen."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from pydantic import BaseModel

from services.escalation.domain.case import Attention, Case
from services.escalation.domain.commands import AddNote, CaseCommand, EscalateCase, ReopenCase, ResolveCase, TakeCase
from services.escalation.domain.policy_model import TierPolicy
from services.escalation.ports import Cases, Stored, Wanted
from shared.contracts.vocabulary import CaseState, Category, Channel, ClockKind, Language, Priority, Remedy, known
from shared.platform.document import Between
from shared.platform.http.commands import Asked, asked
from shared.platform.http.keys import Caller, needs
from shared.platform.processor.doors import Doors
from shared.platform.vault import Vault

# fmt: off
Sort = Literal["due_at", "-due_at", "opened_at", "-opened_at", "priority", "-priority", "severity", "-severity", "tier", "-tier",
               "closed_at", "-closed_at"]
# fmt: on

SHOWN = (
    *("complaint_id", "state", "tier", "owner", "priority", "round", "severity", "urgency", "category", "channel", "language"),
    *(
        "customer_id",
        "summary",
        "due_at",
        "received_at",
        "opened_at",
        "resolved_at",
        "closed_at",
        "remedy",
        "policy",
        "reopenings",
        "escalations",
    ),
)


class ClockView(BaseModel):
    """One promise of a case."""

    kind: ClockKind
    due_at: int
    state: str
    """running, warned, missed, kept or stopped."""
    misses: int
    """How often it ran out."""


class CaseView(BaseModel):
    """A case as the desk sees it; instants in UTC ms, words apart (`/words`)."""

    complaint_id: str
    version: int
    state: CaseState
    tier: str
    owner: str
    priority: Priority
    round: int
    severity: int
    urgency: int
    category: Category
    alerts: list[str]
    channel: Channel
    language: Language
    customer_id: str
    summary: str
    clocks: list[ClockView]
    due_at: int | None
    attention: list[Attention]
    received_at: int | None
    opened_at: int | None
    resolved_at: int | None
    closed_at: int | None
    remedy: Remedy | None
    notes: int
    reopenings: int
    escalations: int
    policy: str


class CasePage(BaseModel):
    """One page of cases."""

    cases: list[CaseView]
    total: int


class TierView(BaseModel):
    """One rung of the ladder."""

    name: str
    """As the filter `tier` takes it."""
    title: dict[Literal["ru", "en"], str]


class Ladder(BaseModel):
    """Who a case can climb to."""

    tiers: list[TierView]
    """Lowest first."""


class Words(BaseModel):
    """What people wrote about a case, opened by the vault; null where the customer was erased."""

    answer: str | None
    notes: list[dict[str, Any]]


def view_of(stored: Stored) -> CaseView:
    """A case without anything sealed."""
    case = stored.case
    clocks = [ClockView(kind=c.kind, due_at=c.due_at, state=str(c.level), misses=c.misses) for c in case.clocks]
    values = {name: getattr(case, name) for name in SHOWN}
    alerts = [str(alert) for alert in case.alerts]
    return CaseView(
        **values, version=stored.version, clocks=clocks, alerts=alerts, attention=list(case.flags), notes=len(case.notes)
    )


def escalation_router(cases: Cases, doors: Doors, vault: Vault, tiers: Sequence[TierPolicy]) -> APIRouter:
    """The routes under `/v1/cases`."""
    router = APIRouter(prefix="/v1/cases", tags=["cases"])
    _add_ladder(router, tiers)
    _add_list(router, cases)
    _add_reading(router, cases, vault)
    _add_steps(router, cases, doors)
    return router


def _add_ladder(router: APIRouter, tiers: Sequence[TierPolicy]) -> None:
    views = [TierView(name=tier.name, title={"ru": tier.title.ru, "en": tier.title.en}) for tier in tiers]

    @router.get("/tiers", dependencies=[Depends(needs("desk"))])
    async def ladder() -> Ladder:
        """The tiers of the policy in force, lowest first."""
        return Ladder(tiers=views)


def _add_list(router: APIRouter, cases: Cases) -> None:
    @router.get("", dependencies=[Depends(needs("desk"))])
    async def list_cases(
        state: Annotated[list[CaseState] | None, Query(), known(CaseState)] = None,
        tier: Annotated[list[str] | None, Query()] = None,
        priority: Annotated[list[Priority] | None, Query(), known(Priority)] = None,
        owner: Annotated[list[str] | None, Query()] = None,
        channel: Annotated[list[Channel] | None, Query(), known(Channel)] = None,
        language: Annotated[list[Language] | None, Query(), known(Language)] = None,
        category: Annotated[list[Category] | None, Query(), known(Category)] = None,
        customer_id: str | None = None,
        closed_before: Annotated[int | None, Query(description="Closed before this instant, UTC ms.")] = None,
        sort: Annotated[Sort, Query(description="`-` in front: the largest first.")] = "due_at",
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    ) -> CasePage:
        """Cases by state, tier, priority, owner, channel, language, category or customer; each filter may be repeated."""
        given: dict[str, Any] = {"state": state, "tier": tier, "priority": priority, "owner": owner, "channel": channel}
        given |= {"language": language, "category": category, "customer_id": [customer_id] if customer_id else None}
        where: dict[str, object] = {name: tuple(map(str, values)) for name, values in given.items() if values}
        if closed_before is not None:
            where["closed_at"] = Between(high=closed_before)
        page, total = await cases.page(Wanted(where, sort, limit, skip))
        return CasePage(cases=[view_of(stored) for stored in page], total=total)


def _add_reading(router: APIRouter, cases: Cases, vault: Vault) -> None:
    @router.get("/standing", dependencies=[Depends(needs("desk"))])
    async def standing() -> dict[str, dict[str, int]]:
        """How many cases there are by state, tier, priority and how the promise to acknowledge stands."""
        return await cases.standing()

    @router.get("/{complaint_id}", dependencies=[Depends(needs("desk"))])
    async def show_case(complaint_id: str, response: Response) -> CaseView:
        """One case; `ETag` is its version."""
        stored = await _found(cases, complaint_id)
        response.headers["ETag"] = f'"{stored.version}"'
        return view_of(stored)

    @router.get("/{complaint_id}/words")
    async def read_words(complaint_id: str, caller: Annotated[Caller, Depends(needs("desk"))]) -> Words:
        """Notes and answer, opened by the vault; every opening is audited."""
        case = (await _found(cases, complaint_id)).case
        return await _words(case, vault, caller.actor)


def _add_steps(router: APIRouter, cases: Cases, doors: Doors) -> None:
    async def step(complaint_id: str, command: CaseCommand, caller: Any, wish: Asked, response: Response) -> CaseView:
        await _found(cases, complaint_id)
        request = wish.request(caller, complaint_id)
        await doors.do(command, complaint_id, by=caller.actor, request=request, expect=wish.version)
        stored = await _found(cases, complaint_id)
        response.headers["ETag"] = f'"{stored.version}"'
        return view_of(stored)

    caller_of = Annotated[Caller, Depends(needs("desk"))]
    wish_of = Annotated[Asked, Depends(asked)]

    @router.post("/{complaint_id}/take")
    async def take(complaint_id: str, caller: caller_of, wish: wish_of, response: Response) -> CaseView:
        """Become the one owner of a case."""
        return await step(complaint_id, TakeCase(), caller, wish, response)

    @router.post("/{complaint_id}/notes")
    async def note(complaint_id: str, command: AddNote, caller: caller_of, wish: wish_of, response: Response) -> CaseView:
        """Keep a note for colleagues."""
        return await step(complaint_id, command, caller, wish, response)

    @router.post("/{complaint_id}/escalate")
    async def escalate(
        complaint_id: str, command: EscalateCase, caller: caller_of, wish: wish_of, response: Response
    ) -> CaseView:
        """Hand a case to the next tier, with the reason."""
        return await step(complaint_id, command, caller, wish, response)

    @router.post("/{complaint_id}/resolve")
    async def resolve(complaint_id: str, command: ResolveCase, caller: caller_of, wish: wish_of, response: Response) -> CaseView:
        """Answer the customer with a remedy."""
        return await step(complaint_id, command, caller, wish, response)

    @router.post("/{complaint_id}/reopen")
    async def reopen(complaint_id: str, command: ReopenCase, caller: caller_of, wish: wish_of, response: Response) -> CaseView:
        """Take an answer back and start a new round."""
        return await step(complaint_id, command, caller, wish, response)


async def _found(cases: Cases, complaint_id: str) -> Stored:
    stored = await cases.one(complaint_id)
    if stored is None or not stored.case.registered:
        raise HTTPException(404, "there is no case with this id; find ids with GET /v1/cases")
    return stored


async def _words(case: Case, vault: Vault, actor: str) -> Words:
    sealed = [case.answer, *(note.text for note in case.notes)]
    tokens = [text.token for text in sealed if text and text.token]
    opened = dict(zip(tokens, await vault.open(tokens, actor, f"desk reads {case.complaint_id}"), strict=True)) if tokens else {}

    def plain(text: Any) -> str | None:
        return opened.get(text.token) if text and text.token else None

    notes = [{"kind": str(n.kind), "by": n.by, "at": n.at, "text": plain(n.text)} for n in case.notes]
    return Words(answer=plain(case.answer), notes=notes)
