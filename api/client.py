"""Client: the feed for programs: connects, resumes, keeps rows in step. docs/feed.md says what the frames are.

    feed = Feed("ws://127.0.0.1:8081/v1/stream", token, {"deviations": {"filter": {"severity": 2}}})
    async for channel, rows in feed: ...            # or, without an event loop: for channel, rows in follow(feed)
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from typing import Any, Final, cast

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from tower import clock
from tower.errors import TowerError

FROZEN_S, FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 0.25, 8.0
FINAL: Final = {4400, 4401, 4403, 4408}
Row = dict[str, Any]
Told = tuple[str, list[Row]]


class Feed:
    """Channels of one network. `rows`: by channel, then id; `heartbeat`: the last; `age_s`: since anything was heard.

    Iterating raises TowerError where trying again as is makes no sense.
    """

    def __init__(self, url: str, token: str, channels: Mapping[str, Mapping[str, Any]], network: str = "") -> None:
        self.url, self.token, self.channels, self.network = url, token, channels, network
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in channels}
        self.told, self.epoch, self.recovered, self.heartbeat = dict[str, int](), "", 0, Row()
        self._heard, self._pages = clock.steady_s(), dict[str, Row]()

    @property
    def age_s(self) -> float:
        """Seconds since the last frame: beyond FROZEN_S what is known is not now."""
        return clock.steady_s() - self._heard

    async def __aiter__(self) -> AsyncIterator[Told]:
        """What is told, channel and rows, for ever; a row with `op` "del" says that its id is no more."""
        wait_s, spoken = FIRST_WAIT_S, [Subprotocol("tower.v1+json")]
        while True:
            try:
                async with connect(self.url, subprotocols=spoken, compression=None) as ws:
                    await self._hello(ws)
                    while True:
                        frame = orjson.loads(await asyncio.wait_for(ws.recv(), FROZEN_S))
                        self._heard = clock.steady_s()
                        if (told := await self._take(ws, frame)) is not None:
                            wait_s = FIRST_WAIT_S
                            yield told
            except ConnectionClosed as closed:
                if closed.rcvd is not None and closed.rcvd.code in FINAL:
                    raise TowerError(f"feed: {self.url} says {closed.rcvd.reason}", "see docs/feed.md") from None
            except (OSError, InvalidHandshake, TimeoutError):
                pass  # nobody there, or nothing heard for too long
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _hello(self, ws: ClientConnection) -> None:
        hello: Row = {"type": "hello", "token": self.token, "network": self.network}
        if self.epoch and len(self.told) == len(self.channels):
            hello["resume"] = {"epoch": self.epoch, "seq": min(self.told.values())}
        await ws.send(orjson.dumps(hello).decode())

    async def _take(self, ws: ClientConnection, said: Row) -> Told | None:
        """Keep what a frame tells; what it changes."""
        if (frame := self._joined(said) if "page" in said else said) is None:
            return None
        name, seq = frame.get("channel", ""), frame.get("seq", 0)
        match frame["type"]:
            case "welcome":
                self.epoch, self.recovered = frame["epoch"], self.recovered + frame["recovered"]
                self.told = self.told if frame["recovered"] else {}
                for name in self.channels:
                    await self._ask(ws, name)
            case "heartbeat":
                self.heartbeat = frame
                self.told = {name: max(seq, frame["seq"]) for name, seq in self.told.items()}
            case "error" if frame.get("id") is not None:
                raise TowerError(f"feed: {frame['field']} is {frame.get('value')!r}", frame["fix"])
            case "snapshot":
                self.rows[name], self.told[name] = {row["id"]: row for row in frame["rows"]}, seq
                return name, frame["rows"]
            case "delta" if frame["from"] > self.told.get(name, seq):  # something is missing
                del self.told[name]
                await self._ask(ws, name)
            case "delta" if seq > self.told.get(name, seq):
                return self._delta(name, frame)
        return None

    async def _ask(self, ws: ClientConnection, name: str) -> None:
        asked = {"id": 1, "type": "subscribe", "channel": name, "fresh": name not in self.told, **self.channels[name]}
        await ws.send(orjson.dumps(asked).decode())

    def _joined(self, page: Row) -> Row | None:
        """Pages as one frame, from where the first begins to where the last leads, once that is there."""
        if page["page"] == 1:
            self._pages[page["channel"]] = {**page, "rows": []}
        whole = self._pages[page["channel"]]
        whole["rows"] += page["rows"]
        return self._pages.pop(page["channel"]) | {"seq": page["seq"]} if page["last"] else None

    def _delta(self, channel: str, frame: Row) -> Told:
        for row in frame["rows"]:
            self.rows[channel].pop(row["id"], None)
            self.rows[channel] |= {} if row.get("op") == "del" else {row["id"]: row}
        self.told[channel] = frame["seq"]
        return channel, frame["rows"]


def follow(feed: Feed) -> Iterator[Told]:
    """The same one after the other, for programs without an event loop."""
    with asyncio.Runner() as runner:
        told = cast("AsyncGenerator[Told]", aiter(feed))
        try:
            while True:
                yield runner.run(told.asend(None))
        finally:
            runner.run(told.aclose())
