"""Visits: an aircraft that lands, and leaves the same airport again, has been at a dock in between.

Recorded are two moments, at the gate in and out, and the plans of both legs. Derived: that the two legs are one visit
(same aircraft, next in time, same airport, 10 to 720 minutes); that work starts on arrival and ends on leaving; the
window, from the planned arrival to the planned departure. No door is recorded, so nothing is said of one. The dock
group is the carrier's.
"""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulators.recorded.blocks import Block
from simulators.recorded.flights import Legs, ms
from simulators.recorded.leg_events import PLANNED_AHEAD
from simulators.recorded.names import Names, event_ids
from tower.events import BY_NAME

SOURCE: Final = "docks"
SHORTEST_MIN: Final = 10
LONGEST_MIN: Final = 720
LOAD: Final = next(f for f in BY_NAME["visit.booked"].fields if f.name == "purpose").words.index("load")
LIVE: Final = next(f for f in BY_NAME["visit.booked"].fields if f.name == "handling").words.index("live")


def turnarounds(legs: Legs) -> tuple[np.ndarray, np.ndarray, dict[str, int]]:
    """The legs that brought and took an aircraft, and how many followed each other but were no visit, and why."""
    tail = pc.fill_null(legs.tail, "").dictionary_encode().indices.to_numpy()
    has_tail = legs.tail.is_valid().to_numpy(zero_copy_only=False)
    flown = np.flatnonzero(has_tail & ~np.isnan(legs.departed) & ~np.isnan(legs.arrived))
    order = flown[np.lexsort((legs.departed[flown], tail[flown]))]
    came, went = order[:-1], order[1:]
    same = tail[came] == tail[went]
    came, went = came[same], went[same]
    elsewhere = ~_equal(legs.dest, came, legs.origin, went)
    stood = legs.departed[went] - legs.arrived[came]
    short, long = ~elsewhere & (stood < SHORTEST_MIN), ~elsewhere & (stood > LONGEST_MIN)
    good = ~(elsewhere | short | long)
    why = {"aircraft left from another airport than it landed at": elsewhere,
           f"stood less than {SHORTEST_MIN} min": short, f"stood more than {LONGEST_MIN} min": long}  # fmt: skip
    return came[good], went[good], {f"no visit: {k}": int(v.sum()) for k, v in why.items() if v.any()}


def _equal(a: pa.Array, of_a: np.ndarray, b: pa.Array, of_b: np.ndarray) -> np.ndarray:
    return pc.equal(a.take(pa.array(of_a)), b.take(pa.array(of_b))).to_numpy(zero_copy_only=False)


def visit_blocks(legs: Legs, names: Names) -> tuple[list[Block], dict[str, int]]:
    """What the docks say of each visit, called by the leg that leaves; and what was derived, how often."""
    came, went, derived = turnarounds(legs)
    visit = pc.binary_join_element_wise(legs.name.take(pa.array(went)), "dock", "/")
    texts, subject = [name.encode() for name in visit.to_pylist()], names.of("visit", visit)
    arrived, left = ms(legs.arrived[came]), ms(legs.departed[went])
    moments = {"arrived": arrived, "started": arrived, "finished": left, "left": left}
    booked, unwindowed = _booked(legs, names, came, went)
    blocks = [Block("visit.booked", event_ids(SOURCE, texts, "/booked"), ms(legs.dep_planned[went]) - PLANNED_AHEAD,
                    subject, booked)]  # fmt: skip
    blocks += [Block(f"visit.{moment}", event_ids(SOURCE, texts, f"/{moment}"), at, subject)
               for moment, at in moments.items()]  # fmt: skip
    return blocks, {"visit: an arrival and the next departure of an aircraft": came.size,
                    "visit without window end: the plans do not follow each other": unwindowed, **derived}  # fmt: skip


def _booked(legs: Legs, names: Names, came: np.ndarray, went: np.ndarray) -> tuple[dict[str, np.ndarray], int]:
    """The fields of visit.booked. An aircraft that was swapped may be planned to leave before it comes: no end then."""
    start, end = ms(legs.arr_planned[came]), ms(legs.dep_planned[went])
    taken = pa.array(went)
    columns = {
        "site": names.of("site", legs.origin.take(taken)), "leg": names.of("leg", legs.name.take(taken)),
        "purpose": np.full(went.size, LOAD), "handling": np.full(went.size, LIVE),
        "dock_group": names.of("dock_group", legs.carrier.take(taken)), "window_start": start,
        "window_end": np.where(end > start, end, -1), "trailer": names.of("trailer", legs.tail.take(taken)),
    }  # fmt: skip
    return columns, int(np.count_nonzero(end <= start))
