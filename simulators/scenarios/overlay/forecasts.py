"""Forecasts of the overlay: how likely legs from each hub do not fly, hour by hour, as if somebody had foretold it.

Simulated from what then happened, and wrong in the ways that forecasts are: the further ahead, the more blurred and the
more it is off in time; some trouble is missed and some is foretold that never comes. No set has such forecasts.
"""

from typing import Final, NamedTuple

import numpy as np

from simulators.scenarios.draw import gauss, unit
from simulators.scenarios.overlay.stock import HUBS
from simulators.scenarios.recorded import DAYS
from simulators.scenarios.sources.carriers import NOTHING, LegFacts
from tower.clock import HOUR

EACH: Final = 3 * HOUR
"""A forecast is issued that often."""
RUN: Final = 12 * HOUR
"""Its errors are others that often."""
AHEAD_H: Final = 36
TIMING: Final = 0.15
"""How far it is off in time, as a share of the lead time: one standard deviation."""
BLOCK: Final = 6
"""Hours that are missed or foretold wrongly together; the first so many of a forecast never are."""
MISSED: Final = 0.1
"""Blocks at a hub of which a run says nothing."""
FALSE: Final = 0.02
"""Blocks at a hub of which a run says FALSE_P whatever happens."""
FALSE_P: Final = 0.4
BLUR: Final = (-1.28, -0.52, 0.0, 0.52, 1.28)
LEAST: Final = 0.05
"""What is less likely is not told."""


class Forecast(NamedTuple):
    """chance: (issues, hubs, hours ahead) that a leg which is to leave in that hour does not fly; issued: (issues,) ms.

    The first hour ahead is the one in which it is issued.
    """

    issued: np.ndarray
    chance: np.ndarray


def forecasts(seed: int, legs: LegFacts, start: int, ahead_h: int = AHEAD_H) -> Forecast:
    """The forecasts of the week that starts then, ms."""
    truth = lost(legs, start)
    issued = start + np.arange(0, DAYS * 24 * HOUR, EACH)
    chance = np.array([foretold(seed, truth, int(at - start) // HOUR, ahead_h) for at in issued])
    return Forecast(issued, chance)


def lost(legs: LegFacts, start: int) -> np.ndarray:
    """(hubs, hours of the week and more) the share of legs that did not fly, of those to leave within an hour of it."""
    hours = (DAYS + 2) * 24
    planned, hub = (legs.planned - start) // HOUR, np.array([HUBS.index(h) for h in legs.origin])
    count, gone = np.zeros((len(HUBS), hours)), np.zeros((len(HUBS), hours))
    np.add.at(count, (hub, planned), 1)
    np.add.at(gone, (hub, planned), legs.noticed != NOTHING)
    wide = [np.array([np.convolve(row, np.ones(3), "same") for row in each]) for each in (gone, count)]
    found = np.zeros_like(count)
    for h in range(len(HUBS)):
        some = np.flatnonzero(wide[1][h])
        found[h] = np.interp(np.arange(hours), some, wide[0][h][some] / wide[1][h][some]) if some.size else 0.0
    return found


def foretold(seed: int, truth: np.ndarray, hour: int, ahead_h: int) -> np.ndarray:
    """(hubs, ahead_h) what is said in that hour of the week."""
    run, lead = hour * HOUR // RUN, np.arange(ahead_h)
    off = gauss(seed, "forecast", "timing", run) * TIMING * lead
    meant = [hour + lead - off - z * TIMING * lead for z in BLUR]
    said = np.mean([truth[:, np.clip(np.rint(at), 0, truth.shape[1] - 1).astype("i8")] for at in meant], 0)
    for h, name in enumerate(HUBS):
        for n in range(BLOCK, ahead_h):
            block = (hour + n) // BLOCK
            if unit(seed, "forecast", "missed", name, run, block) < MISSED:
                said[h, n] = 0.0
            if unit(seed, "forecast", "false", name, run, block) < FALSE:
                said[h, n] = max(said[h, n], FALSE_P)
    return np.where(said < LEAST, 0.0, np.round(said, 2))
