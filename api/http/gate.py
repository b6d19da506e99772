"""Gate: what is seen to before any route: a request's id, host, origin and size; and headers of every answer."""

import logging
import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http import metrics
from api.http.problems import HINTS, Problem, answered
from tower import clock
from tower.envelope import MESSAGE_MOST

OWN: Final = ("127.0.0.1", "localhost", "::1", "[::1]")
BODY_MOST: Final = 64 << 10
EVENTS: Final = "/v1/events"
GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self' {streams}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
UNTOLD: Final = {("/livez", 200), ("/readyz", 200)}
"""Asked each second by whoever watches over it: no news."""
LOGGER: Final = logging.getLogger("api.http")


class Gate:
    """The outermost layer of the app. `streams`: where pages may open the feed; `origins`: whose pages may ask."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], origins: Collection[str], streams: str) -> None:
        self.app, self.hosts, self.origins = app, {*OWN, *hosts}, frozenset(origins)
        self.headers = [
            (b"content-security-policy", POLICY.format(streams=streams).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"), (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"), (b"permissions-policy", b"geolocation=(), camera=()"),
        ]  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, began = Request(scope), clock.steady_s()
        request.state.id = id_of(request)
        status = 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                said = [(b"x-request-id", request.state.id.encode()), *self.headers]
                given = {name.lower() for name, _ in message.get("headers", ())}
                message["headers"] = [*message.get("headers", ()), *(one for one in said if one[0] not in given)]
            await send(message)

        most = MESSAGE_MOST if request.url.path == EVENTS else BODY_MOST
        try:
            self._check(request, most)
            await self.app(scope, Bounded(receive, most), sent)
        except Problem as problem:
            await answered(request, problem)(scope, receive, sent)
        except Exception:
            if status:
                raise  # half an answer is out: the connection ends
            LOGGER.exception("request %s failed", request.state.id)
            await answered(request, Problem(500, "something of ours failed", HINTS[500]))(scope, receive, sent)
        finally:
            self._count(request, status, clock.steady_s() - began)

    def _check(self, request: Request, most: int) -> None:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname if host_is_sound(request) else None
        if host not in self.hosts:
            raise Problem(421, f"host {request.headers.get('host', '')[:100]!r} is not this tower's",
                          "ask 127.0.0.1, or set TOWER_HOSTS")  # fmt: skip
        origin = request.headers.get("origin")
        if origin is not None and not self.is_ours(origin):
            raise Problem(403, f"origin {origin[:100]!r} may not ask", "add it to TOWER_ORIGINS")
        size = request.headers.get("content-length", "0")
        if not size.isdecimal() or len(size) > 15 or int(size) > most:
            raise Problem(413, f"the body is too long: at most {most:,} bytes", "send it in parts")

    def is_ours(self, origin: str) -> bool:
        """Whether a page from there may ask: one of this machine, or one that is configured."""
        try:
            return origin in self.origins or (urlsplit(origin).hostname or "") in self.hosts
        except ValueError:
            return False

    def _count(self, request: Request, status: int, took_s: float) -> None:
        route = getattr(request.scope.get("route"), "path", "none")
        metrics.REQUESTS.labels(route, str(status)).inc()
        metrics.SECONDS.labels(route).observe(took_s)
        key = getattr(request.state, "key", None)
        beside = {"request": request.state.id, "took_ms": round(took_s * 1000, 1), "key": key.name if key else None}
        if (route, status) not in UNTOLD:
            LOGGER.info("%s %s %s", request.method, route, status, extra=beside)


class Bounded:
    """A body that ends with a Problem where it is longer than it may be."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.receive, self.most, self.left = receive, most, most

    async def __call__(self) -> Message:
        """The next piece."""
        message = await self.receive()
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            raise Problem(413, f"the body is too long: at most {self.most:,} bytes", "send it in parts")
        return message


def id_of(request: Request) -> str:
    """The id that the request brings, if it is one; else one of ours."""
    given = request.headers.get("x-request-id", "")
    return given if GIVEN_ID.fullmatch(given) else fresh_id()


def fresh_id() -> str:
    """An id that nobody has."""
    import secrets

    return secrets.token_hex(8)


def host_is_sound(request: Request) -> bool:
    """Whether its host can be read at all."""
    try:
        return bool(urlsplit(f"//{request.headers.get('host', '')}").hostname)
    except ValueError:
        return False
