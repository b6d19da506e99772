"""Futures: what a plan of doors saves where work takes more or less time than was booked; assumed, not measured."""

from dataclasses import replace
from typing import Any

import numpy as np

from operators.allocation import doors as search
from operators.allocation.visits import Doors
from operators.yards.yard import Yard
from tower.ids import pairs


def futures(yard: Yard, found: Doors) -> Any:
    """Cents saved against first come, first served in each of the futures that the rules ask for.

    Each visit's work is drawn evenly between so much and so much of what was booked; both meet the same.
    """
    p = yard.problem
    keys = np.array([visit.key for visit in yard.visits], "u8")
    moved = int(found.moved.size) * int(p.moving.max(initial=0))
    least, most = yard.rules.work_least_percent / 100, yard.rules.work_most_percent / 100
    saved = []
    for future in range(yard.rules.futures):
        drawn = (pairs(keys, np.full(keys.size, future, "u8")) >> np.uint64(40)) / float(1 << 24)
        takes = np.rint(p.duration * (least + (most - least) * drawn)[:, None]).astype("i8")
        met = replace(p, duration=np.where(p.duration > 0, np.maximum(1, takes), 0))
        planned = replace(met, door=found.door, start=found.start)
        turns, order = search.cost(met, *search.first_come(met)), search.cost(met, found.door, search.in_order(planned))
        saved.append(turns - order - moved)
    return np.array(saved)
