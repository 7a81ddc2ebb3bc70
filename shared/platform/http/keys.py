"""Who asks: API keys with a name, an actor and scopes."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers

from shared.platform.http.key_file import BrokenKeyFile, KeyEntry, hashed, read_keys
from shared.platform.logging import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of a valid key."""

    name: str
    actor: str
    """History's *who*."""
    scopes: frozenset[str]


class ApiKeys:
    """The keys of an installation; a changed file is read again, so a new key works, and a withdrawn one ends, at once."""

    def __init__(self, path: Path | None = None, entries: Sequence[KeyEntry] = ()) -> None:
        """From a file, from entries, or both; raises `BrokenKeyFile`."""
        self._path = path
        self._given = tuple(entries)
        self._stamp = self._stamp_now()
        self._entries = self._given + (read_keys(path) if path else ())

    def find(self, key: str) -> Caller | None:
        """The caller of a key; every entry is compared, in constant time."""
        self._refresh()
        digest = hashed(key)
        found = None
        for entry in self._entries:
            if hmac.compare_digest(entry.sha256, digest):
                found = Caller(entry.name, entry.actor, frozenset(entry.scopes))
        return found

    def of(self, headers: Headers) -> Caller | None:
        """The caller of a request, by `Authorization: Bearer …` or `X-API-Key`."""
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        key = bearer.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
        return self.find(key) if key else None

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat() if self._path else None
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size, found.st_ino) if found else None

    def _refresh(self) -> None:
        stamp = self._stamp_now()
        if self._path is None or stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._entries = self._given + read_keys(self._path)
        except BrokenKeyFile:
            log.error("the file of API keys is broken, the keys read before stay valid", reason="broken_key_file")


_BEARER = HTTPBearer(auto_error=False, description="An API key of this installation.")
_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False, description="The same key, for clients without Authorization.")


@cache
def needs(*scopes: str) -> Callable[..., Any]:
    """A FastAPI dependency that gives the `Caller`, if the key has one of the scopes; else 401 or 403.

    Use: `caller: Annotated[Caller, Depends(needs("desk"))]`.
    """

    async def caller_of(
        request: Request,
        _bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
        _header: Annotated[str | None, Depends(_HEADER)],
    ) -> Caller:
        keys: ApiKeys = request.app.state.keys
        caller = keys.of(request.headers)
        if caller is None:
            sent = "authorization" in request.headers or "x-api-key" in request.headers
            detail = (
                "this API key is not known here, or was withdrawn"
                if sent
                else "an API key is needed; send it as Authorization: Bearer KEY or X-API-Key: KEY"
            )
            raise HTTPException(401, detail, {"WWW-Authenticate": 'Bearer realm="redress"'})
        if not caller.scopes.intersection(scopes):
            raise HTTPException(403, f"this key lacks the scope {' or '.join(scopes)}")
        return caller

    return caller_of
