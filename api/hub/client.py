"""Client: one connection as the hub sees it: what it may, what it has asked for, and whether it reads."""

import asyncio
import socket
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from api.hub import metrics
from tower import clock

if TYPE_CHECKING:
    from api.hub.groups import Subscription

BUFFER: Final = 1 << 20
"""Bytes that may wait for a client to read them, besides a snapshot that it has asked for, or the largest delta."""
SOCKET: Final = 1 << 16
"""Bytes of them that lie in the socket's buffer; the rest are frames that others share, and cost nothing more."""
KERNEL: Final = 1 << 17
"""Bytes that the kernel may hold for a client; it would take megabytes."""
STUCK_S: Final = 30.0
"""A client that has read nothing for so long is closed, whatever it has asked for."""
BURST, A_SECOND = 40.0, 10.0
"""Frames that a client may send at once, and go on sending."""


class Client:
    """A connection that has said hello. Writing never waits: what cannot be sent now is left out, or ends it."""

    def __init__(self, ws: ServerConnection, name: str, network: str) -> None:
        self.ws, self.name, self.network = ws, name, network
        self.subscriptions: dict[str, Subscription] = {}
        self.since: int | None = None
        """Where a recovered client stood; None for one that begins anew."""
        self.is_gone, self.mistakes = False, 0
        self._room = BUFFER
        self._full_since = 0.0
        self._out: deque[bytes] = deque()
        self._waiting = 0
        self._pump: asyncio.Task[None] | None = None
        self._frames, self._counted = BURST, clock.steady_s()
        if (plug := ws.transport.get_extra_info("socket")) is not None:
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL)

    def takes(self, frames: list[bytes]) -> bool:
        """Whether the socket took the one frame at once, which it does unless it is slow; the way that has to be short.

        Pages go the other way: of what a socket is handed beyond what it takes, it keeps a copy for each client.
        """
        transport = self.ws.transport
        if self._out or self.is_gone or self.ws.protocol.state is not State.OPEN or transport.get_write_buffer_size():
            return False
        if len(frames) > 1:
            return False
        transport.write(frames[0])
        return True

    def write(self, *frames: bytes) -> None:
        """Send frames in order: what the socket takes at once, the rest as soon as it does."""
        if not self.is_gone:
            self._out += frames
            size = sum(map(len, frames))
            self._waiting += size
            self._room = max(self._room, size + BUFFER)
            metrics.FRAMES.inc(len(frames))
            if self._pump is None:
                self.push()

    def push(self) -> None:
        """Hand the socket what it takes."""
        transport = self.ws.transport
        while self._out and transport.get_write_buffer_size() <= SOCKET and self.ws.state is State.OPEN:
            frame = self._out.popleft()
            self._waiting -= len(frame)
            transport.write(frame)
        if self._out and self._pump is None:
            self._pump = asyncio.ensure_future(self._pushing())

    async def _pushing(self) -> None:
        with suppress(ConnectionError):  # nobody is there: the session hears of it too, and ends
            while self._out and not self.is_gone and self.ws.state is State.OPEN:
                await self.ws.drain()
                self.push()
        self._pump = None

    def write_all(self, frames: list[bytes]) -> None:
        """The same for a snapshot, which may be larger than what else may wait."""
        self.write(*frames)
        self._room = max(self._room, self.waiting + BUFFER)

    @property
    def waiting(self) -> int:
        """Bytes that wait for the client to read."""
        return self._waiting + self.ws.transport.get_write_buffer_size()

    def is_full(self) -> bool:
        """Whether too much of what was sent before is not read yet."""
        waiting = self.waiting
        if waiting <= BUFFER:
            self._room = BUFFER
        if waiting <= self._room:
            self._full_since = 0.0
            return False
        self._full_since = self._full_since or clock.steady_s()
        return True

    def is_stuck(self) -> bool:
        """Whether it has not read for so long that nobody is there."""
        return self.is_full() and clock.steady_s() - self._full_since > STUCK_S

    def is_hasty(self) -> bool:
        """Count a frame that came; whether there were too many of late."""
        now = clock.steady_s()
        self._frames = min(BURST, self._frames + (now - self._counted) * A_SECOND) - 1
        self._counted = now
        return self._frames < 0

    def end(self, code: int, reason: str) -> None:
        """Close the connection; nothing is written to it any more. Waits for nobody."""
        if not self.is_gone:
            self.is_gone = True
            self._out.clear()
            metrics.CLOSED.labels(str(code)).inc()
            closing = asyncio.ensure_future(self.ws.close(code, reason))
            CLOSING.add(closing)
            closing.add_done_callback(CLOSING.discard)


CLOSING: Final[set["asyncio.Future[None]"]] = set()
"""A task that nobody holds may be collected before it is done."""
