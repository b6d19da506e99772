"""Pages: the built dashboards where there are any, else plain ones that the server draws; and the API's own page."""

import mimetypes
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from api.http.here import here_of
from api.http.openapi_page import page_of
from api.http.overview import drawn
from api.http.problems import Problem
from api.http.rules import Ruled

DIST: Final = Path(__file__).parents[2] / "dashboards" / "dist"
NAMES: Final = ("wall", "desk", "replay")
MUTABLE: Final = {"Cache-Control": "no-cache"}
FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(route_class=Ruled, include_in_schema=False)
    for name in NAMES:
        routes.add_api_route(f"/{name}", shown(name), methods=["GET"], name=name)

    @routes.get("/")
    def home() -> Response:
        return RedirectResponse("/docs")

    @routes.get("/assets/{path:path}")
    def asset(path: str) -> Response:
        return file_in(DIST / "assets", path, FOR_EVER)

    @routes.get("/plain.js")
    def script() -> Response:
        return Response(own("plain.js"), media_type="text/javascript", headers=MUTABLE)

    @routes.get("/plain.css")
    def style() -> Response:
        return Response(own("plain.css"), media_type="text/css", headers=MUTABLE)

    @routes.get("/v1/overview")
    def overview(request: Request) -> Response:
        """The plain page's inside, drawn for a key."""
        present = here_of(request).present(request.state.network)
        return HTMLResponse(drawn(present), headers={"Cache-Control": "no-store"})

    @routes.get("/openapi.json")
    def document(request: Request) -> Response:
        return JSONResponse(request.app.openapi(), headers=MUTABLE)

    @routes.get("/docs")
    def docs(request: Request) -> Response:
        found: dict[str, Any] = request.app.openapi()
        return HTMLResponse(page_of(found), headers=MUTABLE)

    return routes


def shown(name: str) -> Any:
    """A dashboard, or the plain page where none is built."""

    def dashboard() -> Response:
        for path in (DIST / f"{name}.html", DIST / name / "index.html"):
            if path.is_file():
                return FileResponse(path, media_type="text/html", headers=MUTABLE)
        return HTMLResponse(plain(name))

    return dashboard


def plain(name: str) -> str:
    """A page whose small script fetches what the server draws, with the key behind # in its address."""
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(name)}</title>'
            '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/plain.css">'
            '<main id="page"><p>Add <code>#key=...</code> to the address: the tower prints keys when it starts.</main>'
            '<script src="/plain.js" defer></script></html>')  # fmt: skip


def own(name: str) -> str:
    """A file beside this one."""
    return (files("api.http") / name).read_text("utf-8")


def file_in(folder: Path, path: str, headers: dict[str, str]) -> Response:
    """A file of a folder and of nothing outside it."""
    try:
        found = (folder / path).resolve()
        if found.is_relative_to(folder.resolve()) and found.is_file():
            kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
            return FileResponse(found, media_type=kind, headers=headers)
    except (ValueError, OSError):
        pass
    raise Problem(404, "there is no such file", "the dashboards are built at set-up: see /wall")
