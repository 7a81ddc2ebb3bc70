"""What stands before every request: limits on headers and body, a request id, security headers, one answer to a bug."""

import asyncio
import re
import secrets
import time
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.platform.http.keys import ApiKeys
from shared.platform.http.problems import problem
from shared.platform.logging import get_logger, with_context

log = get_logger(__name__)
MAX_HEADERS = 64
MAX_HEADER_BYTES = 16_384
BODY_SECONDS = 30.0
"""How long a body may take to arrive as a whole."""
INTERNAL_BODY_BYTES = 16_777_216
"""Largest body for `/internal/` from a caller with a key: services seal and open texts in bulk."""
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Set unless the answer sets its own; a page brings a policy with its nonce."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(slots=True)
class _Exchange:
    """One request and what has become of it."""

    receive: Receive
    send: Send
    request_id: str
    limit: int
    started: bool = False
    status: int = 0
    read: int = 0
    deadline: float = field(default_factory=lambda: time.monotonic() + BODY_SECONDS)
    whole: bool = False

    async def hear(self) -> Message:
        """The next message, within the limits; raises `HTTPException` 408 or 413."""
        if self.whole:
            return await self.receive()  # only a disconnect can come: wait for it as long as the answer takes
        try:
            async with asyncio.timeout(max(0.01, self.deadline - time.monotonic())):
                message = await self.receive()
        except TimeoutError:
            raise HTTPException(408, "the body did not arrive in time", {"Connection": "close"}) from None
        if message["type"] == "http.request":
            self.read += len(message.get("body", b""))
            self.whole = not message.get("more_body", False)
            if self.read > self.limit:
                raise _too_large(self.limit)
        return message

    async def say(self, message: Message) -> None:
        """Pass an answer on, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers["X-Request-ID"] = self.request_id
        await self.send(message)


class Guard:
    """A pure ASGI wrapper around a whole app, outside of its own error handling."""

    def __init__(self, app: ASGIApp, keys: ApiKeys, max_body_bytes: int) -> None:
        """`max_body_bytes` holds for everybody but services with a key at `/internal/`."""
        self.app = app
        self.keys = keys
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Only HTTP is served; a lifespan passes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        exchange = _Exchange(receive, send, request_id_of(headers), self._limit(scope["path"], headers))
        scope.setdefault("state", {})["correlation_id"] = exchange.request_id
        with with_context(correlation_id=exchange.request_id):
            await self._answer(scope, headers, exchange)

    async def _answer(self, scope: Scope, headers: Headers, exchange: _Exchange) -> None:
        began = time.monotonic()
        try:
            _check(scope, headers, exchange.limit)
            await self.app(scope, exchange.hear, exchange.say)
        except HTTPException as refused:
            reason = {431: "headers_too_large", 413: "too_large", 415: "encoded_body"}.get(refused.status_code, "not_accepted")
            answer = problem(refused.status_code, reason, refused.detail, headers=refused.headers)
            if not exchange.started:
                await answer(scope, exchange.receive, exchange.say)
        except Exception as error:  # answered already: above, it would only be printed unredacted
            log.error("a door failed", exc_info=error, method=scope["method"], route=_route(scope))
        ms = round((time.monotonic() - began) * 1000, 1)
        log.debug("answered", method=scope["method"], route=_route(scope), status=exchange.status, ms=ms)

    def _limit(self, path: str, headers: Headers) -> int:
        inside = path.startswith("/internal/") and self.keys.of(headers) is not None
        return max(INTERNAL_BODY_BYTES, self.max_body_bytes) if inside else self.max_body_bytes


def _check(scope: Scope, headers: Headers, limit: int) -> None:
    """Refuse by headers alone, before anything is read."""
    raw = scope["headers"]
    if len(raw) > MAX_HEADERS or sum(len(name) + len(value) for name, value in raw) > MAX_HEADER_BYTES:
        raise HTTPException(
            431, f"send at most {MAX_HEADERS} headers and {MAX_HEADER_BYTES} bytes of them", {"Connection": "close"}
        )
    if headers.get("content-encoding", "identity").strip().lower() not in ("identity", ""):
        raise HTTPException(415, "send the body as it is, without the header Content-Encoding", {"Accept-Encoding": "identity"})
    length = headers.get("content-length", "")
    if length.isdigit() and int(length[:20]) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"the body is larger than {limit} bytes; send a smaller one", {"Connection": "close"})


def request_id_of(headers: Headers) -> str:
    """The caller's X-Request-ID or trace id if it is a UUID or like one, else a new one: free text could be personal."""
    given = headers.get("x-request-id", "")
    if _UUID.fullmatch(given):
        return given.lower()
    trace = _TRACEPARENT.fullmatch(headers.get("traceparent", ""))
    return trace[1] if trace else secrets.token_hex(16)


def _route(scope: Scope) -> str:
    """The template of the path, never the path: it may hold a customer's token."""
    return str(getattr(scope.get("route"), "path", "(none)"))
