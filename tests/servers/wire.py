"""A wire to a MongoDB-protocol server that can be cut at a write, to lose a request or its answer."""

import asyncio
import re
from typing import Literal


class Wire:
    """A wire to the server that can be cut at a write: before it arrives, or before its answer comes back."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cut: Literal["", "request", "answer"] = ""
        self.cuts = 0
        self.address = ""
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"mongodb://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/?serverSelectionTimeoutMS=1500"

    def close(self) -> None:
        assert self._server
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.port)
        back = asyncio.create_task(self._pump(there_reader, writer))
        writes = re.compile(rb"\x02(insert|update)\x00\x08\x00\x00\x00tickets\x00")
        try:
            while data := await reader.read(2**20):
                if self.cut and writes.search(data):
                    how, self.cut, self.cuts = self.cut, "", self.cuts + 1
                    back.cancel()
                    if how == "answer":
                        there_writer.write(data)
                        await there_reader.read(1)  # the server has done it, its answer is on the way
                    break
                there_writer.write(data)
        finally:
            back.cancel()
            writer.close()
            there_writer.close()

    @staticmethod
    async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(2**20):
            writer.write(data)
