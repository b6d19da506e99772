"""Decisions: what a person says of one: approve, adjust, reject, roll back; the tower's own outcome is the answer."""

from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from api.http.actions import ANSWERS, Act, Turns, ids_of, key_of
from api.http.here import here_of
from api.http.idempotency import LONGEST, Once
from api.http.inboxes import PEOPLE
from api.http.present import Present
from api.http.problems import Problem
from api.http.rendered import Told, rendered
from api.http.resources import BY_NAME
from api.http.rules import VERDICTS, Ruled
from api.http.told import tell
from tower import clock, ids

WORDS: Final = ("expired", "superseded", "over limit", "taken", "too late", "too early", "over")
"""Why a decision is not as somebody wants it; any other reason is the request's own fault."""
MOST: Final = 200
HINTS: Final = {
    "expired": "see `next_option`, or wait for the next proposal", "superseded": "see `next_option`: it is good now",
    "over limit": "policy says who may, and how many of them", "taken": "somebody was first: GET the decision",
    "too late": "GET the decision; a new one may help", "too early": "GET the decision",
    "over": "nothing is left to do",
}  # fmt: skip
Id = Annotated[str, Field(max_length=17)]
Name = Annotated[str, Field(min_length=1, max_length=64)]


class Approve(BaseModel):
    """Do it. `option`: another one of the same incident than was proposed."""

    model_config = ConfigDict(extra="forbid")

    option: Id | None = None

    def fields(self) -> dict[str, Any]:
        """What the event says."""
        if self.option is None:
            return {}
        return {"option": f"#{key_of(self.option, 'option'):016x}"}


class Wanted(BaseModel):
    """Where a line shall go; no leg: it stays where it is."""

    model_config = ConfigDict(extra="forbid")

    order: Name
    line: Name
    leg: Name | None = None


class Adjust(BaseModel):
    """The same, but for these lines."""

    model_config = ConfigDict(extra="forbid")

    moves: Annotated[list[Wanted], Field(min_length=1, max_length=1000)]
    reason: Annotated[str, Field(max_length=900)] = ""

    def fields(self) -> dict[str, Any]:
        """What the event says."""
        return {"moves": [one.model_dump() for one in self.moves], "reason": self.reason}


class Reject(BaseModel):
    """No, because."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=900)]

    def fields(self) -> dict[str, Any]:
        """What the event says."""
        return {"reason": self.reason}


class Rollback(BaseModel):
    """Take it back."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(max_length=900)] = ""

    def fields(self) -> dict[str, Any]:
        """What the event says."""
        return {"reason": self.reason}


Body = Approve | Adjust | Reject | Rollback
SAYS: Final[dict[str, tuple[type[Body], str, str]]] = {
    "approve": (Approve, "decision.approved", "Have it done"),
    "adjust": (Adjust, "decision.adjusted", "Have other lines moved, or elsewhere"),
    "reject": (Reject, "decision.rejected", "Say no, and why"),
    "rollback": (Rollback, "decision.rolled_back", "Take back what was done, while nobody has begun to pick it"),
}
CONFLICTS: Final[dict[int | str, dict[str, Any]]] = {
    **ANSWERS, 409: {**ANSWERS[409], "description": "Expired, superseded, over limit, taken or too late: see `reason`"},
}  # fmt: skip


def router() -> APIRouter:
    """A route a verb."""
    routes, turns = APIRouter(route_class=Ruled, tags=["decisions"]), Turns()
    for verb in VERDICTS:
        add(routes, verb, turns)
    return routes


def add(routes: APIRouter, verb: str, turns: Turns) -> None:
    """The route of a verb."""
    body_type, kind, summary = SAYS[verb]
    Key_ = Annotated[str, Header(max_length=LONGEST)]

    def said_of(request: Request, id: str, said: Any, network: str = "", idempotency_key: Key_ = "") -> Response:
        word = Verdict(here_of(request), request.state.network, request.state.key, kind, turns)
        return word.once(f"{verb} decision {id}", idempotency_key, said, lambda once: word.about(id, said, once))

    said_of.__annotations__["said"] = body_type
    routes.add_api_route(f"/v1/decisions/{{id}}/{verb}", said_of, methods=["POST"], name=f"{verb} decision",
                         responses=CONFLICTS, summary=summary)  # fmt: skip


