"""The routes by which operators see which records were lost, and answer for them."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from shared.platform.http.keys import Caller, needs
from shared.platform.losses import Because, losses_of, write_off
from shared.platform.store import Store


class WriteOff(BaseModel):
    """A person answers for the records that were lost in one partition."""

    loss: str = Field(description="Its id, as the list shows it.")
    records: int = Field(ge=1, description="How many are open: that nobody answers for more than they have seen.")
    because: Because


def add_losses(router: APIRouter, store: Store) -> None:
    """Add both routes."""

    @router.get("/losses", dependencies=[Depends(needs("admin"))])
    async def losses() -> dict[str, Any]:
        """Records that a log lost before this service read them, by partition."""
        return {"losses": [asdict(loss) for loss in await losses_of(store)]}

    @router.post("/losses/write-off")
    async def written_off(word: WriteOff, caller: Annotated[Caller, Depends(needs("admin"))]) -> dict[str, Any]:
        """Answer for them: they stay known, and the count goes without them."""
        try:
            return asdict(await write_off(store, word.loss, word.records, word.because, caller.actor))
        except KeyError:
            raise HTTPException(404, "no such loss") from None
        except ValueError as error:
            raise HTTPException(409, str(error)) from None
