"""`ids.pairs` for kernels: the id of a thing that two ids name together."""

import numpy as np

from tower.ids import UNKNOWN
from tower.table import kernel


@kernel
def scramble(z):
    """The finalizer of splitmix64 (Steele, Lea, Flood 2014)."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@kernel
def pair(a, b):
    """The id of what a and b name together; the same as `ids.pairs`."""
    z = scramble(scramble(np.uint64(a) + np.uint64(0x9E3779B97F4A7C15)) ^ np.uint64(b))
    return z if z != UNKNOWN else np.uint64(0)
