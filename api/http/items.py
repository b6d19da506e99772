"""Items: one thing, with what hangs on it: open deviations, other names, lines; of a deviation its story."""

from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from api.http.chosen import key_in
from api.http.here import Here, here_of
from api.http.lists import at, etag
from api.http.present import Present
from api.http.problems import Problem, ProblemBody
from api.http.rendered import Told, rendered
from api.http.resources import ALL, BY_NAME, Resource
from api.http.rules import Ruled
from api.http.stories import story_of
from tower import clock

MOST: Final = 200
"""Rows of each kind that hang on a thing."""
HANGS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "legs": (("lines", "on_leg"), ("visits", "leg"), ("predictions", "subject")), "orders": (("lines", "order"),),
    "sites": (("doors", "site"),), "visits": (("lines", "on_leg"),), "supply": (),
}  # fmt: skip
"""By list: the other lists that have rows of the thing, and their column that says so."""


class One(BaseModel):
    """What may be asked of one thing."""

    model_config = ConfigDict(extra="forbid")

    network: str = Field("", max_length=64)
    at: str = Field("", max_length=40, description="as it was then, RFC 3339; empty: now")


class Item(BaseModel):
    """One thing at one moment."""

    network: str
    now: str
    seq: int
    item: dict[str, Any]
    deviations: list[dict[str, Any]]
    references: dict[str, list[str]]


def router() -> APIRouter:
    """A route a list."""
    routes = APIRouter(route_class=Ruled, tags=["items"])
    for resource in ALL:
        add(routes, resource)
    return routes


def add(routes: APIRouter, resource: Resource) -> None:
    """The route of one thing of a list."""

    def single(request: Request, id: str, asked: Annotated[One, Query()]) -> Response:
        here = here_of(request)
        present = at(here, request.state.network, asked.at)
        found = whole(here, resource, present, id)
        tag = etag(present, resource, present.seq)
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={"ETag": tag})
        return JSONResponse(found, headers={"ETag": tag, "Cache-Control": "no-cache, private"})

    routes.add_api_route(f"/v1/{resource.name}/{{id:path}}", single, methods=["GET"], response_model=Item,
                         name=f"one of {resource.name}", summary=f"One of: {resource.doc}",
                         responses={404: {"model": ProblemBody}, 410: {"model": ProblemBody}})  # fmt: skip


def whole(here: Here, resource: Resource, present: Present, id: str) -> Told:
    """The thing and what hangs on it. Raises Problem 404."""
    with present.lock:
        key, row = row_of(resource, present, id)
        found: Told = {
            "network": present.network, "now": clock.render(present.now), "seq": present.seq,
            "item": rendered(resource, np.array([row], row.dtype), present)[0],
            "deviations": rendered(BY_NAME["deviations"], present.open_of(key)[:MOST], present),
        }  # fmt: skip
        found |= {name: hanging(name, column, subject, present) for name, column, subject in hangs(resource, key, row)}
    subject = int(row["subject"]) if resource.table == "deviations" else key
    found["references"] = here.references[present.network].of(subject) if present.network in here.references else {}
    return {**found, **story_of(here, present, row)} if resource.table == "deviations" else found


def hangs(resource: Resource, key: int, row: np.void) -> list[tuple[str, str, int]]:
    """Which lists have rows of a thing, by which column, under which id."""
    subject = int(row["leg"]) if resource.name == "visits" else key
    return [(name, column, subject) for name, column in HANGS.get(resource.name, ())]


def hanging(name: str, column: str, subject: int, present: Present) -> list[Told]:
    """The rows of a list that belong to a thing, in the order of their ids."""
    rows = present.tables[BY_NAME[name].table].rows
    some = rows[rows[column] == np.uint64(subject)]
    return rendered(BY_NAME[name], some[np.argsort(some["key"])[:MOST]], present)


def row_of(resource: Resource, present: Present, id: str) -> tuple[int, np.void]:
    """The id and the row of what is called so; of a deviation that is closed what was said last. Raises Problem."""
    for key in key_in(resource, id):
        row = present.tables[resource.table].get(key)
        if row is None and resource.table == "deviations" and key in present.said_of:
            row = present.said_of[key][-1].row
        if row is not None:
            return key, row
    shown = id[:100].encode(errors="replace").decode()
    raise Problem(404, f"{resource.name}: there is none called {shown!r}",
                  f"GET /v1/{resource.name} lists them, GET /v1/search?q= looks everywhere")  # fmt: skip
