"""Draws of the overlay: each number a hash of (seed, purpose, entity), so that order of evaluation never matters."""

import math
from hashlib import blake2b


def unit(seed: int, *key: object) -> float:
    """A number in 0..1.

    >>> unit(1, "rate", "UA") == unit(1, "rate", "UA") != unit(2, "rate", "UA")
    True
    """
    return int.from_bytes(blake2b(repr((seed, *key)).encode(), digest_size=8).digest(), "big") / 2**64


def gauss(seed: int, *key: object) -> float:
    """A standard normal number (Box and Muller 1958)."""
    radius = math.sqrt(-2 * math.log(max(unit(seed, "a", *key), 1e-12)))
    return radius * math.cos(2 * math.pi * unit(seed, "b", *key))
