"""Hashing: 64-bit numbers to places in a power of two; the same everywhere, by a multiply and two shifts (after
MurmurHash3's finisher).
"""

from typing import Final

import numpy as np

from tower.compiled import lean

GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
SALT: Final = np.uint64(0xC2B2AE3D27D4EB4F)
MIXER: Final = np.uint64(0xBF58476D1CE4E5B9)
SHIFT, SHIFT_AGAIN = np.uint64(29), np.uint64(32)


@lean
def stirred(h):
    """Every bit of h has its say in the low ones."""
    h = h ^ (h >> SHIFT)
    h = h * MIXER
    return h ^ (h >> SHIFT_AGAIN)


@lean
def joined(h, value):
    """A hash and one number more."""
    return stirred(h ^ (np.uint64(value) * SALT))


@lean
def slot(size, what, series, a, b):
    """The slot, below size (a power of two), of a series of something that two ids name."""
    h = joined(joined(joined(np.uint64(what) * GOLDEN, series), a), b)
    return np.int64(h & np.uint64(size - 1))
