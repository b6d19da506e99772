"""Scenarios: what drives a recorded network, how fast, and whether it rests; and how to change that."""

import os
import threading
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from api.http.actions import key_of
from api.http.here import Here, here_of
from api.http.problems import Problem, ProblemBody
from api.http.rules import Ruled
from streams import names
from tower import clock

CONFLICT: dict[int | str, dict[str, Any]] = {409: {"model": ProblemBody}}
LOOK_S: Final = 15
"""How long a look lasts: who goes on looking says so again."""
_writes = threading.Lock()


class Speed(BaseModel):
    """How many seconds of the scenario pass in one."""

    model_config = ConfigDict(extra="forbid")

    speed: float = Field(gt=0, le=100_000, allow_inf_nan=False)


class Pause(BaseModel):
    """Whether it rests."""

    model_config = ConfigDict(extra="forbid")

    paused: bool = Field(strict=True)


class Look(BaseModel):
    """An option that somebody weighs."""

    model_config = ConfigDict(extra="forbid")

    option: Annotated[str, Field(max_length=17)]


class Scenario(BaseModel):
    """How a network is driven; `mode` live: it is not."""

    network: str
    title: str
    mode: str
    now: str
    speed: float
    paused: bool
    wanted: dict[str, Any]


def router() -> APIRouter:
    """The routes."""
    routes = APIRouter(route_class=Ruled, tags=["scenarios"])

    @routes.get("/v1/scenarios", summary="How the key's networks are driven")
    def listed(request: Request, network: str = "") -> list[Scenario]:
        """One each."""
        here, key = here_of(request), request.state.key
        return [scenario(here, name) for name in here.networks if key.is_for(name) and network in ("", name)]

    @routes.post("/v1/scenarios/{network}/speed", summary="Play it faster or slower", responses=CONFLICT)
    def speed(request: Request, network: str, said: Speed) -> Scenario:
        """The driver heeds it within a moment; it never jumps."""
        return want(here_of(request), network, speed=said.speed)

    @routes.post("/v1/scenarios/{network}/pause", summary="Let it rest, or go on", responses=CONFLICT)
    def pause(request: Request, network: str, said: Pause) -> Scenario:
        """What is received meanwhile by people and programs still counts."""
        return want(here_of(request), network, paused=said.paused)

    @routes.post("/v1/scenarios/{network}/look", summary="Play no faster than time while an option is weighed",
                 responses=CONFLICT | {404: {"model": ProblemBody}})  # fmt: skip
    def look(request: Request, network: str, said: Look) -> Scenario:
        """For 15 seconds a recorded network is played at its own pace at most, so that the option does not expire under
        who weighs it; say it again to go on. 409 where the network is live or the option is over.
        """
        here = here_of(request)
        if is_driven(here, network):
            stands(here, network, said.option)
        return want(here, network, looked_until_ms=clock.wall_ms() + LOOK_S * clock.SECOND)

    return routes


def scenario(here: Here, network: str) -> Scenario:
    """How a network is driven."""
    from simulators import scenarios

    known, driven = scenarios.ALL.get(network), is_driven(here, network)
    said, wanted = (read(folder(here) / name) if driven else {} for name in ("now.json", "wanted.json"))
    speed = float(said.get("speed", 0.0)) if driven else 1.0
    now = int(said.get("now_ms", here.present(network).now)) if driven else clock.wall_ms()
    return Scenario(network=network, title=known.title if known else network, mode="recorded" if driven else "live",
                    now=clock.render(now), speed=speed, paused=driven and speed == 0.0, wanted=wanted)  # fmt: skip


def stands(here: Here, network: str, option: str) -> None:
    """Whether it can still be chosen. Raises Problem 404 or 409."""
    present, key = here.present(network), key_of(option, "option")
    with present.lock:
        row, now = present.tables["options"].get(key), present.now
    if row is None:
        raise Problem(404, f"there is no option #{key:016x}", "GET /v1/options lists those that there are")
    if row["expires_at"] <= now:
        raise Problem(409, f"option #{key:016x} is over", "GET /v1/options lists those that can be chosen")


def want(here: Here, network: str, **wish: float | bool) -> Scenario:
    """Ask the driver for something. Raises Problem 409 where there is none."""
    if not is_driven(here, network):
        raise Problem(409, f"network {network} is live: time passes by itself", "towerctl demo plays a recorded one")
    folder(here).mkdir(parents=True, exist_ok=True)
    draft = folder(here) / "wanted.json.new"
    with _writes:
        draft.write_bytes(orjson.dumps({**read(folder(here) / "wanted.json"), **wish}))
        os.replace(draft, folder(here) / "wanted.json")
    return scenario(here, network)


def is_driven(here: Here, network: str) -> bool:
    """Whether somebody says how time passes there."""
    return names.CLOCK in names.sources(here.root, network)


def folder(here: Here) -> Path:
    """Where driver and API leave word for each other."""
    return here.data / "driver"


def read(path: Path) -> dict[str, Any]:
    """What the file says; nothing if there is none, or half of one."""
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
