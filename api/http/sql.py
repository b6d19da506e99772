"""SQL: a question to the history, read only, through the same door that everybody reads by."""

import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.http.here import Here, here_of
from api.http.problems import Fault, Problem, ProblemBody
from api.http.rules import Ruled
from api.keys import Key
from api.where import sql_door
from sinks.clickhouse.embedded.narrow import TOLD

PATIENCE_S: Final = 30
ANSWER_MOST: Final = 16 << 20
READS: Final = re.compile(r"(?is)\s*(select|with|show|describe|desc|explain|exists)\b")
ENDS: Final = re.compile(r"(?is)\b(into\s+outfile|format\s+\w+\s*;?\s*$|settings\s+\w+\s*=)")


class Question(BaseModel):
    """One statement that reads."""

    model_config = ConfigDict(extra="forbid")

    query: Annotated[str, Field(min_length=1, max_length=20_000)]


class Answer(BaseModel):
    """Columns with their types, rows, and how many."""

    meta: list[dict[str, str]]
    data: list[list[Any]]
    rows: int


def router() -> APIRouter:
    """The route."""
    routes = APIRouter(route_class=Ruled, tags=["sql"])

    @routes.post("/v1/sql", summary="Ask the history", response_model=Answer, responses={
        403: {"model": ProblemBody}, 422: {"model": ProblemBody}, 503: {"model": ProblemBody}})  # fmt: skip
    def ask(request: Request, question: Question, network: str = "") -> Response:
        """ClickHouse's SQL over database `tower`. A key for some networks sees their rows alone."""
        here, key = here_of(request), request.state.key
        if not READS.match(question.query) or ENDS.search(question.query):
            raise refused("only one statement that reads, without FORMAT, SETTINGS or INTO OUTFILE", question.query)
        return Response(answer(here, question.query, seen_by(here, key)), media_type="application/json")

    return routes


def seen_by(here: Here, key: Key) -> dict[str, str]:
    """What the door is told of the networks that a key sees, {} for all. Raises Problem where none keeps to them."""
    if key.networks is None:
        return {}
    if not is_embedded(here):
        raise Problem(403, f"key {key.name} is not for all networks, and the history holds all", "the lists of /v1")
    return {TOLD: ",".join(key.networks)}


def answer(here: Here, query: str, seen: Mapping[str, str]) -> bytes:
    """The answer as JSONCompact. Raises Problem in the engine's words."""
    url = sql_door(here.told)
    told = {"default_format": "JSONCompact", "database": "tower", **seen,
            **({} if is_embedded(here) else {"readonly": "1"})}  # fmt: skip
    request = urllib.request.Request(f"{url}/?{urlencode(told)}", query.encode(errors="replace"), method="POST")  # noqa: S310
    if here.told.clickhouse_url and here.told.clickhouse_password and not is_embedded(here):
        request.add_header("X-ClickHouse-User", here.told.clickhouse_user)
        request.add_header("X-ClickHouse-Key", here.told.clickhouse_password.get_secret_value())
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE_S) as found:
            data: bytes = found.read(ANSWER_MOST + 1)
    except urllib.error.HTTPError as error:
        raise refused(error.read(2000).decode(errors="replace").partition("\n")[0][:300], query) from None
    except (OSError, TimeoutError) as error:
        raise Problem(503, f"the history does not answer: {error}", "see program clickhouse", Retry_After="5") from None
    if len(data) > ANSWER_MOST:
        raise refused(f"the answer is longer than {ANSWER_MOST:,} bytes: add LIMIT", query)
    return data or orjson.dumps({"meta": [], "data": [], "rows": 0})


def is_embedded(here: Here) -> bool:
    """Whether the history is our own program, whose key is for writing and whose readers need none."""
    return (here.data / "clickhouse.key").exists()


def refused(why: str, query: str) -> Problem:
    """A question that is not answered."""
    shown = query[:100].encode(errors="replace").decode()
    return Problem(422, f"query: {why}", "docs/sql.md has the tables", [Fault(field="query", why=why, value=shown)])
