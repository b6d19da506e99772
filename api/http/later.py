"""Later: routes that are promised and come with planning: they say so, and do nothing."""

from typing import Final

from fastapi import APIRouter

from api.http.problems import Problem, ProblemBody
from api.http.resources import LATER
from api.http.rules import Ruled

PATHS: Final = (
    *(("GET", f"/v1/{name}") for name in LATER), *(("GET", f"/v1/{name}/{{id:path}}") for name in LATER),
    *(("POST", f"/v1/scenarios/{{network}}/{word}") for word in ("fork", "run", "compare")),
)  # fmt: skip


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(route_class=Ruled, tags=["later"])
    for method, path in PATHS:
        routes.add_api_route(path, refuse, methods=[method], name=f"later {method} {path}", include_in_schema=True,
                             summary="Comes with planning", status_code=501,
                             responses={501: {"model": ProblemBody}})  # fmt: skip
    return routes


def refuse() -> None:
    """Not yet."""
    raise Problem(501, "this comes with planning", "the tower shows what is wrong; what to do about it is yours so far")
