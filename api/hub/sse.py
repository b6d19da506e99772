"""SSE: the feed as server-sent events, for programs that have no websocket: the hub's own frames, passed on.

    GET /v1/stream/sse?channel=deviations&channel=sites&severity=2&site=EWR&network=blizzard

Every frame is an event of its type. Heartbeats carry the id `epoch:seq`; sent back as `Last-Event-ID` they resume. The
key comes as `Authorization: Bearer`. A reader that is slow is slow to the hub too, which deals with it.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Header, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse, Response, StreamingResponse
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from api.hub.frames import CHANNELS, CLOSES, HIGHEST_HZ, LOWEST_HZ, SUBPROTOCOL

SPOKEN: Final = [Subprotocol(SUBPROTOCOL)]
STATUS: Final = {4400: 422, 4401: 401, 4403: 403}
HUB_AWAY: Final = "the hub does not answer: see whether program hub runs"
Many = Annotated[list[str] | None, Query()]


def router(stream: str, route_class: type[APIRoute] = APIRoute) -> APIRouter:
    """The route `/v1/stream/sse`, over the hub at that websocket URL; of the class that the app's routes are of."""
    routes = APIRouter(route_class=route_class)

    @routes.get("/v1/stream/sse", tags=["feed"], summary="The feed as server-sent events",
                response_class=StreamingResponse)  # fmt: skip
    async def sse(
        request: Request, channel: Many = None, site: Many = None, kind: Many = None, name: Many = None,
        severity: Annotated[int, Query(ge=0, le=3)] = 0, network: Annotated[str, Query(max_length=64)] = "",
        mode: Annotated[str, Query(pattern="^(state|events)$")] = "state",
        max_hz: Annotated[float, Query(ge=LOWEST_HZ, le=HIGHEST_HZ)] = 10.0,
        last_event_id: Annotated[str, Header(max_length=96)] = "",
    ) -> Response:  # fmt: skip
        """Snapshots, deltas and heartbeats of some channels."""
        wanted = {"site": site or [], "severity": severity, "kind": kind or [], "name": name or []}
        asked = [{"id": number, "type": "subscribe", "channel": one, "filter": wanted, "mode": mode, "max_hz": max_hz}
                 for number, one in enumerate(channel or [])]  # fmt: skip
        unknown = [one for one in channel or [""] if one not in CHANNELS]
        if unknown:
            return problem(422, f"channel: no such channel (got {unknown[0][:64]!r})", f"one of {', '.join(CHANNELS)}")
        hello = {"type": "hello", "token": bearer(request), "network": network, **resumed(last_event_id)}
        return await opened(stream, hello, asked)

    return routes


async def opened(stream: str, hello: dict[str, Any], asked: Sequence[dict[str, Any]]) -> Response:
    """The stream, once the hub has said welcome; a problem if it has not."""
    try:
        ws = await connect(stream, subprotocols=SPOKEN, compression=None, max_queue=4)
    except (OSError, InvalidHandshake, TimeoutError):
        return problem(503, "feed: nobody is there", HUB_AWAY)
    try:
        await ws.send(orjson.dumps(hello).decode())
        first = await ws.recv()
        if orjson.loads(first)["type"] == "error":
            await ws.recv()  # what follows is its end
        for one in asked:
            await ws.send(orjson.dumps(one).decode())
    except ConnectionClosed as closed:
        code = closed.rcvd.code if closed.rcvd else 0
        return problem(STATUS.get(code, 503), f"feed: {CLOSES.get(code, (HUB_AWAY, True))[0]}",
                       closed.rcvd.reason if closed.rcvd else HUB_AWAY)  # fmt: skip
    return StreamingResponse(events(ws, str(first)), media_type="text/event-stream",
                             headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})  # fmt: skip


async def events(ws: ClientConnection, first: str) -> AsyncIterator[str]:
    """The hub's frames as events, until either side ends."""
    epoch = orjson.loads(first)["epoch"]
    try:
        yield event(first, epoch)
        async for message in ws:
            yield event(str(message), epoch)
    except ConnectionClosed:
        pass
    finally:
        await ws.close()


def event(frame: str, epoch: str) -> str:
    """One frame as an event."""
    head = frame[:80]  # rows may hold anything, the head is the hub's own
    kind = next((word for word in ("heartbeat", "delta", "snapshot", "welcome", "error", "result")
                 if f'"type":"{word}"' in head), "message")  # fmt: skip
    id = f"id: {epoch}:{orjson.loads(frame)['seq']}\n" if kind == "heartbeat" else ""
    return f"{id}event: {kind}\ndata: {frame}\n\n"


def resumed(last_event_id: str) -> dict[str, Any]:
    """Where to resume, from the id of the last heartbeat; nothing if it is none."""
    epoch, _, seq = last_event_id.rpartition(":")
    return {"resume": {"epoch": epoch, "seq": int(seq)}} if epoch and seq.isdecimal() and len(seq) < 16 else {}


def bearer(request: Request) -> str:
    """The key of the request."""
    said = request.headers.get("authorization", "")
    return said.removeprefix("Bearer ")[:256] if said.startswith("Bearer ") else ""


def problem(status: int, title: str, hint: str) -> Response:
    """What is wrong, as RFC 9457 words it."""
    return JSONResponse({"type": "about:blank", "title": title, "status": status, "hint": hint}, status,
                        media_type="application/problem+json")  # fmt: skip
