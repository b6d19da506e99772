"""Still client: a client of the hub without a socket: it reads when it is told to, and keeps what it has heard."""

import asyncio
from typing import Any, cast

import orjson
from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from api.hub import filters
from api.hub.client import BUFFER, Client
from api.hub.frames import Subscribe
from api.hub.hub import Hub

Frame = dict[str, Any]


class Transport:
    """Takes bytes; they count as waiting while nobody reads."""

    def __init__(self) -> None:
        self.written, self.reads = bytearray(), True

    def write(self, data: bytes) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return 0 if self.reads else BUFFER * 8

    def get_extra_info(self, _: str) -> None:
        """There is no socket."""


class Socket:
    """What a client uses of a connection."""

    def __init__(self) -> None:
        self.transport, self.state, self.code = Transport(), State.OPEN, 0
        self.protocol = self  # of which only the state is asked

    async def drain(self) -> None:
        await asyncio.sleep(3600)

    async def close(self, code: int, reason: str) -> None:
        self.code = self.code or code


class StillClient(Client):
    """`rows` by channel is what it knows, as the rules of docs/feed.md say; `deltas` are those that it took."""

    def __init__(self, hub: Hub, network: str = "n") -> None:
        self.socket = Socket()
        super().__init__(cast("ServerConnection", self.socket), "wall", network)
        self.rows: dict[str, dict[str, Frame]] = {}
        self.told: dict[str, int] = {}
        self.deltas: list[Frame] = []
        self.pages: dict[str, list[Frame]] = {}
        hub.enter(self)

    def stall(self) -> None:
        """Read nothing from now on."""
        self.socket.transport.reads = False

    def read(self) -> list[Frame]:
        """Read again, and take in what has come."""
        self.socket.transport.reads = True
        self.push()
        frames = unframed(bytes(self.socket.transport.written))
        self.socket.transport.written.clear()
        for frame in frames:
            self.take(frame)
        return frames

    def take(self, frame: Frame) -> None:
        if frame["type"] == "snapshot":
            before = {} if frame["page"] == 1 else self.rows[frame["channel"]]
            self.rows[frame["channel"]] = before | {row["id"]: row for row in frame["rows"]}
            self.told[frame["channel"]] = frame["seq"]
        elif frame["type"] == "delta":
            self.page(frame)
        elif frame["type"] == "heartbeat":
            self.told = {channel: max(seq, frame["seq"]) for channel, seq in self.told.items()}

    def page(self, frame: Frame) -> None:
        """Take in a delta once its last page is there: it begins where the first one says."""
        channel = frame["channel"]
        pages = [frame] if frame.get("page", 1) == 1 else [*self.pages.pop(channel), frame]
        if not frame.get("last", True):
            self.pages[channel] = pages
        elif frame["seq"] > self.told[channel]:
            rows = [row for page in pages for row in page["rows"]]
            self.delta({**frame, "from": pages[0]["from"], "rows": rows})

    def delta(self, frame: Frame) -> None:
        assert frame["from"] <= self.told[frame["channel"]], "something is missing"
        rows = self.rows[frame["channel"]]
        for row in frame["rows"]:
            rows.pop(row["id"], None)
            if row.get("op") != "del":
                rows[row["id"]] = row
        self.told[frame["channel"]] = frame["seq"]
        self.deltas.append(frame)


def asked(channel: str = "legs", **more: Any) -> Subscribe:
    """What a client says that wants a channel."""
    return Subscribe.model_validate({"type": "subscribe", "id": 1, "channel": channel, **more})


def wanted(hub: Hub, one: Subscribe) -> dict[str, Any]:
    """The rows that whoever asks so has in the end."""
    passes = filters.passes(one.channel, one.filter)
    return {id: row for id, row in hub.pictures["n"].rows(one.channel).items() if passes(row)}


def unframed(data: bytes) -> list[Frame]:
    """The messages of a server's bytes."""
    frames, at = [], 0
    while at < len(data):
        size, head = data[at + 1], 2
        if size > 125:
            head = 4 if size == 126 else 10
            size = int.from_bytes(data[at + 2 : at + head], "big")
        frames.append(orjson.loads(data[at + head : at + head + size]))
        at += head + size
    return frames


async def settled() -> None:
    """Let what was put off happen."""
    for _ in range(3):
        await asyncio.sleep(0)
