"""Stage: the built pages and a hub of a few lines that tells samples, so that a page can be watched in any state."""

import asyncio
import mimetypes
import threading
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

import orjson
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from tests.dashboards.samples import Row, Sample

DIST: Final = Path(__file__).parents[2] / "dashboards" / "dist"
PAGES: Final = {"/wall": "wall.html", "/desk": "desk.html", "/replay": "replay.html"}
BEAT_S: Final = 0.5


class Stage:
    """A server of pages and of one network, in a thread of its own. `asked`: every path that was asked for."""

    def __init__(self, sample: Sample) -> None:
        self.sample, self.seq, self.asked = sample, 1, list[str]()
        self.is_silent = False
        self.port = 0
        self._clients: set[ServerConnection] = set()
        self._told: dict[str, int] = {}  # by channel, the newest record of which a delta told
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def url(self, page: str = "wall", query: str = "") -> str:
        """Where a page is, with a key."""
        return f"http://127.0.0.1:{self.port}/{page}{query}#key=test"

    def tell(self, channel: str, rows: list[Row]) -> None:
        """A delta to everyone who listens."""
        self._loop.call_soon_threadsafe(lambda: self._loop.create_task(self._tell(channel, rows)))

    def change(self, sample: Sample) -> None:
        """Another moment: everyone is cut off, comes back and gets it whole."""
        self.sample = sample
        self.drop()

    def drop(self) -> None:
        """Cut everyone off."""
        self._loop.call_soon_threadsafe(lambda: self._loop.create_task(self._drop()))

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._open())
        beats = self._loop.create_task(self._beat())
        self._ready.set()
        self._loop.run_forever()
        beats.cancel()
        server.close()
        self._loop.run_until_complete(server.wait_closed())
        self._loop.close()

    async def _open(self) -> Server:
        server = await serve(
            self._listen,
            "127.0.0.1",
            0,
            process_request=self._page,
            compression=None,
            select_subprotocol=lambda *_: Subprotocol("tower.v1+json"),
        )
        self.port = next(iter(server.sockets)).getsockname()[1]
        return server

    def _page(self, _: ServerConnection, request: Request) -> Response | None:
        path = urlsplit(request.path).path
        if path == "/stream":
            return None
        self.asked.append(path)
        if path == "/v1/where":
            body = orjson.dumps({"stream": f"ws://127.0.0.1:{self.port}/stream", "networks": ["blizzard"]})
            return answer(HTTPStatus.OK, "application/json", body)
        file = DIST / PAGES.get(path, path.lstrip("/"))
        if not file.is_file():
            return answer(HTTPStatus.NOT_FOUND, "text/plain", b"no such page")
        return answer(HTTPStatus.OK, mimetypes.guess_type(file)[0] or "application/octet-stream", file.read_bytes())

    async def _listen(self, client: ServerConnection) -> None:
        try:
            async for said in client:
                await self._answer(client, orjson.loads(said))
        except ConnectionClosed:
            pass
        finally:
            self._clients.discard(client)

    async def _answer(self, client: ServerConnection, said: Row) -> None:
        if self.is_silent:
            return
        if said["type"] == "hello":
            await send(
                client,
                {
                    "type": "welcome",
                    "epoch": "e",
                    "seq": self.seq,
                    "recovered": False,
                    "heartbeat_ms": 2000,
                    "schema": "1.0",
                    "network": "blizzard",
                },
            )
        else:
            rows = self.sample.rows.get(said["channel"], [])
            await send(client, {"id": said["id"], "type": "result"})
            await send(
                client,
                {
                    "type": "snapshot",
                    "channel": said["channel"],
                    "seq": self.seq,
                    "page": 1,
                    "last": True,
                    "rows": rows,
                },
            )
            await send(client, self._heartbeat())
            self._clients.add(client)

    async def _tell(self, channel: str, rows: list[Row]) -> None:
        self.seq += 1
        before, self._told[channel] = self._told.get(channel, 1), self.seq
        for client in [*self._clients]:
            await send(client, {"type": "delta", "channel": channel, "from": before, "seq": self.seq, "rows": rows})

    async def _drop(self) -> None:
        for client in [*self._clients]:
            await client.close(4009, "restarting")

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            for client in [] if self.is_silent else [*self._clients]:
                await send(client, self._heartbeat())

    def _heartbeat(self) -> Row:
        return self.sample.heartbeat | {"seq": self.seq}


async def send(client: ServerConnection, frame: Any) -> None:
    """Say something, unless nobody is there any more."""
    with suppress(ConnectionClosed):
        await client.send(orjson.dumps(frame).decode())


def answer(status: HTTPStatus, kind: str, body: bytes) -> Response:
    """A page."""
    headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store"})
    return Response(status.value, status.phrase, headers, body)
