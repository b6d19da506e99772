"""Server: the hub's port: the stream, and a few plain pages beside it."""

from collections.abc import Callable, Collection, Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import orjson
import prometheus_client
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from api.hub import asyncapi, metrics
from api.hub.client import SOCKET
from api.hub.frames import PATH, SUBPROTOCOL
from api.hub.session import Sessions
from tower.build import build

FRAME_BYTES: Final = 16 << 10
"""The longest message that a client may send."""
OWN: Final = ("127.0.0.1", "localhost", "::1")
PLAIN, JSON = "text/plain; charset=utf-8", "application/json"


class Door:
    """Answers what is asked on the port before it becomes a stream. `why_not` says why the hub is not ready."""

    def __init__(self, origins: Collection[str], hosts: Collection[str], why_not: Callable[[], str]) -> None:
        self.origins, self.hosts, self.why_not = frozenset(origins), {*OWN, *hosts}, why_not
        self.pages: dict[str, Callable[[], Response]] = {
            "/asyncapi.json": lambda: page(orjson.dumps(asyncapi.document()).decode(), JSON),
            "/livez": lambda: page("ok\n"), "/readyz": self._ready, "/metrics": measured,
            "/version": lambda: page(orjson.dumps({"build": build()}).decode(), JSON),
        }  # fmt: skip

    def __call__(self, ws: ServerConnection, request: Request) -> Response | None:
        """The page that is asked for; None for the stream."""
        path = urlsplit(request.path).path
        if path in self.pages:
            return self.pages[path]()
        if path != PATH:
            return page(f"There is nothing here: the stream is at {PATH}.\n", status=HTTPStatus.NOT_FOUND)
        origin = request.headers.get("Origin")
        if origin is not None and not self.is_ours(origin):
            why = f"Origin {origin[:100]} may not listen: add it to TOWER_ORIGINS.\n"
            return page(why, status=HTTPStatus.FORBIDDEN)
        return None

    def is_ours(self, origin: str) -> bool:
        """Whether a page from there may listen: one of this tower's own names, or one that is configured."""
        try:
            return origin in self.origins or (urlsplit(origin).hostname or "") in self.hosts
        except ValueError:  # no address at all
            return False

    def _ready(self) -> Response:
        why = self.why_not()
        return page(f"{why}\n", status=HTTPStatus.SERVICE_UNAVAILABLE) if why else page("ready\n")


def page(text: str, kind: str = PLAIN, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A plain answer."""
    body = text.encode()
    headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close",
                       "X-Content-Type-Options": "nosniff"})  # fmt: skip
    return Response(status.value, status.phrase, headers, body)


def measured() -> Response:
    """The metrics of this process, as Prometheus reads them."""
    text = prometheus_client.generate_latest(metrics.REGISTRY).decode()
    return page(text, "text/plain; version=0.0.4; charset=utf-8")


def agreed(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Our subprotocol where it is offered. Who offers none is heard all the same."""
    return Subprotocol(SUBPROTOCOL) if SUBPROTOCOL in offered else None


async def opened(sessions: Sessions, door: Door, host: str, port: int) -> Server:
    """The port, open. Nothing is compressed: frames are shared, and on a network of one's own bytes are cheap."""
    return await serve(
        sessions.speak, host, port, process_request=door, select_subprotocol=agreed, compression=None,
        max_size=FRAME_BYTES, max_queue=8, ping_interval=20, ping_timeout=20, open_timeout=5, close_timeout=2,
        write_limit=(SOCKET, SOCKET // 4), backlog=4096, server_header=None,
    )  # fmt: skip
