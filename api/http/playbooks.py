"""Playbooks over HTTP: a variant that was better is kept by name, or its option is used where it still stands."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Header, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from api.http.actions import Act, Turns, ids_of
from api.http.decisions import Approve, Verdict, next_option, refusal, row_of, shown
from api.http.forks import ANSWERS, NET, found_run
from api.http.here import here_of
from api.http.idempotency import LONGEST, Once
from api.http.present import Present
from api.http.problems import Problem
from api.http.rules import Ruled
from api.http.told import tell
from api.whatif.kept import Told
from operators.deciding import WAITING
from tower import clock, ids

KINDS: Final = {"joint": "joint", "close": "joint", "greedy": "spare", "greedy_priority": "spare"}
"""Which kind of option plans as a variant's planner does."""
SPAN: Final = {"": "_mean", "_low": "_lo", "_high": "_hi"}
"""What a playbook keeps of the difference in net cost, by what that is called there and here."""
Id = Annotated[str, Path(max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Cause = Literal["weather", "legs", "docks", "lines", "stock", "supply", "source", "other", "demand", "carriers",
                "actions", "models"]  # fmt: skip
Key_ = Annotated[str, Header(max_length=LONGEST)]


class Use(BaseModel):
    """Have the option of a variant done."""

    model_config = ConfigDict(extra="forbid")

    variant: Literal["A", "B", "C"]


class Keep(Use):
    """Keep a variant under a name. `cause`, `site`: of the incidents that it is for, where no option says so."""

    name: Name
    cause: Cause | None = None
    site: Name | None = None


def router() -> APIRouter:
    """The routes."""
    routes, turns = APIRouter(route_class=Ruled, tags=["what-if"]), Turns()

    @routes.post("/v1/scenarios/{network}/runs/{id}/playbook", status_code=201, responses=ANSWERS,
                 summary="Keep a variant that is better as a playbook")  # fmt: skip
    def keep(request: Request, network: str, id: Id, said: Keep, idempotency_key: Key_ = "") -> Response:
        """The next version under that name; suggested for incidents of its cause and site."""
        word = Keeping(here_of(request), network, request.state.key, "playbook.set", turns)
        return word.once(f"keep {id}", idempotency_key, said, lambda once: word.kept(id, said, once))

    @routes.post("/v1/scenarios/{network}/runs/{id}/use", responses=ANSWERS,
                 summary="Approve the option of a variant, where it still stands")  # fmt: skip
    def use(request: Request, network: str, id: Id, said: Use, idempotency_key: Key_ = "") -> Response:
        """As approving it at the desk; 409 with the reason and what could be done instead."""
        here = here_of(request)
        word = Verdict(here, network, request.state.key, "decision.approved", turns)

        def used(once: Once) -> Response:
            decision, option = decision_of(word.present, variant_of(found_run(here, network, id)[1], said.variant))
            return word.about(decision, Approve(option=option), once)

        return word.once(f"use {id}", idempotency_key, said, used)

    return routes


class Keeping(Act):
    """One request to keep a variant."""

    def kept(self, id: str, said: Keep, once: Once) -> Response:
        """Say it, wait for what the tower makes of it, and tell that. Raises Problem."""
        kept, run = found_run(self.here, self.network, id)
        document = document_of(run, kept.found(run["id"]), said)
        key = ids.of("playbook", said.name)
        with self.turns.hold(self.network, [key]):
            row = row_of(self.present, "playbooks", key)
            version = 1 if row is None else int(row["version"]) + 1
            event = {"id": f"{ids_of(once.name)}-playbook", "kind": "playbook.set", "at": clock.render(once.at),
                     "playbook": said.name, "version": version, "by": self.key.name, "document": document}  # fmt: skip
            word = tell(self.here, self.network, [event])
        there = {"Location": f"/v1/playbooks/{said.name}?network={self.network}"}
        told: Told = {"network": self.network, "position": word.position, "record": word.number}
        if not word.decided:
            return JSONResponse({**told, "detail": "kept; the tower has not taken it in yet"}, 202, there)
        if why := refusal(self.present, str(event["id"])):
            raise Problem(422, f"the tower rejected it: {why}", "mend it and send it again")
        row = row_of(self.present, "playbooks", key)
        body = {**told, "item": None if row is None else shown(self.present, "playbooks", row)}
        self.keep(once, 201, body)
        return JSONResponse(body, 201, there)


def variant_of(run: Told, key: str) -> Told:
    """A variant of a run. Raises Problem 404."""
    found: Told | None = next((one for one in run["variants"] if one["key"] == key), None)
    if found is None:
        there = ", ".join(one["key"] for one in run["variants"])
        raise Problem(404, f"variant: this run has none called {key}", f"it has {there}")
    return found


def document_of(run: Told, found: Told, said: Keep) -> Told:
    """A variant as a playbook. Raises Problem 409 where it is not better for sure, 422 where it is of no incident."""
    one = variant_of(run, said.variant)
    net: Told = next((row["of"].get(said.variant, {}) for row in found.get("kpis", ()) if row["name"] == NET), {})
    if "diff_hi" not in net or net["diff_hi"] >= 0:
        far = "no interval yet" if "diff_hi" not in net else f"its interval ends at {net['diff_hi']:,} cents"
        why = f"variant {said.variant} is not better for sure: {far}"
        problem = Problem(409, why, "keep one whose net cost is less")
        problem.reason = "not better"
        raise problem
    about = one.get("about") or [{}]
    cause, site = said.cause or about[0].get("cause"), said.site or about[0].get("site")
    kind = about[0].get("kind") or KINDS.get(one["words"]["plan"])
    if kind is None or cause is None:
        why = f"variant {said.variant} approves no option, so nothing says which incidents it is for"
        raise Problem(422, why, "approve an option in it, or say cause and site of one with another plan")
    return {"title": one["title"], "cause": cause, "site": site, "option": kind, "run": run["id"], "runs": net["runs"],
            **{f"net{part}_cents": net[f"diff{name}"] for part, name in SPAN.items()}}  # fmt: skip


def decision_of(present: Present, variant: Told) -> tuple[str, str]:
    """The decision that waits for the option of a variant, and that option. Raises Problem 409."""
    about = variant.get("about") or []
    if len(about) != 1:
        raise over(f"variant {variant['key']} approves {len(about) or 'no'} option{'s' * (len(about) > 1)}",
                   "use approves one option; a plan or an event cannot be approved", None)  # fmt: skip
    incident, option = (int(about[0][name][1:], 16) for name in ("incident", "option"))
    with present.lock:
        rows = present.tables["decisions"].rows
        mine = rows[rows["incident"] == incident]
        waits = next((row for row in mine if row["state"] in WAITING), None)
        held = present.tables["options"].get(option)
        stands = held is not None and held["keep_until"] < 0 and not 0 <= held["expires_at"] <= present.now
    if waits is None:
        instead = next_option(present, int(mine["key"][mine["nth"].argmax()])) if mine.size else None
        raise over(f"nothing waits to be decided about incident #{incident:016x}", "GET /v1/decisions?status=proposed",
                   instead)  # fmt: skip
    if not stands and int(waits["option"]) != option:
        raise over(f"option #{option:016x} is gone", "see `next_option`: it is good now",
                   next_option(present, int(waits["key"])))  # fmt: skip
    return f"{int(waits['key']):016x}", f"{option:016x}"


def over(why: str, hint: str, instead: Told | None) -> Problem:
    """Why the option of a variant cannot be used any more."""
    problem = Problem(409, f"use: {why}", hint)
    problem.reason, problem.next_option = "superseded", instead
    return problem
