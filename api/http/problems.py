"""Problems: what is wrong, as RFC 9457 words it, and what to do about it, for every answer that is an error."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.http.fixes import fix_of
from tower.errors import Busy, TowerError

MEDIA_TYPE: Final = "application/problem+json"
SHOWN: Final = 100
"""Characters of a wrong value that are said back."""
RETRY_S: Final = 2
HINTS: Final = {
    404: "GET /openapi.json lists all that there is; /docs shows it",
    405: "see `allow` in the headers of this answer",
    500: "this is a fault of ours: the log has it under this request's id",
}


class Fault(BaseModel):
    """One thing that is wrong: where, what was said there, and why that will not do. `row` is an event's, from 0."""

    field: str
    why: str
    value: Any = None
    row: int | None = None


class ProblemBody(BaseModel):
    """RFC 9457, with what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    hint: str
    request: str = ""
    errors: list[Fault] = []
    reason: str | None = None
    """In a word, where that is promised: expired, superseded, over limit, taken, too late."""
    next_option: dict[str, Any] | None = None
    """The best that can still be done instead."""


class Problem(Exception):
    """A request that is not done: a status, what is wrong, what to do about it."""

    def __init__(self, status: int, detail: str, hint: str, errors: Sequence[Fault] = (), **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.hint, self.errors = status, detail, hint, list(errors)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.reason: str | None = None
        self.next_option: dict[str, Any] | None = None

    def body(self, request_id: str) -> dict[str, Any]:
        """The answer."""
        return ProblemBody(title=HTTPStatus(self.status).phrase, status=self.status, detail=self.detail, hint=self.hint,
                           request=request_id, errors=self.errors, reason=self.reason,
                           next_option=self.next_option).model_dump(exclude_none=True)  # fmt: skip


def answered(request: Request, problem: Problem) -> Response:
    """The problem as a response."""
    said = problem.body(getattr(request.state, "id", ""))
    return JSONResponse(said, problem.status, problem.headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Have every error of the app answered so; what nobody foresaw is answered by the gate."""

    @app.exception_handler(Problem)
    async def ours(request: Request, error: Problem) -> Response:
        return answered(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return answered(request, worded(error))

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        hint = HINTS.get(error.status_code, "GET /openapi.json says what this route takes")
        found = Problem(error.status_code, f"{request.method} {request.url.path[:SHOWN]}: {error.detail}", hint)
        found.headers = dict(error.headers or {})
        return answered(request, found)

    @app.exception_handler(TowerError)
    async def mendable(request: Request, error: TowerError) -> Response:
        return answered(request, of(error))

def of(error: TowerError) -> Problem:
    """What a part of the tower that cannot do something now says, as a problem."""
    hint = "send it again in a while" if isinstance(error, Busy) else "see `towerctl doctor`"
    return Problem(503, error.what, error.try_ or hint, Retry_After=str(RETRY_S))


def worded(error: RequestValidationError) -> Problem:
    """What the types of a route found wrong."""
    faults = [fault_of(one) for one in error.errors()]
    first, found = faults[0], error.errors()[0]
    got = "" if first.value is None else f" (got {first.value!r})"
    fix = fix_of(first.field, found["type"], found.get("ctx", {}))
    return Problem(422, f"{first.field}: {first.why}{got}", fix, faults)


def fault_of(one: dict[str, Any]) -> Fault:
    """One finding of pydantic's."""
    place = [str(part) for part in one["loc"] if part not in ("body", "query", "path", "header")]
    missing = one["type"] in ("missing", "json_invalid")
    return Fault(field=".".join(place) or "body", why=str(one["msg"])[:200],
                 value=None if missing else shown(one.get("input")))  # fmt: skip


def shown(value: object) -> Any:
    """A wrong value as it is said back, never longer than what helps."""
    if isinstance(value, bool | None):
        return value
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    return str(value)[:SHOWN].encode(errors="replace").decode()
