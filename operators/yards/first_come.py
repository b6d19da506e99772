"""First come, first served: what happens at a site's doors when nobody plans them."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple


class Comer(NamedTuple):
    """A visit: whose turn it is by `turn`, the minute from which it is there, how many it takes."""

    turn: tuple[int, int]
    release: int
    work: int


def first_come(comers: Sequence[Comer], ready: Sequence[int]) -> list[tuple[int, int]]:
    """(door, minute) of each comer: whichever door is free first takes, of those who are there, whose turn it is.

    ready: from which minute on each door is free; there is at least one.

    >>> first_come([Comer((0, 1), 5, 10), Comer((0, 2), 0, 10), Comer((0, 3), 0, 10)], [0])
    [(0, 10), (0, 0), (0, 20)]
    """
    free = [(minute, door) for door, minute in enumerate(ready)]
    heapify(free)
    waiting = set(range(len(comers)))
    found = [(0, 0)] * len(comers)
    while waiting:
        minute, door = heappop(free)
        at = max(minute, min(comers[i].release for i in waiting))
        taken = min((i for i in waiting if comers[i].release <= at), key=lambda i: comers[i].turn)
        waiting.remove(taken)
        found[taken] = door, at
        heappush(free, (at + comers[taken].work, door))
    return found
