"""Ids: every name from outside becomes 64 bits, once and for ever the same."""

from hashlib import blake2b
from typing import Final

import numpy as np

UNKNOWN: Final = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
LONGEST: Final = 64
"""The most bytes of a name from outside; a longer one is rejected, never cut."""


def of(kind: str, text: str) -> int:
    """The id of the thing of this kind that its source calls `text`: blake2b-64 of both. Part of the format.

    >>> of("site", "EWR") == of("site", "EWR") != of("leg", "EWR")
    True
    """
    code = int.from_bytes(blake2b(f"{kind}\0{text}".encode(), digest_size=8).digest(), "little")
    return code if code < UNKNOWN else code - 1


def pairs(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The ids of things that two ids name together, such as a sku at a site: splitmix64 of both; order matters."""
    with np.errstate(over="ignore"):
        z = np.asarray(a, "u8") + np.uint64(0x9E3779B97F4A7C15)
        z = _scramble_all(_scramble_all(z) ^ np.asarray(b, "u8"))
    return np.where(z != UNKNOWN, z, np.uint64(0))


def _scramble_all(z: np.ndarray) -> np.ndarray:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
