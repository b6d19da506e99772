"""Cut line: a line between a client and the hub that notes what comes over it, and is cut behind a certain page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson

Frame = dict[str, Any]


class CutLine:
    """`frames`: head and bytes of each frame that was passed on, without its rows; `after`: cut behind that page of a
    delta, once.
    """

    def __init__(self, port: int) -> None:
        self.hub, self.port = port, 0
        self.frames: list[tuple[Frame, int]] = []
        self.after = self.cuts = 0
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/stream"

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways, until either side or the cut ends it."""
        inner, outer = await asyncio.open_connection("127.0.0.1", self.hub, limit=1 << 24)
        up = asyncio.create_task(passed_on(reader, outer))
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            writer.write(await inner.readuntil(b"\r\n\r\n"))
            while not self.is_cut(await self.frame(inner, writer)):
                pass
        up.cancel()
        for end in (writer, outer):
            end.transport.abort()

    async def frame(self, inner: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Frame:
        """Pass a frame on; what it says, but for its rows."""
        head = await inner.readexactly(2)
        wide = {126: 2, 127: 8}.get(head[1], 0)
        head += await inner.readexactly(wide)
        body = await inner.readexactly(int.from_bytes(head[2:], "big") if wide else head[1])
        writer.write(head + body)
        await writer.drain()
        said: Frame = orjson.loads(body) if head[0] == 0x81 else {"type": "control"}
        said.pop("rows", None)
        self.frames.append((said, len(body)))
        return said

    def is_cut(self, said: Frame) -> bool:
        """Whether the line ends here."""
        if said["type"] != "delta" or not self.after or said.get("page") != self.after:
            return False
        self.after, self.cuts = 0, self.cuts + 1
        return True


async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on whatever comes."""
    while data := await reader.read(1 << 16):
        writer.write(data)
    writer.close()


@asynccontextmanager
async def cut_line(port: int) -> AsyncIterator[CutLine]:
    """A line to the hub of that port."""
    line = CutLine(port)
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
