"""Claims: our estimate against the carrier's own, by who was less off: per carrier and lane, few drawn to many."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.predict.hashing import slot
from operators.predict.situation import ALL, CARRIER, CARRIER_LANE
from tower.compiled import lean

SLOTS: Final = 1 << 11
OURS, CARRIERS = 0, 1
WINDOW: Final = 200.0
"""Labels that a difference is measured over, at most."""
FEW: Final = 20.0
"""So many labels of its own weigh as much as what holds for the carrier, or for all."""
MARGIN_MIN: Final = 0.5
CLAIM: Final = 31


class Claims(NamedTuple):
    """`count` and `gap` by slot: labels, and how much less off than we the carrier was, in minutes, on average."""

    count: Any
    gap: Any


def empty() -> Claims:
    """Nobody has been compared."""
    return Claims(np.zeros(SLOTS), np.zeros(SLOTS))


@lean
def gap_of(c, carrier, lane):
    """How much less off the carrier is on a lane: its own labels, its lane's few drawn to its all, those to everybody's
    and those to none.
    """
    gap = 0.0
    for what, a, b in ((ALL, 0, 0), (CARRIER, carrier, 0), (CARRIER_LANE, carrier, lane)):
        i = slot(c.count.size, what, CLAIM, a, b)
        n = min(c.count[i], WINDOW)
        gap = (n * c.gap[i] + FEW * gap) / (n + FEW)
    return gap


@lean
def chosen(c, carrier, lane, ours, estimate):
    """Whose estimate is shown: the carrier's where it is less off, or where we tell nothing."""
    if np.isnan(estimate):
        return OURS
    return CARRIERS if np.isnan(ours) or gap_of(c, carrier, lane) > MARGIN_MIN else OURS


@lean
def settle(c, carrier, lane, ours, estimate, label):
    """A label has come for both."""
    if np.isnan(ours) or np.isnan(estimate) or np.isnan(label):
        return
    gap = abs(ours - label) - abs(estimate - label)
    for what, a, b in ((ALL, 0, 0), (CARRIER, carrier, 0), (CARRIER_LANE, carrier, lane)):
        i = slot(c.count.size, what, CLAIM, a, b)
        c.count[i] += 1.0
        c.gap[i] += max(1.0 / WINDOW, 1.0 / c.count[i]) * (gap - c.gap[i])
