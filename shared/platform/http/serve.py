"""Listen: uvicorn without its signal handlers, on a port that is known before the first request."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

FIRST_REQUEST_SECONDS = 10.0
"""How long a connection may stay without its first whole request line and headers."""
KEEP_ALIVE_SECONDS = 5
HEADER_BYTES = 32_768


class CannotListen(Exception):  # noqa: N818 - named after the state
    """A port is taken or an address is not ours; the message says what to do."""


class _Config(uvicorn.Config):
    """Knows whether its server is ending."""

    is_ending = False


class _Patient(H11Protocol):
    """Hangs up on connections that never ask for anything: they would use up the limit."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if getattr(self.config, "is_ending", False):
            transport.close()  # it came after all others were told to end: nobody would tell it, and it could go on for ever
        self._hang_up = self.loop.call_later(FIRST_REQUEST_SECONDS, self._if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        self._hang_up.cancel()
        super().connection_lost(exc)

    def _if_silent(self) -> None:
        if self.cycle is None:
            self.transport.close()


class _Server(uvicorn.Server):
    """Signals belong to the process that started us; whoever comes while it ends is not let in."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.config.is_ending = True  # type: ignore[attr-defined]
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen yet; port 0 takes a free one. Raises `CannotListen`."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        # asyncio switches Nagle's delay off only where the protocol is named: without it every answer takes 40 ms.
        door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError:
        raise CannotListen(f"{host} is no address: set REDRESS_HOST to one of this machine") from None
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
    except OSError as error:
        door.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotListen(
                f"port {port} is taken: stop what uses it, or set another REDRESS_<SERVICE>_PORT (0: any)"
            ) from None
        raise CannotListen(f"cannot listen on {host}:{port} ({error.strerror}): check REDRESS_HOST and the port") from None
    door.setblocking(False)
    return door


def url_of(door: socket.socket) -> str:
    """The address under which this machine reaches a bound socket."""
    host, port = door.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - recognised, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.asynccontextmanager
async def serving(
    app: FastAPI,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    door: socket.socket | None = None,
    max_connections: int = 500,
    shutdown_seconds: int = 10,
) -> AsyncIterator[str]:
    """Run the app's lifespan and serve it; gives its URL once it accepts, and finishes what is under way at the end.

    `door` is a socket of `bind`, for who must know the port earlier. Raises `CannotListen`, or what the lifespan raises.
    """
    bound = door or bind(host, port)
    url = url_of(bound)
    server = _Server(_config(app, max_connections, shutdown_seconds))
    try:
        async with app.router.lifespan_context(app):
            task = asyncio.create_task(server.serve(sockets=[bound]), name="http")
            try:
                while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has a flag, no event
                    await asyncio.sleep(0.005)
                if task.done():
                    await task
                yield url
            finally:
                server.should_exit = True
                await _ended(task)
    finally:
        bound.close()


async def _ended(task: asyncio.Task[None]) -> None:
    """Wait for the server even while we are being cancelled: it has a deadline of its own."""
    cancelled = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled
    task.result()


def _config(app: FastAPI, max_connections: int, shutdown_seconds: int) -> uvicorn.Config:
    return _Config(
        app,
        http=_Patient,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=max_connections,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=shutdown_seconds,
        h11_max_incomplete_event_size=HEADER_BYTES,
    )
