"""Operations: whether it lives, whether it is ready, what it measures, which build it is, where things are."""

from contextlib import closing
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from api.http import metrics
from api.http.flows import OfFlows
from api.http.here import Here, here_of
from api.http.problems import Problem
from api.http.rules import Ruled
from streams import names
from tower import clock
from tower.build import build
from tower.errors import TowerError
from tower.logs import urls


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(route_class=Ruled, tags=["operations"])

    @routes.get("/livez", summary="Whether the process answers", response_class=PlainTextResponse)
    def livez() -> str:
        """`ok`."""
        return "ok\n"

    @routes.get("/readyz", summary="Whether what it tells can be relied on", response_class=PlainTextResponse)
    def readyz(request: Request) -> str:
        """`ready`, or 503 and why not."""
        if why := here_of(request).why_not():
            raise Problem(503, why, "see the log of program api; it is started again by itself", Retry_After="2")
        return "ready\n"

    @routes.get("/metrics", summary="Prometheus metrics", response_class=PlainTextResponse)
    def measured(request: Request) -> Response:
        """Of this process, and of all networks."""
        here = here_of(request)
        here.latency.take()
        told = metrics.text(metrics.OfNetworks(here.networks, ends(here)), OfFlows(here.data))
        return Response(told, media_type="text/plain; version=0.0.4; charset=utf-8")

    @routes.get("/version", summary="Which build runs")
    def version() -> dict[str, str]:
        """The build."""
        return {"build": build(), "api": "v1"}

    @routes.get("/v1/where", summary="Where the feed is, and which networks this key is for")
    def where(request: Request) -> dict[str, Any]:
        """For pages: the port of the hub is its own. Without a key, no network is named."""
        here, key = here_of(request), request.state.key
        host = (request.url.hostname or "127.0.0.1").replace("::1", "[::1]")
        there = [name for name in here.networks if key is not None and key.is_for(name)]
        return {"stream": f"ws://{host}:{here.told.port + 1}/v1/stream", "networks": there}

    @routes.get("/v1/me", summary="What this key may")
    def me(request: Request) -> dict[str, Any]:
        """Name, role and networks of the key."""
        here, key = here_of(request), request.state.key
        return {"name": key.name, "role": key.role, "networks": [name for name in here.networks if key.is_for(name)],
                "now": clock.render(clock.wall_ms())}  # fmt: skip

    return routes


def ends(here: Here) -> dict[str, int]:
    """Where OUTCOMES of each network ends."""
    found = {}
    for name in here.networks:
        try:
            with closing(urls.reader(names.outcomes(here.root, name))) as log:
                found[name] = log.last()[0]
        except TowerError:
            continue
    return found
