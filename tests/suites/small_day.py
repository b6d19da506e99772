"""A small recorded day: the small world, through ingest and control, as its LOG, its OUTCOMES and where they lie."""

from dataclasses import dataclass

from streams import control, ingest, names
from streams.advance import Home
from streams.control import make
from streams.entries import records
from streams.states import States
from tests.suites.small_world import deliver, envelopes, legs, memory_root, run
from tower.logs import urls
from tower.record import Record


@dataclass(frozen=True, slots=True)
class Day:
    """Both logs of network `east` under a root."""

    root: str
    log: list[Record]
    outcomes: list[Record]


def small_day(states: str, size: int = 40, root: str = "") -> Day:
    """So many legs over some hours; `states` is a folder for state files, the logs are in memory without a root."""
    root = root or memory_root()
    deliver(root, "east", envelopes(legs(size), together=3))
    run(ingest.over(root, ["east"], ends=True))
    run(control.over(Home(root, States(states), make), ["east"], ends=True))
    return Day(root, list(records(urls.reader(names.log(root, "east")))),
               list(records(urls.reader(names.outcomes(root, "east")))))  # fmt: skip
