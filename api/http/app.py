"""App: the routes, the gate before them, and problems behind them."""

from typing import Any, Final

from fastapi import FastAPI

from api.http import (
    actions,
    candidates,
    decisions,
    events,
    forks,
    gate,
    items,
    lists,
    models,
    operations,
    pages,
    playbooks,
    problems,
    scenarios,
    search,
    sql,
)
from api.http.here import Here
from api.http.problems import ProblemBody
from api.http.rules import Ruled
from api.hub import sse
from tower.build import build
from tower.settings import Settings

PARTS: Final = (operations, events, actions, decisions, candidates, models, lists, items, search, scenarios, forks,
                playbooks, sql, pages)  # fmt: skip
"""In the order in which their routes are looked at."""
EVERY: Final = ("0.0.0.0", "::")  # noqa: S104  # an address to listen on that nobody can be asked at
ABOUT: Final = "What is, what is wrong with it, and what people do about it; see docs/api.md."
USUAL: Final[dict[int | str, dict[str, Any]]] = {
    code: {"model": ProblemBody, "description": said, "content": {problems.MEDIA_TYPE: {}}} for code, said in (
        (401, "No key"), (403, "Not for this key"), (422, "What is wrong, by field"), (429, "Too often"),
    )
}  # fmt: skip


def made(here: Here) -> FastAPI:
    """The app over what is here."""
    app = FastAPI(title="Control tower", version=build(), summary=ABOUT, openapi_url=None, docs_url=None,
                  redoc_url=None, redirect_slashes=False, responses=USUAL)  # fmt: skip
    app.router.route_class = Ruled
    app.state.here = here
    problems.install(app)
    for part in PARTS:
        app.include_router(part.router())
    app.include_router(sse.router(stream_of(here.told), Ruled))
    origins = [origin for origin in here.told.origins.split(",") if origin]
    hosts = {host for host in (*here.told.hosts.split(","), here.told.host) if host not in ("", *EVERY)}
    ports = " ".join(f"ws://{host}:{here.told.port + 1}" for host in ("127.0.0.1", "localhost", *sorted(hosts)))
    app.add_middleware(gate.Gate, hosts=hosts, origins=origins, streams=ports)
    return app


def stream_of(told: Settings) -> str:
    """Where this process finds the hub."""
    near = told.hub or (told.host if told.host not in EVERY else "127.0.0.1")
    return f"ws://{near}:{told.port + 1}/v1/stream"
