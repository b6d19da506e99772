"""Patience: when a message is tried again, and when nobody tries any more."""

from hashlib import blake2b
from typing import Final

FIRST_S: Final = 10.0
GROWS: Final = 3.0
LONGEST_S: Final = 10_800.0
TRIES: Final = 12
"""Over some fifteen hours."""
SPREAD: Final = 0.2


def wait_s(message: str, tries: int, asked_s: int = 0) -> float | None:
    """Seconds until the next try after so many; None: give up. The draw is the message's own, the same in every run.

    >>> 8 < wait_s("m", 1) < 12, wait_s("m", 12)
    (True, None)
    """
    if tries >= TRIES:
        return None
    usual = min(FIRST_S * GROWS ** (tries - 1), LONGEST_S)
    return max(usual * (1 + SPREAD * (2 * drawn(message, tries) - 1)), min(float(asked_s), LONGEST_S))


def drawn(message: str, tries: int) -> float:
    """Between 0 and 1."""
    return int.from_bytes(blake2b(f"{message}/{tries}".encode(), digest_size=6).digest(), "little") / (1 << 48)
