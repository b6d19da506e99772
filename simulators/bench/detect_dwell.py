"""How long aircraft stand between two legs (us_flights_1999dec): forecasts when they come, and while they stand, by the
kernels that the chain has.

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

from operators.expect import stay
from operators.expect.stay import HIGH, LOW, MIDDLE
from simulators.bench.figures import Row, row
from simulators.recorded.air import Air
from simulators.recorded.flights import Legs
from simulators.recorded.visits import turnarounds
from tower.ids import of

DAY_MIN: Final = 1440.0
OF_PEER: Final = 0.9
QUICK: Final = 20_000
OVER_MIN: Final = 15.0
"""A visit is asked about again when it has lasted so much longer than was said."""
PLANNED, MEDIAN, END, OURS, LEFT_SAID, LEFT, IN_BAND, LEFT_IN_BAND = range(8)


def rows(path: str, *, quick: bool = False) -> Iterator[Row]:
    """A row for each peer, then how often bands held. Raises UsageError where there are no flights."""
    legs = Air.at(path).read()
    found = np.array(Played(legs, QUICK if quick else None).found)
    load = f"{found.shape[0]} visits from the second day"
    mean = np.nanmean(np.abs(found), axis=0)
    for column, name in ((PLANNED, "planned time"), (MEDIAN, "middle of the site so far"), (END, "planned end")):
        target = OF_PEER if column != END else None
        yield row("detect", "dwell: mean error", float(mean[OURS]), "min", "low", load, peer=name,
                  against=float(mean[column]), target=target, of="ratio")  # fmt: skip
    still = f"{int(np.count_nonzero(~np.isnan(found[:, LEFT])))} visits, {OVER_MIN:g} min after what was said"
    yield row("detect", "dwell, while it lasts: mean error", float(mean[LEFT]), "min", "low", still,
              peer="what was said, if longer than so far", against=float(mean[LEFT_SAID]))  # fmt: skip
    yield row("detect", "dwell: within p05 to p95", float(mean[IN_BAND]), "share", "high", load)
    yield row("detect", "dwell, while it lasts: within p05 to p95", float(mean[LEFT_IN_BAND]), "share", "high", still)


class Played:
    """The errors of each visit, in the order in which they came, and whether bands held."""

    def __init__(self, legs: Legs, most: int | None) -> None:
        self.model, self.seen = stay.empty(), defaultdict[int, list[float]](list)
        self.found: list[tuple[float, ...]] = []
        self.slots, self.raw, self.band = np.zeros(4, "i8"), np.zeros(3), np.zeros(3)
        visits, ends = told(legs), list[tuple[float, int, Any]]()
        first = visits[0][0] + DAY_MIN
        for number, visit in enumerate(visits[:most]):
            while ends and ends[0][0] <= visit[0]:
                self.over(*heapq.heappop(ends)[2])
            heapq.heappush(ends, (visit[1], number, self.come(visit, is_told=visit[0] >= first)))

    def come(self, visit: tuple[float, float, float, float, str, str], *, is_told: bool) -> Any:
        """One has come: what is said of it, and how far off that turns out to be."""
        arrived, left, start, end, *names = visit
        site, kind = (np.uint64(of(what, name)) for what, name in zip(("site", "dock_group"), names, strict=True))
        x, lasted, m = np.zeros(stay.FEATURES), left - arrived, self.model
        base = stay.features(m, site, np.int64(kind), end - arrived, arrived - start, x)
        said, so_far = stay.expect(m, base, x), self.seen[int(site)]
        middle = so_far[len(so_far) // 2] if so_far else base
        stay.groups(site, base, self.slots)
        first, later, asked = self.banded(said, 0.0), np.full(3, np.nan), said + OVER_MIN
        if lasted > asked:
            later = self.banded(said, asked)
        if is_told:
            planned = end - start if end > start else base
            is_still = lasted > asked and not np.isnan(later[MIDDLE])
            self.found.append((planned - lasted, middle - lasted, max(end - arrived, 0.0) - lasted, said - lasted,
                               asked - lasted if is_still else np.nan, later[MIDDLE] - lasted,
                               held(first, lasted), held(later, lasted)))  # fmt: skip
        return site, np.int64(kind), base, x, said, end - start, lasted, first, later

    def banded(self, said: float, elapsed: float) -> np.ndarray:
        """The band of a visit that has lasted so long."""
        stay.answer(self.model, said, elapsed, self.slots, 1.0, self.raw, self.band)
        return self.band.copy()

    def over(self, site: Any, kind: Any, base: float, x: np.ndarray, said: float, plan: float, lasted: float,
             first: np.ndarray, later: np.ndarray) -> None:  # fmt: skip
        """A visit has ended: only now is it known how long it lasted."""
        stay.groups(site, base, self.slots)
        stay.settle(self.model, first, lasted, self.slots, is_later=False)
        stay.settle(self.model, later, lasted, self.slots, is_later=True)
        stay.learn(self.model, site, kind, base, x, said, plan, lasted)
        insort(self.seen[int(site)], lasted)


def held(band: np.ndarray, lasted: float) -> float:
    """1: within the band, 0: outside, NaN: there was none."""
    return float(band[LOW] <= lasted <= band[HIGH]) if not np.isnan(band[MIDDLE]) else float("nan")


def told(legs: Legs) -> list[tuple[float, float, float, float, str, str]]:
    """Arrived, left, planned start and end, site and carrier of each visit, as they arrive. Minutes."""
    came, went, _ = turnarounds(legs)
    columns = (legs.arrived[came], legs.departed[went], legs.arr_planned[came], legs.dep_planned[went])
    sites = pc.take(legs.origin, went).to_pylist()
    carriers = pc.take(legs.carrier, went).to_pylist()
    return sorted(zip(*(column.tolist() for column in columns), sites, carriers, strict=True))
