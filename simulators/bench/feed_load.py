"""Feed load: so many websocket clients in one process, each a few hundred bytes of state, so that it is not they that
are measured.

    python -m simulators.bench.feed_load PORT CLIENTS SILENT CHANNEL

Says `up` once all have their snapshot. At the end of its input it prints, as JSON, how late each thing was told to the
clients that were looked at, ms. `SILENT` of them read nothing, not even their snapshot.
"""

import asyncio
import base64
import os
import resource
import socket
import sys
from typing import Any, Final, cast

import orjson

from tower import clock

LOOKED_AT: Final = 50
"""Clients whose frames are read; of the others only the sizes."""
TOGETHER: Final = 100
"""Connections that are made at once."""
KEY: Final = "bench{0}"
A_KEY: Final = 1000
MASK: Final = b"\0\0\0\0"


class Load:
    """All clients, and what was heard."""

    def __init__(self, clients: int, silent: int) -> None:
        self.clients, self.silent, self.up = clients, silent, 0
        self.spans: list[float] = []
        self.frames = self.lost = 0
        self.all_up, self.counts = asyncio.Event(), False

    def hear(self, told: Any, seen: dict[str, int]) -> None:
        """A delta came: how late is each thing that is newly told."""
        now = clock.wall_ms()
        for row in told.get("rows", ()):
            if moments := [row[name] for name in ("departed_at", "arrived_at") if name in row]:
                newest = clock.parse(max(moments))
                if seen.get(row["id"], 0) < newest and self.counts:
                    self.spans.append(float(now - newest))
                seen[row["id"]] = newest


class Client(asyncio.Protocol):
    """One connection. Frames of the hub are parsed as far as they have to be."""

    def __init__(self, load: Load, number: int, channel: str) -> None:
        self.load, self.number, self.channel = load, number, channel
        self.rest, self.is_open, self.is_up = b"", False, False
        self.is_silent = number < load.silent
        self.looks = not self.is_silent and number % max(1, load.clients // LOOKED_AT) == 0
        self.seen: dict[str, int] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(f"GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade"
                             f"\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())  # fmt: skip

    def data_received(self, data: bytes) -> None:
        """Take whole frames off what has come."""
        data = self.rest + data if self.rest else data
        if not self.is_open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self.rest = data
                return
            data, self.is_open = data[end + 4 :], True
            self._ask()
        at, size = 0, len(data)
        while size - at >= 2 and (whole := at + length(data, at)) <= size and whole > at:
            self._frame(data, at, whole)
            at = whole
        self.rest = data[at:]

    def _ask(self) -> None:
        if self.is_silent:
            self.transport.pause_reading()
            self._up()
        self.transport.write(masked({"type": "hello", "token": KEY.format(self.number // A_KEY)}))
        self.transport.write(masked({"type": "subscribe", "id": 1, "channel": self.channel}))

    def _frame(self, data: bytes, at: int, whole: int) -> None:
        self.load.frames += self.load.counts
        start = at + (2 if data[at + 1] < 126 else 4 if data[at + 1] == 126 else 10)
        if not self.is_up and b'"last":true' in data[start : start + 120]:
            self._up()
        elif self.looks and b'"delta"' in data[start : start + 40]:
            self.load.hear(orjson.loads(data[start:whole]), self.seen)
        elif data[at] == 0x89:
            self.transport.write(b"\x8a\x80" + MASK)

    def _up(self) -> None:
        self.is_up = True
        self.load.up += 1
        if self.load.up == self.load.clients:
            self.load.all_up.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it."""
        self.load.lost += 1


def length(data: bytes, at: int) -> int:
    """Bytes of the frame that begins there; 0 while its head is not whole."""
    size = data[at + 1]
    if size < 126:
        return 2 + size
    head = 4 if size == 126 else 10
    return head + int.from_bytes(data[at + 2 : at + head], "big") if len(data) - at >= head else 0


def masked(frame: dict[str, Any]) -> bytes:
    """A frame as a client sends it; a mask of zeros is a mask."""
    payload = orjson.dumps(frame)
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\x81" + size + MASK + payload


async def play(port: int, clients: int, silent: int, channel: str) -> dict[str, Any]:
    """Connect, say `up`, listen until the input ends; what was heard."""
    load, loop = Load(clients, silent), asyncio.get_running_loop()
    made: list[Client] = []
    for first in range(0, clients, TOGETHER):
        several = range(first, min(first + TOGETHER, clients))
        made += [client for _, client in await asyncio.gather(*(opened(load, port, n, channel) for n in several))]
    await asyncio.wait_for(load.all_up.wait(), 60)
    load.counts = True
    print("up", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    return {"spans": load.spans, "frames": load.frames, "lost": load.lost}


async def opened(load: Load, port: int, number: int, channel: str) -> tuple[asyncio.Transport, Client]:
    """One connection; its window is small, so that who does not read is noticed."""
    plug = socket.socket()
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    plug.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(plug, ("127.0.0.1", port))
    return await loop.create_connection(lambda: Client(load, number, channel), sock=plug)


def main(port: str, clients: str, silent: str, channel: str) -> None:
    """Play, and print."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    found = asyncio.run(play(int(port), int(clients), int(silent), channel))
    print(orjson.dumps(found).decode(), flush=True)
    os._exit(0)  # thousands of connections close faster so


if __name__ == "__main__":
    main(*sys.argv[1:])
