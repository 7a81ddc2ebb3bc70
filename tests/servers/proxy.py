"""A wire in front of a server: slow, narrow, cut, or dead without a word; what networks do to connections."""

import asyncio
import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self

CHUNK = 65_536
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of zero: closing sends RST instead of FIN."""


class Proxy:
    """Forwards one port to another in a thread of its own; its faults may be set at any time from any thread."""

    def __init__(self, target: int) -> None:
        """`target`: the port of loopback behind it. It listens at once, so that its `port` can be told."""
        self.target = target
        self.latency = 0.0
        """Seconds that every chunk waits, each way."""
        self.bandwidth = 0
        """Bytes per second and direction; 0: as fast as it goes."""
        self.silent = False
        """Half-open: connections stand, nothing comes through, nobody is told."""
        self.refusing = False
        """New connections are reset."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=f"proxy-{self.port}", daemon=True)
        self.connections = 0
        """How many were made so far."""

    def cut(self) -> None:
        """Reset every connection that stands now."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(5)

    def heal(self) -> None:
        """As good as new; what was silent stays so for those that still stand, so they are cut."""
        was_silent, self.silent, self.refusing, self.latency, self.bandwidth = self.silent, False, False, 0.0, 0
        if was_silent:
            self.cut()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, sock=self._listener))
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.refusing:
            _reset(writer)
            return
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            _reset(writer)
            return
        pair = {writer, there_writer}
        self._writers |= pair
        pumps = [asyncio.create_task(self._pump(*way)) for way in ((reader, there_writer), (there_reader, writer))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        self._writers -= pair
        for each in pair:
            each.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if self.latency:
                    await asyncio.sleep(self.latency)
                if self.bandwidth:
                    await asyncio.sleep(len(data) / self.bandwidth)
                while self.silent:
                    await asyncio.sleep(0.05)
                writer.write(data)
                await writer.drain()

    async def _cut(self) -> None:
        for writer in tuple(self._writers):
            _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
