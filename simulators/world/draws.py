"""Draws: every random number of the world is a function of (seed, purpose, entity, nth).

So the order of events, the size of steps and forks cannot change one, and two worlds that differ in their plan share
all luck that the plan does not touch. Only + and * make the numbers: machines agree on every bit.
"""

from typing import Final

import numpy as np

from tower.math import exp
from tower.pairing import scramble
from tower.table import kernel

(TENDER, REPLY, GATE, LATE, NO_SHOW, WORK, SLOW, PAPER, DRIVE, BREAK, BREAK_H, PICK, SHRINK, SHORT) = range(1, 15)
"""Purposes: append, never renumber, or every network's luck changes."""

_TO_UNIT: Final = 1.0 / 9007199254740994.0


@kernel
def unit(seed: int, purpose: int, entity: int, nth: int = 0) -> float:
    """A number between 0 and 1, both excluded."""
    z = scramble(np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(purpose))
    which = np.uint64(entity) * np.uint64(0xD1342543DE82EF95) + np.uint64(nth) * np.uint64(0xA24BAED4963EE407)
    return ((scramble(z ^ (which + np.uint64(1))) >> np.uint64(11)) + np.uint64(1)) * _TO_UNIT


@kernel
def normal(seed: int, purpose: int, entity: int, nth: int = 0) -> float:
    """A standard normal number, as the sum of twelve units less six: never beyond six, exact on every machine."""
    total = -6.0
    for k in range(12):
        total += unit(seed, purpose, entity, 1000 + 12 * nth + k)
    return total


@kernel
def lognormal(seed: int, purpose: int, entity: int, median: float, sigma: float, nth: int = 0) -> float:
    """A number around `median` whose logarithm has the standard deviation `sigma`."""
    return median * exp(sigma * normal(seed, purpose, entity, nth))


def plain_unit(seed: int, purpose: int, entity: int, nth: int = 0) -> float:
    """The same as `unit`, in whole numbers of Python."""
    z = _scramble(seed * 0x9E3779B97F4A7C15 + purpose)
    which = (entity * 0xD1342543DE82EF95 + nth * 0xA24BAED4963EE407 + 1) & _ALL
    return ((_scramble(z ^ which) >> 11) + 1) * _TO_UNIT


_ALL: Final = (1 << 64) - 1


def _scramble(z: int) -> int:
    z &= _ALL
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _ALL
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _ALL
    return z ^ (z >> 31)
