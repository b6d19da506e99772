"""Forks: where a network's log may go on otherwise; and runs of that, waited for, read and stopped."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from api.http.chosen import moment
from api.http.here import Here, here_of
from api.http.problems import Problem, ProblemBody
from api.http.rules import Ruled
from api.http.scenarios import is_driven
from api.whatif.asking import asked_of_compare, asked_of_run, fork_of
from api.whatif.kept import Kept, Told
from api.whatif.turns import Turns
from api.whatif.words import CompareAsked, ForkAsked, RunAsked
from tower.errors import UsageError

ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    code: {"model": ProblemBody} for code in (404, 409, 503)
}  # fmt: skip
NET: Final = "net_cost"
"""The figure that a comparison is about."""
Id = Annotated[str, Path(max_length=64)]


class Fork(BaseModel):
    """A fork. `state_hash`: the running hash of OUTCOMES up to record `position`. `past`: running, as this log has it
    with all that was done by hand; recorded, as the scenario is without.
    """

    model_config = ConfigDict(extra="allow")

    id: str
    network: str
    position: int
    state_hash: str
    title: str
    past: str
    of: str


class Run(BaseModel):
    """A run, and what it has found so far: docs/whatif.md."""

    model_config = ConfigDict(extra="allow")

    id: str
    kind: str
    status: str
    title: str
    fork: Fork


class Forks(BaseModel):
    """Newest first."""

    items: list[Fork]


class Runs(BaseModel):
    """Newest first, with how far they are, why they ended and the net cost; the rest is with each."""

    items: list[Run]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(route_class=Ruled, tags=["what-if"])
    add_forks(routes)
    add_runs(routes)
    return routes


def add_forks(routes: APIRouter) -> None:
    """To make a fork, and to see those there are."""

    @routes.post("/v1/scenarios/{network}/fork", status_code=201, response_model=Fork, responses=ANSWERS,
                 summary="Fork a network: at a moment, at a record, or now")  # fmt: skip
    def fork(request: Request, network: str, said: ForkAsked) -> Response:
        """Nothing is played yet; the fork is a place in the log, and the hash that proves what lies before."""
        here = here_of(request)
        kept = world_of(here, network).kept[network]
        since = None if said.since is None else moment("from", said.since)
        try:
            made = kept.add_fork(*fork_of(here.root, network, said, since))
        except UsageError as error:
            raise wrong(error) from None
        return JSONResponse(shown(made), 201, {"Location": f"/v1/scenarios/{network}/forks/{made['id']}"})

    @routes.get("/v1/scenarios/{network}/forks", summary="The forks there are")
    def forks(request: Request, network: str) -> Forks:
        """Newest first."""
        kept = kept_of(here_of(request), network)
        return Forks(items=[Fork(**shown(one)) for one in kept.all_forks()] if kept else [])

    @routes.get("/v1/scenarios/{network}/forks/{id:path}", responses=ANSWERS, summary="A fork")
    def one(request: Request, network: str, id: Id) -> Fork:
        """One."""
        return Fork(**shown(found_fork(here_of(request), network, id)))


def add_runs(routes: APIRouter) -> None:
    """To have something played, to see how far it is, to stop it."""

    @routes.post("/v1/scenarios/{network}/run", status_code=202, response_model=Run, responses=ANSWERS,
                 summary="Play one variant of a fork once")  # fmt: skip
    def run(request: Request, network: str, said: RunAsked) -> Response:
        """With the luck that the scenario has; in its turn."""
        here = here_of(request)
        return begun(here, network, said.fork, lambda fork: asked_of_run(here, fork, said))

    @routes.post("/v1/scenarios/{network}/compare", status_code=202, response_model=Run, responses=ANSWERS,
                 summary="Compare variants of a fork, paired luck by luck")  # fmt: skip
    def compare(request: Request, network: str, said: CompareAsked) -> Response:
        """It stops when enough is known, at the latest after `runs`."""
        here = here_of(request)
        return begun(here, network, said.fork, lambda fork: asked_of_compare(here, fork, said))

    @routes.get("/v1/scenarios/{network}/runs", summary="The runs there are")
    def runs(request: Request, network: str) -> Runs:
        """Newest first."""
        kept = kept_of(here_of(request), network)
        return Runs(items=[Run(**run_shown(one) | so_far(kept, one)) for one in kept.all_runs()] if kept else [])

    @routes.get("/v1/scenarios/{network}/runs/{id:path}", response_model=Run, responses=ANSWERS, summary="A run")
    def one(request: Request, network: str, id: Id) -> Response:
        """What was asked, how far it is, and what it has found so far."""
        kept, told = found_run(here_of(request), network, id)
        return JSONResponse(run_shown(told) | kept.found(told["id"]), headers={"Cache-Control": "no-store"})

    @routes.delete("/v1/scenarios/{network}/runs/{id}", status_code=202, response_model=Run, responses=ANSWERS,
                   summary="Stop a run")  # fmt: skip
    def stop(request: Request, network: str, id: Id) -> Response:
        """What it has found so far stays; one that is over stays as it is."""
        here = here_of(request)
        found_run(here, network, id)
        return JSONResponse(run_shown(turns_of(here).stop_run(network, id) or {}), 202)


def begun(here: Here, network: str, fork: str, asked: Any) -> Response:
    """A run that waits for its turn."""
    turns = world_of(here, network)
    parent = found_fork(here, network, fork)
    try:
        wanted, hand = asked(parent)
    except UsageError as error:
        raise wrong(error) from None
    if not turns.room():
        raise Problem(503, "run: others wait to be played", "stop one, or ask again in a while", Retry_After="20")
    kept = turns.kept[network]
    made = kept.add_run(wanted, hand | {"done": kept.done(parent["id"])})
    turns.wake()
    return JSONResponse(run_shown(made), 202, {"Location": f"/v1/scenarios/{network}/runs/{made['id']}"})


def world_of(here: Here, network: str) -> Turns:
    """Who plays. Raises Problem 409 where no world answers back."""
    from simulators import scenarios

    try:
        scenarios.with_world(network)
    except UsageError as error:
        raise worldless(network, error.what) from None
    if not is_driven(here, network):
        raise worldless(network, "nobody plays a scenario there")
    return turns_of(here)


def worldless(network: str, why: str) -> Problem:
    """Why a network cannot be forked, and which can."""
    from simulators import scenarios

    worlds = ", ".join(one.name for one in scenarios.ALL.values() if one.week is not None)
    return Problem(409, f"network {network} has no world that answers back, so it cannot go on otherwise: {why}",
                   f"towerctl demo plays one that has: {worlds}")  # fmt: skip


def turns_of(here: Here) -> Turns:
    """Who plays."""
    assert here.turns is not None
    return here.turns


def kept_of(here: Here, network: str) -> Kept | None:
    """The forks and runs of a network."""
    return turns_of(here).kept.get(network)


def found_fork(here: Here, network: str, id: str) -> Told:
    """The fork of that id. Raises Problem 404."""
    kept = kept_of(here, network)
    told = kept.fork(id) if kept else None
    if told is None:
        raise Problem(404, f"fork: there is none called {plain(id)!r}", f"GET /v1/scenarios/{network}/forks lists them")
    return told


def found_run(here: Here, network: str, id: str) -> tuple[Kept, Told]:
    """The run of that id, and where it is kept. Raises Problem 404."""
    kept = kept_of(here, network)
    told = kept.run(id) if kept else None
    if kept is None or told is None:
        raise Problem(404, f"run: there is none called {plain(id)!r}", f"GET /v1/scenarios/{network}/runs lists them")
    return kept, told


def shown(fork: Told) -> Told:
    """A fork as it is told."""
    return {name: value for name, value in fork.items() if name not in ("moment", "number")}


def run_shown(run: Told) -> Told:
    """A run as it is told, without what it has found."""
    hidden = ("number", "asked_ms", "fork", "variants", "precision", "runs")
    told = ("key", "title", "said", "assumes")
    variants = [{name: one[name] for name in told if name in one} for one in run["variants"]]
    return {**{name: value for name, value in run.items() if name not in hidden}, "fork": shown(run["fork"]),
            "variants": variants, "runs_done": 0, "runs_most": run["runs"]}  # fmt: skip


def so_far(kept: Kept, run: Told) -> Told:
    """How far a run is, and what it came to in net cost."""
    found = kept.found(run["id"])
    net = [row for row in found.get("kpis", ()) if row["name"] == NET]
    known = {name: found[name] for name in ("runs_done", "eta_s", "stopped_because") if name in found}
    return known | ({"kpis": net} if net else {})


def plain(id: str) -> str:
    """An id as it is said back."""
    return id.encode(errors="replace").decode()


def wrong(error: UsageError) -> Problem:
    """What cannot be played, as a problem."""
    return Problem(422, error.what[:300], error.try_ or "GET /openapi.json says what this route takes")
