"""How a door hands in a command: who asks, which request it is, and which version was looked at."""

import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, HTTPException

from shared.contracts.identity import digest
from shared.platform.http.keys import Caller
from shared.platform.processor.decide import ONCE


@dataclass(frozen=True, slots=True)
class Asked:
    """The two headers that make a command safe to repeat."""

    key: str | None
    version: int | None

    def request(self, caller: Caller, aggregate: str) -> str:
        """The request's id: the caller's key if one was given, scoped to the caller; else an id of its own."""
        if self.key:
            return f"http/{digest(caller.name, aggregate, self.key)}"
        return f"{ONCE}{uuid.uuid4().hex}"


async def asked(  # a plain function would go to a thread, for nothing
    idempotency_key: Annotated[
        str | None, Header(max_length=200, description="Repeat a request safely: same key, same outcome.")
    ] = None,
    if_match: Annotated[str | None, Header(max_length=40, description="Version that you looked at, as `ETag` gave it.")] = None,
) -> Asked:
    """Read `Idempotency-Key` and `If-Match`; FastAPI calls it."""
    if if_match is None or if_match == "*":
        return Asked(idempotency_key, None)
    version = if_match.removeprefix("W/").strip('"')
    if not version.isdigit():
        raise HTTPException(422, 'If-Match: send the version that ETag gave, e.g. "3"')
    return Asked(idempotency_key, int(version))
