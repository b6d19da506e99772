"""The plain twin of the door search: the same moves in the same order, each by looking at the whole yard.

With as many crews as doors a crew is always free, so that this one way of counting is right for both searches.
"""

from typing import Any

from operators.allocation.door_search import LOOK_BACK, MOVES
from operators.allocation.visits import LIMIT, NOWHERE, Visits

_ALL = (1 << 64) - 1


def plan(visits: Visits, budget: int, seed: int, hot_cents: float) -> tuple[list[int], list[int], int]:
    """Doors, starts and cents, as `doors.plan` finds them; fixed visits cost what they cost."""
    yard = Yard(visits)
    orders = yard.begun()
    movable = sorted(i for order in orders for i in order)
    best, now = [list(order) for order in orders], yard.cost(orders)
    least = now
    for n in range(budget if movable else 0):
        trial = yard.proposed(orders, movable, seed, n)
        if trial is None:
            continue
        cost, left = yard.cost(trial), 1.0 - n / budget
        if cost - now <= hot_cents * left * left * left * (draw(seed + 1, n) / 4294967296.0):
            orders, now = trial, cost
            if now < least:
                least, best = now, [list(order) for order in orders]
    return yard.told(best)


def draw(seed: int, n: int) -> int:
    """As `door_search.draw`."""
    z = (seed * 0x9E3779B97F4A7C15 + n) & _ALL
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _ALL
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _ALL
    return (z ^ (z >> 31)) >> 32


def opened(spans: list[Any], at: int, span: int) -> int:
    """The first moment from `at` on that is clear of these for so long."""
    for start, end in sorted(spans):
        if start < at + span and at < end:
            at = end
    return at


