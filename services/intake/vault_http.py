"""The vault's door for the other services; internal network and scope `vault` only."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from services.intake.rewrapping import Rewrapping
from services.intake.vault import LocalVault
from shared.contracts.fields import Actor, CustomerId
from shared.contracts.sealed import Sealed

MOST = 500


class Asked(BaseModel):
    """A request to the vault: unknown fields are ignored, types are not guessed."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class PlainText(Asked):
    """One text to be sealed under its customer's key."""

    customer_id: Annotated[CustomerId, Field(pattern=r"^[^.]+$")]
    plain: str


class ToSeal(Asked):
    """Texts to be sealed."""

    texts: Annotated[list[PlainText], Field(max_length=MOST)]


class Tokens(BaseModel):
    """The tokens of the texts, in order."""

    tokens: list[str]


class ToOpen(Asked):
    """Tokens to be opened, and the reason, which is written down."""

    tokens: Annotated[list[str], Field(max_length=MOST)]
    why: Annotated[
        str, Field(min_length=1, max_length=200, description="What for: a phrase of the program, no customer's words.")
    ]
    by: Actor = ""


class Texts(BaseModel):
    """The texts of the tokens, in order; null where the customer was erased or the token is not ours."""

    texts: list[str | None]


class RewrappedKeys(BaseModel):
    """What became of one page of customers' keys."""

    master: str
    """Id of the newest master key."""
    rewrapped: int
    unreadable: int
    """Damaged keys of this page; ask for the next page with as many more in `skip`."""
    remaining: int
    """Keys that still need an older master key; at 0 the older ones can go."""


def rewrapping_router(rewrapping: Rewrapping, needs: Callable[[str], Any]) -> APIRouter:
    """The route by which an operator makes an old master key needless; `needs` as in `vault_router`."""
    router = APIRouter(prefix="/internal/v1/vault", tags=["vault"])

    @router.post("/rewrap", dependencies=[Depends(needs("admin"))])
    async def rewrap(
        skip: Annotated[int, Query(ge=0, description="How many damaged keys were met so far.")] = 0,
    ) -> RewrappedKeys:
        """Wrap the next page of customers' keys by the newest master key; again and again until none remains."""
        done = await rewrapping.page(skip)
        return RewrappedKeys(**asdict(done))

    return router


def vault_router(vault: LocalVault, needs: Callable[[str], Any]) -> APIRouter:
    """The two routes; `needs(scope)` is the dependency that names the caller or answers 401 or 403."""
    router = APIRouter(prefix="/internal/v1/vault", tags=["vault"])

    @router.post("/seal")
    async def seal(asked: ToSeal, caller: Annotated[Any, Depends(needs("vault"))]) -> Tokens:
        """Seal texts under their customers' keys."""
        texts = [Sealed(text.customer_id, plain=text.plain) for text in asked.texts]
        await vault.seal(texts)
        return Tokens(tokens=[text.token or "" for text in texts])

    @router.post("/open")
    async def open_(asked: ToOpen, caller: Annotated[Any, Depends(needs("vault"))]) -> Texts:
        """Open tokens; who asked, on whose behalf and why is written down first."""
        texts = await vault.open(asked.tokens, asked.by or caller.actor, asked.why, via=caller.actor)
        return Texts(texts=texts)

    return router
