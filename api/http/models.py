"""Models: who is to serve a question, said with a reason; the tower's own row of the model is the answer."""

from typing import Annotated, Any, Final, Literal

import numpy as np
from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from api.http.actions import ANSWERS, Turns
from api.http.decisions import Saying
from api.http.here import here_of
from api.http.idempotency import LONGEST, Once
from api.http.problems import Problem
from api.http.rendered import rendered
from api.http.resources import BY_NAME
from api.http.rules import HANDS, Ruled
from tower import ids

Reason = Annotated[str, Field(min_length=1, max_length=900)]


class Promote(BaseModel):
    """Have this one serve, whatever the rule says, until it is rolled back."""

    model_config = ConfigDict(extra="forbid")

    serves: Literal["tiles", "linear", "blend", "schedule"]
    reason: Reason

    def fields(self) -> dict[str, Any]:
        """What the event says."""
        return {"serves": self.serves, "reason": self.reason}


class Rollback(BaseModel):
    """Have those serve again whom the rule says."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason

    def fields(self) -> dict[str, Any]:
        """What the event says."""
        return {"reason": self.reason}


SAYS: Final[dict[str, tuple[type[Promote | Rollback], str, str]]] = {
    "promote": (Promote, "model.promoted", "Have one of those who answer serve, by hand"),
    "rollback": (Rollback, "model.rolled_back", "Take that back: the rule says again who serves"),
}


def router() -> APIRouter:
    """A route a verb."""
    routes, turns = APIRouter(route_class=Ruled, tags=["models"]), Turns()
    for verb in HANDS:
        add(routes, verb, turns)
    return routes


def add(routes: APIRouter, verb: str, turns: Turns) -> None:
    """The route of a verb."""
    body_type, kind, summary = SAYS[verb]
    Key_ = Annotated[str, Header(max_length=LONGEST)]

    def said_of(request: Request, id: str, said: Any, network: str = "", idempotency_key: Key_ = "") -> Response:
        word = Hand(here_of(request), request.state.network, request.state.key, kind, turns)
        return word.once(f"{verb} model {id}", idempotency_key, said, lambda once: word.about(id, said, once))

    said_of.__annotations__["said"] = body_type
    routes.add_api_route(f"/v1/models/{{id}}/{verb}", said_of, methods=["POST"], name=f"{verb} model",
                         responses=ANSWERS, summary=summary)  # fmt: skip


class Hand(Saying):
    """One request of a person about a model."""

    def about(self, id: str, said: Promote | Rollback, once: Once) -> Response:
        """Say it, wait for what the tower makes of it, and tell that."""
        key = ids.of("model", id)
        heard = self.heard(once, key, {"model": id, **said.fields()}, f"/v1/models/{id}")
        if isinstance(heard, JSONResponse):
            return heard
        told, why = heard
        if why:
            problem = Problem(404 if why.startswith("model:") else 422, f"the tower rejected it: {why}",
                              "GET /v1/models lists them")  # fmt: skip
            self.keep(once, problem.status, problem.body(""))
            raise problem
        with self.present.lock:
            row = self.present.tables["models"].get(key)
            rows = np.array([row], row.dtype) if row is not None else np.zeros(0)
            body = {**told, "model": rendered(BY_NAME["models"], rows, self.present)[0] if rows.size else None}
        self.keep(once, 200, body)
        return JSONResponse(body)
