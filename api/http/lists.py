"""Lists: pages of rows, each row once however the table changes meanwhile, if it is there throughout."""

import base64
import binascii
from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, create_model
from starlette.responses import JSONResponse

from api.http.chosen import mask, wrong
from api.http.here import Here, here_of
from api.http.present import Present
from api.http.rendered import Told, rendered
from api.http.resources import ALL, Resource
from api.http.rules import Ruled
from tower import clock

MOST: Final = 1000
ABOUT: Final = "Of one moment: `now` and `seq` say which. Weak ETags; `next` is the cursor of the next page."


class Paging(BaseModel):
    """What any list takes."""

    model_config = ConfigDict(extra="forbid")

    network: str = Field("", max_length=64, description="which network; may be left out where the key is for one")
    at: str = Field("", max_length=40, description="as it was then, RFC 3339; empty: now")
    cursor: str = Field("", max_length=64, description="`next` of the page before")
    limit: int = Field(100, ge=1, le=MOST, description="rows a page")


class Page(BaseModel):
    """Rows of one moment. `count`: how many are chosen in all."""

    network: str
    now: str
    seq: int
    count: int
    next: str | None
    items: list[dict[str, Any]]


def router() -> APIRouter:
    """A route a list."""
    routes = APIRouter(route_class=Ruled)
    for resource in ALL:
        add(routes, resource)
    add_rejected(routes)
    return routes


def asked_of(resource: Resource) -> type[Paging]:
    """The query parameters of a list."""
    filters: dict[str, Any] = {
        name: (str, Field("", max_length=200, description=filter.doc or f"by {', '.join(filter.columns)}"))
        for name, filter in resource.filters.items()
    }
    return create_model(f"{resource.name.capitalize()}Query", __base__=Paging, **filters)


def add(routes: APIRouter, resource: Resource) -> None:
    """The route of a list."""
    asked_type = asked_of(resource)

    def listed(request: Request, asked: Annotated[Any, Query()]) -> Response:
        here = here_of(request)
        present = at(here, request.state.network, asked.at)
        said = {name: getattr(asked, name) for name in resource.filters if getattr(asked, name)}
        return page_of(request, resource, present, asked, said)

    listed.__annotations__["asked"] = Annotated[asked_type, Query()]
    routes.add_api_route(f"/v1/{resource.name}", listed, methods=["GET"], tags=["lists"], summary=resource.doc,
                         description=ABOUT, response_model=Page, name=f"list {resource.name}")  # fmt: skip


def at(here: Here, network: str, moment: str) -> Present:
    """The network as it is, or as it was at a moment."""
    present = here.present(network)
    if not moment:
        return present
    from api.http.chosen import moment as parsed

    assert here.moments is not None
    return here.moments.at(network, parsed("at", moment), present)


def page_of(request: Request, resource: Resource, present: Present, asked: Paging, said: dict[str, str]) -> Response:
    """A page; 304 if the client has it."""
    with present.lock:
        held = present.tables[resource.table]
        tag = etag(present, resource, held.changed)
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={"ETag": tag})
        rows, count, more = some(held.rows, held.key, mask(resource, held.rows, said), asked)
        body = {"network": present.network, "now": clock.render(present.now), "seq": present.seq, "count": count,
                "next": more, "items": rendered(resource, rows, present)}  # fmt: skip
    return JSONResponse(body, headers={"ETag": tag, "Cache-Control": "no-cache, private"})


def etag(present: Present, resource: Resource, changed: int) -> str:
    """What a page's rows are of; one of another table that deviations are told with counts too."""
    beside = ("members", "handling") if resource.table == "deviations" else ()
    newest = max([changed, *(present.tables[name].changed for name in beside if name in present.tables)])
    return f'W/"{present.network.encode().hex()[:32]}-{newest}"'


def some(rows: np.ndarray, key: str, chosen: np.ndarray, asked: Paging) -> tuple[np.ndarray, int, str | None]:
    """The rows of a page, in the order of their ids; how many there are on all pages; the cursor of the next."""
    places = np.flatnonzero(chosen)
    count, after = places.size, cursor(asked.cursor)
    if after is not None:
        places = places[rows[key][places] > np.uint64(after)]
    order = places[np.argsort(rows[key][places], kind="stable")[: asked.limit]]
    page = rows[order]
    return page, count, encoded(int(page[key][-1])) if places.size > order.size else None


def cursor(said: str) -> int | None:
    """The id that a page begins behind; None for the first."""
    if not said:
        return None
    try:
        data = base64.b64decode(said.encode("ascii"), b"-_", validate=True)
    except (ValueError, binascii.Error):
        data = b""
    if len(data) != 8:
        raise wrong("cursor", said, "no cursor of ours", "`next` of the page before, or none")
    return int.from_bytes(data, "big")


def encoded(key: int) -> str:
    """A cursor."""
    return base64.urlsafe_b64encode(key.to_bytes(8, "big")).decode()


def add_rejected(routes: APIRouter) -> None:
    """The list of what could not be accepted: not a table of things, so from what was said lately."""

    @routes.get("/v1/rejected", tags=["lists"], summary="What could not be accepted, and why", response_model=Page)
    def rejected(request: Request, asked: Annotated[RejectedQuery, Query()]) -> Response:
        """Newest last; as far back as is remembered."""
        present = here_of(request).present(request.state.network)
        resource = Resource("rejected", "rejected", "")
        with present.lock:
            known = [(said.number << 20 | said.place, said) for said in present.rejected]
            names, seq, now = present.names, present.seq, present.now
        wanted = asked.source
        known = [one for one in known if not wanted or names.get(int(one[1].row["source"])) == wanted]
        after = cursor(asked.cursor)
        rest = [one for one in known if after is None or one[0] > after]
        page = rest[: asked.limit]
        items: list[Told] = []
        for key, one in page:
            from tower.render import render_rows

            row = render_rows(resource.table, np.array([one.row], one.row.dtype), names)[0]
            items.append({**row, "id": f"{key:016x}", "number": one.number, "now": clock.render(one.now)})
        more = encoded(page[-1][0]) if len(rest) > len(page) else None
        return JSONResponse({"network": present.network, "now": clock.render(now), "seq": seq, "count": len(known),
                             "next": more, "items": items})  # fmt: skip


class RejectedQuery(BaseModel):
    """What the list of rejected rows takes."""

    model_config = ConfigDict(extra="forbid")

    network: str = Field("", max_length=64)
    cursor: str = Field("", max_length=64)
    limit: int = Field(100, ge=1, le=MOST)
    source: str = Field("", max_length=200)


__all__ = ["Page", "Paging", "at", "cursor", "encoded", "router"]
