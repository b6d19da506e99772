"""A stretch of an array is a heap."""

import heapq

import numpy as np

from simulators.world.heap import ENTRY, pop, push
from tests.simulators.world.small import chance


def test_what_comes_out_is_what_heapq_gives() -> None:
    rows, plain, first = np.zeros(600, ENTRY), list[tuple[int, int]](), 40
    for n in range(500):
        if plain and chance(10, n) < 0.4:
            assert pop(rows, first, len(plain)) == heapq.heappop(plain)
        else:
            entry = int(9 * chance(11, n)), int(5 * chance(12, n))
            push(rows, first, len(plain), *entry)
            heapq.heappush(plain, entry)
    while plain:
        assert pop(rows, first, len(plain)) == heapq.heappop(plain)


def test_nothing_outside_its_stretch_is_touched() -> None:
    rows = np.zeros(10, ENTRY)
    for size in range(4):
        push(rows, 3, size, 10 - size, size)
    for size in range(4, 0, -1):
        pop(rows, 3, size)
    assert not rows["key"][:3].any()
    assert not rows["key"][7:].any()
