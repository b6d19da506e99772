"""Small hub: a hub in this process, on a port of its own, told by a story; and clients that speak frame by frame."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from api.hub import wire
from api.hub.follow import Decided
from api.hub.hub import Hub
from api.hub.picture import Picture
from api.hub.pulse import Pulse
from api.hub.server import Door, opened
from api.hub.session import Sessions
from api.keys import Key
from tower.record import Record

Frame = dict[str, Any]
EPOCH = "e" * 32
TOKENS = {"wall": ("viewer", None), "east": ("viewer", ("east",)), "boss": ("admin", None)}


def holder(token: str) -> Key | None:
    """A key's token is its name."""
    return Key(token, *TOKENS[token]) if token in TOKENS else None


class SmallHub:
    """The hub of some networks; nothing is read: `tell` gives it records."""

    def __init__(self, networks: Sequence[str], origins: Sequence[str] = ()) -> None:
        self.hub = Hub({name: Picture(name) for name in networks})
        for picture in self.hub.pictures.values():
            picture.draw()
        self.sessions = Sessions(self.hub, holder, lambda _: EPOCH)
        self.door = Door(origins, ["tower.example"], lambda: "")
        self.port = 0

    def tell(self, *records: Record, network: str = "n") -> None:
        """These are the next records."""
        self.hub.take(network, [Decided(record, time.time_ns() // 1_000_000) for record in records])

    def beat(self, network: str = "n") -> None:
        """A heartbeat is due."""
        pulse = Pulse(self.hub.pictures[network], Path("/nowhere"))
        self.hub.beat(network, wire.packed(pulse.beat({})))

    async def nobody(self) -> None:
        """Wait until all clients have left."""
        async with asyncio.timeout(60):
            while self.hub.clients:  # noqa: ASYNC110  # what is waited for has no event
                await asyncio.sleep(0.01)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/stream"


@asynccontextmanager
async def small_hub(*networks: str, origins: Sequence[str] = ()) -> AsyncIterator[SmallHub]:
    """A hub that listens."""
    small = SmallHub(networks or ("n",), origins)
    server = await opened(small.sessions, small.door, "127.0.0.1", 0)
    small.port = next(iter(server.sockets)).getsockname()[1]
    try:
        yield small
    finally:
        small.hub.close()
        server.close()
        await server.wait_closed()


class Speaker:
    """A client that says and hears frames one by one."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws

    async def say(self, **frame: Any) -> None:
        await self.ws.send(json.dumps(frame))

    async def hear(self) -> Frame:
        async with asyncio.timeout(60):
            frame: Frame = json.loads(await self.ws.recv())
        return frame

    async def hear_until(self, *kinds: str) -> Frame:
        """The next frame of these types."""
        while (frame := await self.hear())["type"] not in kinds:
            pass
        return frame

    async def subscribe(self, channel: str, **more: Any) -> list[Frame]:
        """The rows of the snapshot's pages."""
        await self.say(type="subscribe", id=1, channel=channel, **more)
        assert await self.hear_until("result", "error") == {"type": "result", "id": 1}
        pages = [await self.hear()]
        while not pages[-1]["last"]:
            pages.append(await self.hear())
        return [row for page in pages for row in page["rows"]]

    async def closed(self) -> tuple[int, str]:
        """The code and the reason with which the hub ends it."""
        with suppress(ConnectionClosed):
            while True:
                await self.hear()
        return self.ws.close_code or 0, self.ws.close_reason or ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.ws.close()


async def dial(small: SmallHub, query: str = "", **more: Any) -> Speaker:
    """A client that has said nothing yet."""
    return Speaker(await connect(small.url + query, compression=None, **more))


async def signed_in(small: SmallHub, token: str = "wall", **hello: Any) -> tuple[Speaker, Frame]:
    """A client that has said hello, and its welcome."""
    speaker = await dial(small)
    await speaker.say(type="hello", token=token, **hello)
    return speaker, await speaker.hear()


def played(scene: Callable[[SmallHub], Awaitable[None]], *networks: str, origins: Sequence[str] = ()) -> None:
    """Play a scene at a small hub."""

    async def run() -> None:
        async with small_hub(*networks, origins=origins) as small:
            await scene(small)

    asyncio.run(run())


def restarted(day: Sequence[Record]) -> SmallHub:
    """A hub that begins as one does that finds live views: with their rows, some records before them."""
    small = SmallHub(["n"])
    picture = Picture("n")
    small.hub.pictures = {"n": picture}
    for record in day:
        picture.take(record)
    picture.known, picture.seq = picture.seq, 0
    picture.draw()
    small.tell(*day)
    return small


def applied(rows: dict[str, Frame], told: Sequence[Frame]) -> dict[str, Frame]:
    """The rows once these are told."""
    for row in told:
        rows.pop(row["id"], None)
        if row.get("op") != "del":
            rows[row["id"]] = row
    return rows
