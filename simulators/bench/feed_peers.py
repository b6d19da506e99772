"""Feed peers: what people write instead of a hub: the same frame at the same rate to all who are connected.

    python -m simulators.bench.feed_peers broadcast|loop PORT HZ

`broadcast` is `websockets.broadcast`; `loop` awaits each `send_text` of a FastAPI application, as its manual does.
"""

import asyncio
import resource
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final

import orjson

from tower import clock

ROWS: Final = 5
"""Rows of a frame, of the size of a leg's."""
ROW: Final = {"origin": "EWR", "dest": "ORD", "carrier": "UA", "mode": "truckload", "late_min": 47.0, "lines": 12,
              "dep_life": "late", "arr_life": "delayed", "value_cents": 1_200_000, "risk_cents": 45_000,
              "dep_planned": "2013-02-08T17:00:00.000Z", "arr_planned": "2013-02-08T19:00:00.000Z",
              "dep_expected": "2013-02-08T17:00:00.000Z", "arr_expected": "2013-02-08T19:00:00.000Z"}  # fmt: skip
FIRST: Final = '{"type":"snapshot","channel":"legs","seq":1,"page":1,"last":true,"rows":[]}'
Send = Callable[[str], Coroutine[Any, Any, None]]


async def tell(hz: float, send: Send) -> None:
    """Send a frame so many times a second; a late one does not move the next."""
    start, turn = clock.steady_s(), 0
    while True:
        turn += 1
        await asyncio.sleep(max(0.0, start + turn / hz - clock.steady_s()))
        now = clock.render(clock.wall_ms())
        rows = [{"id": f"L{turn * ROWS + i}", **ROW, "departed_at": now} for i in range(ROWS)]
        frame = {"type": "delta", "channel": "legs", "from": turn, "seq": turn + 1, "rows": rows}
        await send(orjson.dumps(frame).decode())


async def broadcasting(port: int, hz: float) -> None:
    """`websockets.broadcast`."""
    from websockets.asyncio.server import ServerConnection, broadcast, serve

    there: set[ServerConnection] = set()

    async def serving(ws: ServerConnection) -> None:
        await ws.send(FIRST)
        there.add(ws)
        try:
            async for _ in ws:
                pass
        finally:
            there.discard(ws)

    async def send(text: str) -> None:
        broadcast(there, text)

    async with serve(serving, "127.0.0.1", port, compression=None, backlog=4096):
        print("ready", flush=True)
        await tell(hz, send)


def looping(port: int, hz: float) -> None:
    """A FastAPI application that awaits one client after the other."""
    import uvicorn
    from fastapi import FastAPI, WebSocket, WebSocketDisconnect

    app, there, telling = FastAPI(), set[WebSocket](), list[asyncio.Task[None]]()

    async def send(text: str) -> None:
        for ws in list(there):
            try:
                await ws.send_text(text)
            except (RuntimeError, WebSocketDisconnect):
                there.discard(ws)

    @app.websocket("/v1/stream")
    async def serving(ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text(FIRST)
        telling[:] = telling or [asyncio.create_task(tell(hz, send))]
        there.add(ws)
        try:
            while True:
                await ws.receive_text()
        except WebSocketDisconnect:
            there.discard(ws)

    print("ready", flush=True)
    uvicorn.run(app, host="127.0.0.1", port=port, loop="asyncio", log_level="critical", access_log=False, backlog=4096,
                ws_per_message_deflate=False)  # fmt: skip


def main(kind: str, port: str, hz: str) -> None:
    """Serve until killed."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if kind == "broadcast":
        asyncio.run(broadcasting(int(port), float(hz)))
    else:
        looping(int(port), float(hz))


if __name__ == "__main__":
    main(*sys.argv[1:])