class Saying(Act):
    """One request of a person that is one event, and whose answer is what the tower makes of it."""

    def heard(self, once: Once, key: int, about: Told, where: str) -> tuple[Told, str] | JSONResponse:
        """Say it of the thing with that id and wait: what is told of it and why it was rejected, "" if it was not; or
        the answer that nothing has been decided yet.
        """
        event = {"id": f"{ids_of(once.name)}-{key:016x}", "kind": self.kind, "at": clock.render(once.at), **about,
                 "by": self.key.name, "role": self.key.role}  # fmt: skip
        with self.turns.hold(self.network, [key]):
            word = tell(self.here, self.network, [event])
        told: Told = {"network": self.network, "position": word.position, "record": word.number}
        if not word.decided:
            there = {"Location": f"{where}?network={self.network}"}
            return JSONResponse({**told, "detail": "kept; the tower has not decided on it yet"}, 202, there)
        return told, refusal(self.present, str(event["id"]))


class Verdict(Saying):
    """One request of a person about a decision."""

    def about(self, id: str, said: Body, once: Once) -> Response:
        """Say it, wait for what the tower makes of it, and tell that."""
        key = key_of(id, "decision")
        if row_of(self.present, "decisions", key) is None:
            raise Problem(404, f"there is no decision #{key:016x}", "GET /v1/decisions lists them")
        heard = self.heard(once, key, {"decision": f"#{key:016x}", **said.fields()}, f"/v1/decisions/{key:016x}")
        if isinstance(heard, JSONResponse):
            return heard
        told, why = heard
        if why:
            problem = refused(why, self.present, key)
            self.keep(once, problem.status, problem.body(""))
            raise problem
        with self.present.lock:
            body = {**told, "now": clock.render(self.present.now), "seq": self.present.seq, **stands(self.present, key)}
        self.keep(once, 200, body)
        return JSONResponse(body)


def refusal(present: Present, event: str) -> str:
    """Why the tower rejected an event of people, "" if it did not: whichever message it came in first."""
    id = np.uint64(ids.of("event", f"{PEOPLE}\0{event}"))
    with present.lock:
        found = next((said.row for said in reversed(present.rejected) if said.row["id"] == id), None)
        return "" if found is None else present.of(int(found["reason"]))


def refused(why: str, present: Present, key: int) -> Problem:
    """Why the tower did not take it, and what could be done instead."""
    reason = next((word for word in WORDS if why.startswith(f"{word}:")), None)
    if reason is None:
        return Problem(422, f"the tower rejected it: {why}", "mend it and send it again")
    problem = Problem(409, f"the tower rejected it: {why}", HINTS[reason])
    problem.reason, problem.next_option = reason, next_option(present, key)
    return problem


def stands(present: Present, key: int) -> Told:
    """A decision as it is now, with its newest action and the lines of that; names of those that do not hold."""
    decision = row_of(present, "decisions", key)
    if decision is None:
        return {"item": None}
    found: Told = {"item": shown(present, "decisions", decision)}
    action = row_of(present, "actions", int(decision["action"]))
    if action is not None:
        moves = present.tables["action_moves"].rows
        mine = moves[moves["action"] == action["key"]]
        found |= {"action": shown(present, "actions", action), "moves": lines_of(present, mine[:MOST])}
    return found


def lines_of(present: Present, moves: np.ndarray) -> list[Told]:
    """The lines that an action moves."""
    from tower.render import render_rows

    inside = ("key", "keep_until", "action")
    told = render_rows("action_moves", np.sort(moves, order="key"), present.names)
    return [{name: value for name, value in one.items() if name not in inside} for one in told]


def next_option(present: Present, key: int) -> Told | None:
    """The best option of a decision's incident, as things are now."""
    with present.lock:
        decision = row_of(present, "decisions", key)
        if decision is None:
            return None
        rows = present.tables["options"].rows
        good = rows[(rows["incident"] == decision["incident"]) & (rows["keep_until"] < 0)
                    & ((rows["expires_at"] < 0) | (rows["expires_at"] > present.now))]  # fmt: skip
        if not good.size:
            return None
        return shown(present, "options", np.sort(good, order=["rank", "key"])[0])


def row_of(present: Present, table: str, key: int) -> np.void | None:
    """A row of a live table."""
    with present.lock:
        return present.tables[table].get(key)


def shown(present: Present, name: str, row: np.void) -> Told:
    """A row as its list shows it."""
    return rendered(BY_NAME[name], np.array([row], row.dtype), present)[0]