class Yard:
    """Visits and doors as lists."""

    def __init__(self, visits: Visits) -> None:
        self.visits = visits
        self.duration = visits.duration.tolist()
        self.doors = range(len(visits.ready))
        self.closed: list[list[Any]] = [[] for _ in self.doors]
        for j, start, end in visits.shut.tolist():
            self.closed[j].append((start, end))
        for i in visits.fixed.nonzero()[0].tolist():
            j, start = int(visits.door[i]), int(visits.start[i])
            self.closed[j].append((start, start + self.duration[i][j]))

        crews = min(visits.crews, len(self.doors)) if not len(visits.off) else visits.crews
        self.off: list[list[Any]] = [[] for _ in range(crews)]
        for crew, start, end in visits.off.tolist():
            self.off[crew].append((start, end))

    def opening(self, j: int, at: int, span: int) -> int:
        """As `door_costs.opening`."""
        return opened(self.closed[j], at, span)

    def seat(self, busy: list[int], j: int, at: int, span: int) -> tuple[int, int]:
        """As `door_costs.seat`."""
        found = []
        for crew, until in enumerate(busy):
            start, before = max(at, until), None
            while start != before:
                before = start
                start = opened(self.off[crew], self.opening(j, start, span), span)
            found.append((start, -crew))
        start, crew = min(found)
        return start, -crew

    def charge(self, i: int, j: int, end: int) -> int:
        """As `door_costs.charge`."""
        home, late = int(self.visits.door[i]), max(0, end - int(self.visits.due[i]))
        moving = int(self.visits.moving[i]) if home not in (NOWHERE, j) else 0
        return moving + int(self.visits.weight[i]) * min(late, LIMIT)

    def starts(self, orders: list[list[int]]) -> dict[int, int]:
        """When each visit starts: whoever can start first takes the crew that is free first."""
        found: dict[int, int] = {}
        busy = [-LIMIT] * len(self.off)
        free, heads = self.visits.ready.tolist(), [0 for _ in self.doors]
        while True:
            ready = []
            for j in self.doors:
                if heads[j] < len(orders[j]):
                    i = orders[j][heads[j]]
                    at, crew = self.seat(busy, j, max(free[j], int(self.visits.release[i])), self.duration[i][j])
                    ready.append((at, j, i, crew))
            if not ready:
                return found
            start, j, i, crew = min(ready)
            found[i] = start
            free[j] = busy[crew] = start + self.duration[i][j]
            heads[j] += 1

    def first_come(self) -> tuple[list[int], list[int]]:
        """As `doors.first_come`."""
        v = self.visits
        door = [int(v.door[i]) if v.fixed[i] else NOWHERE for i in range(len(v))]
        start = [int(v.start[i]) if v.fixed[i] else NOWHERE for i in range(len(v))]
        busy, free = [-LIMIT] * len(self.off), v.ready.tolist()
        waits = {i for i in range(len(v)) if not v.fixed[i]}
        while True:
            ready = []
            for i, j in ((i, j) for i in waits for j in self.doors if self.duration[i][j]):
                at, crew = self.seat(busy, j, max(free[j], int(v.release[i])), self.duration[i][j])
                ready.append((at, i, free[j], j, crew))
            if not ready:
                return door, start
            at, i, _, j, crew = min(ready)
            waits.remove(i)
            door[i], start[i] = j, at
            free[j] = busy[crew] = at + self.duration[i][j]

    def cost(self, orders: list[list[int]]) -> int:
        """Cents of all visits that are not fixed."""
        starts = self.starts(orders)
        return sum(self.charge(i, j, starts[i] + self.duration[i][j]) for j in self.doors for i in orders[j])

    def begun(self) -> list[list[int]]:
        """The plan in force, then whoever has none, by when they are due."""
        orders: list[list[int]] = [[] for _ in self.doors]
        v = self.visits
        free = [i for i in range(len(v)) if not v.fixed[i]]
        for i in sorted((i for i in free if v.door[i] != NOWHERE), key=lambda i: (v.start[i], i)):
            orders[v.door[i]].append(i)
        for i in sorted((i for i in free if v.door[i] == NOWHERE), key=lambda i: (v.due[i], i)):
            self.insert(orders, i)
        return orders

    def insert(self, orders: list[list[int]], i: int) -> None:
        """As `door_search.insert`: the least that is added to the door's own cost, crews aside."""
        found: list[tuple[int, int, int, int, list[int]]] = []
        for j in self.doors:
            if self.duration[i][j]:
                for at in range(len(orders[j]), max(-1, len(orders[j]) - LOOK_BACK), -1):
                    trial = [*orders[j][:at], i, *orders[j][at:]]
                    added = self.alone(j, trial) - self.alone(j, orders[j])
                    found.append((added, self.duration[i][j], len(found), j, trial))
        if found:
            *_, j, trial = min(found)
            orders[j] = trial

    def alone(self, j: int, order: list[int]) -> int:
        """As `door_costs.of_door`."""
        at, cost = int(self.visits.ready[j]), 0
        for i in order:
            span = self.duration[i][j]
            at = self.opening(j, max(at, int(self.visits.release[i])), span) + span
            cost += self.charge(i, j, at)
        return cost

    def proposed(self, orders: list[list[int]], movable: list[int], seed: int, n: int) -> list[list[int]] | None:
        """As `door_search.propose`."""
        i = movable[draw(seed, 4 * n) % len(movable)]
        j = next(door for door in self.doors if i in orders[door])
        trial = [list(order) for order in orders]
        if draw(seed, 4 * n + 1) < MOVES * 4294967296.0:
            k = draw(seed, 4 * n + 2) % len(self.doors)
            if not self.duration[i][k]:
                return None
            trial[j].remove(i)
            trial[k].insert(draw(seed, 4 * n + 3) % (len(trial[k]) + 1), i)
            return trial
        other = movable[draw(seed, 4 * n + 2) % len(movable)]
        k = next(door for door in self.doors if other in orders[door])
        if other == i or not self.duration[i][k] or not self.duration[other][j]:
            return None
        change = {i: other, other: i}
        return [[change.get(visit, visit) for visit in order] for order in trial]

    def told(self, orders: list[list[int]]) -> tuple[list[int], list[int], int]:
        """Doors, starts, cents."""
        v, starts = self.visits, self.starts(orders)
        door, start = [NOWHERE] * len(v), [NOWHERE] * len(v)
        for j in self.doors:
            for i in orders[j]:
                door[i], start[i] = j, starts[i]
        cost = self.cost(orders)
        for i in v.fixed.nonzero()[0].tolist():
            door[i], start[i] = int(v.door[i]), int(v.start[i])
            cost += self.charge(i, door[i], start[i] + self.duration[i][door[i]])
        return door, start, cost
