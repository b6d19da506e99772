"""How long aircraft stand between two legs (us_flights_1999dec): forecasts when they come, and while they stand.

Each is learned when it leaves, no sooner. Beside them the planned time, the middle of what was seen at the site so
far, and the planned end. Reported from the second day on.
"""

import heapq
from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc

from operators.expect.dwell import Dwell
from simulators.bench.figures import Row, row
from simulators.recorded.air import Air
from simulators.recorded.flights import Legs
from simulators.recorded.visits import turnarounds

DAY_MIN: Final = 1440.0
OF_PEER: Final = 0.9
QUICK: Final = 20_000
OVER_MIN: Final = 15.0
"""A visit is asked about again when it has lasted so much longer than was said."""
PLANNED, MIDDLE, END, OURS, LEFT_SAID, LEFT = range(6)


def rows(path: str, *, quick: bool = False) -> Iterator[Row]:
    """A row for each peer. Raises UsageError where there are no flights."""
    legs = Air.at(path).read()
    found = played(legs, QUICK if quick else None)
    errors = np.array(found)
    load = f"{errors.shape[0]} visits from the second day"
    mean = np.nanmean(np.abs(errors), axis=0)
    for column, name in ((PLANNED, "planned time"), (MIDDLE, "middle of the site so far"), (END, "planned end")):
        target = OF_PEER if column != END else None
        yield row("detect", "dwell: mean error", float(mean[OURS]), "min", "low", load, peer=name,
                  against=float(mean[column]), target=target, of="ratio")  # fmt: skip
    still = int(np.count_nonzero(~np.isnan(errors[:, LEFT])))
    yield row("detect", "dwell, while it lasts: mean error", float(mean[LEFT]), "min", "low",
              f"{still} visits, {OVER_MIN:g} min after what was said", peer="what was said, if longer than so far",
              against=float(mean[LEFT_SAID]))  # fmt: skip


def played(legs: Legs, most: int | None) -> list[tuple[float, ...]]:
    """The errors of each visit, in the order in which they end."""
    model, seen, ends = Dwell(), defaultdict[str, list[float]](list), list[tuple[float, int, Any]]()
    found: list[tuple[float, ...]] = []
    visits = told(legs)
    first = visits[0][0] + DAY_MIN
    for number, (arrived, left, start, end, site, kind) in enumerate(visits[:most]):
        while ends and ends[0][0] <= arrived:
            _, _, visit = heapq.heappop(ends)
            over(model, seen, visit)
        base, x = model.features(site, kind, arrived, start, end)
        said, so_far = model.expect(base, x), seen[site]
        middle = so_far[len(so_far) // 2] if so_far else base
        lasted = left - arrived
        if arrived >= first:
            asked = said + OVER_MIN
            is_still = lasted > asked
            later = model.expect_still(said, asked) if is_still else float("nan")
            planned = end - start if end > start else base
            found.append((planned - lasted, middle - lasted, max(end - arrived, 0.0) - lasted, said - lasted,
                          asked - lasted if is_still else float("nan"), later - lasted))  # fmt: skip
        heapq.heappush(ends, (left, number, (site, kind, base, x, said, lasted)))
    return found


def over(model: Dwell, seen: dict[str, list[float]], visit: Any) -> None:
    """A visit has ended: only now is it known how long it lasted."""
    site, *_, lasted = visit
    model.learn(*visit)
    insort(seen[site], lasted)


def told(legs: Legs) -> list[tuple[float, float, float, float, str, str]]:
    """Arrived, left, planned start and end, site and carrier of each visit, as they arrive. Minutes."""
    came, went, _ = turnarounds(legs)
    columns = (legs.arrived[came], legs.departed[went], legs.arr_planned[came], legs.dep_planned[went])
    sites = pc.take(legs.origin, went).to_pylist()
    carriers = pc.take(legs.carrier, went).to_pylist()
    return sorted(zip(*(column.tolist() for column in columns), sites, carriers, strict=True))
