"""Warm: has every kernel compiled and cached, so that the first event does not wait. `python -m simulators.warm`"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

import numpy as np
import orjson

from operators.allocation import doors
from operators.allocation.visits import Visits
from simulators.feed import merge
from simulators.scenarios import load
from streams.adapters import decode, docs
from streams.replay import Replay
from tower import clock
from tower.batch import Batch
from tower.envelope import Envelope
from tower.events import KINDS

SPAN: Final = 3 * clock.HOUR
SOURCE: Final = "warm"
MORNING: Final = 15_000 * clock.DAY
"""Some moment: at the beginning of time itself everything would be too late."""


def main() -> int:
    """Run both parts, beside each other where there is a core for each."""
    if len(os.sched_getaffinity(0)) < len(PARTS):
        for part in PARTS:
            part()
        return 0
    with ProcessPoolExecutor(len(PARTS), get_context("spawn")) as pool:
        for ended in [pool.submit(part) for part in PARTS]:
            ended.result()
    return 0


def facts() -> None:
    """An event of every kind, twice, and all of them taken back; then the first hours of the bundled world."""
    feed = load("blizzard")
    replay, end = Replay(feed.networks[0]), feed.start_ms + SPAN
    replay.play([*every_kind(feed.start_ms - clock.HOUR), *merge(feed.advance(end))])


def plans() -> None:
    """A leg that is lost and one whose vehicle comes too late: something to plan and to say. Then doors, once."""
    Replay("warm").play(lost_leg(MORNING))
    doors.again(Visits.of(np.ones((2, 2)), [0, 0], [0, 0], [1, 1]), budget=2)


PARTS: Final = (facts, plans)


def every_kind(start: int) -> list[tuple[int, str, Batch]]:
    """An event of every kind each second, told again as another, then corrected."""
    told = [docs.example(kind, number) for number in (1, 2) for kind in KINDS]
    for number, event in enumerate(told):
        event["id"] = f"w{number}"
    corrected = [{**e, "id": f"c{e['id']}", "corrects": {"id": e["id"], "reason": "warm"}} for e in told]
    seconds = [told, told, corrected]
    return [(start + i * clock.SECOND, SOURCE, batch(start, events)) for i, events in enumerate(seconds, 1)]


def lost_leg(start: int) -> list[tuple[int, str, Batch]]:
    """Lines that want to go on legs with little room; one of these is cancelled, then another; then hours pass."""
    legs = [{"kind": "leg.planned", "leg": f"warm{n}", "origin": "warm-A", "dest": "warm-B", "capacity_loads": 1,
             "dep_planned": start + (6 + n) * clock.HOUR, "arr_planned": start + (8 + n) * clock.HOUR}
            for n in range(4)]  # fmt: skip
    back = {**legs[3], "leg": "back", "origin": "warm-B", "dest": "warm-A", "dep_planned": start + 10 * clock.HOUR}
    tied = [{"kind": "leg.assigned", "leg": leg, "carrier": "warm", "vehicle": "warm"} for leg in ("warm3", "back")]
    orders = [{"kind": "order.placed", "order": f"warm{n}", "customer": "warm", "ship_to": "warm-B",
               "priority": "express", "promise_by": start + 12 * clock.HOUR,
               "lines": [{"line": "1", "sku": "warm", "quantity": 1, "value_cents": 1000}]}
              for n in range(4)]  # fmt: skip
    booked = [{**_line(n), "kind": "line.booked", "leg": f"warm{n}", "site": "warm-A"} for n in range(2)]
    stock = {"kind": "stock.counted", "site": "warm-A", "sku": "warm", "on_hand": 9}
    failed = {**_line(0), "kind": "line.failed", "reason": "leg_cancelled", "quantity": 1, "leg": "warm0"}
    off = [{"kind": "leg.cancelled", "leg": f"warm{n}"} for n in (0, 2)]
    told: list[tuple[int, Sequence[Mapping[str, object]]]] = [
        (0, [*legs, back, *tied, *orders, *booked, stock]), (1, [off[0], failed]), (3, off[1:]), (300, [stock]),
    ]  # fmt: skip
    return [(start + minute * clock.MINUTE, SOURCE, batch(start + minute * clock.MINUTE, _known(events, minute)))
            for minute, events in told]  # fmt: skip


def _line(order: int) -> dict[str, object]:
    return {"order": f"warm{order}", "line": "1"}


def _known(events: Sequence[Mapping[str, object]], minute: int) -> list[dict[str, object]]:
    """Events with an id each."""
    return [{**event, "id": f"p{minute}.{n}"} for n, event in enumerate(events)]


def batch(moment: int, events: list[dict[str, object]]) -> Batch:
    """Events as their adapter reads them, at any moment near that one."""
    near = [{**event, "at": moment} for event in events]
    return decode(Envelope(SOURCE, moment, "application/json", orjson.dumps(near)), 1, "blizzard")


if __name__ == "__main__":
    raise SystemExit(main())
