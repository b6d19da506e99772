"""Legs of the overlay: what they carry, when their carriers tell of trouble, when they are loaded, what they cost."""

from typing import Final

import numpy as np

from simulators.scenarios.draw import gauss, unit

SEATS_A_LOAD: Final = 12
HOUR: Final = 60
WAVE: Final = 3 * HOUR
LATE: Final = 15
"""Minutes of delay from which a carrier tells."""
DIVERTED: Final = 360
"""Minutes that a diverted leg is taken to be late: the sets do not say."""
HANDLING: Final = {"EWR": 150, "JFK": 220, "LGA": 180}
"""Cents for a load at each hub."""
WINDOW_LEAD: Final = 25
WORK_FIX: Final = 20
WORK_EACH: Final = 1.5


def capacity(seats: np.ndarray) -> np.ndarray:
    """Unit loads: one for each dozen seats, at least one."""
    return np.maximum(1, np.round(seats / SEATS_A_LOAD)).astype("i8")


def noticed(seed: int, rows: list[int], carriers: list[str], hubs: list[str], planned: list[int]) -> np.ndarray:
    """The minute at which the cancellation of each leg would be told: 2 to 6 hours ahead, to five minutes.

    Alike for legs of one carrier, hub and three-hour bank, because airlines cancel in waves.
    """
    ahead = [
        2 * HOUR + 4 * HOUR * unit(seed, "wave", c, h, p // WAVE) + 10 * gauss(seed, "lead", i)
        for i, c, h, p in zip(rows, carriers, hubs, planned, strict=True)
    ]
    lead: np.ndarray = np.clip(ahead, 2 * HOUR, 6 * HOUR) // 5 * 5
    return np.array(planned) - lead.astype("i8")


def estimated(seed: int, rows: list[int], planned: np.ndarray) -> np.ndarray:
    """The minute at which a carrier would tell a delay: 20 to 90 minutes before the planned departure."""
    return planned - np.array([20 + int(70 * unit(seed, "etd", i)) for i in rows])


def starts(planned: np.ndarray, loads: np.ndarray) -> np.ndarray:
    """The minute at which loading is to start, so that it ends 25 minutes before the planned departure."""
    work = (WORK_FIX + WORK_EACH * loads).astype("i8")
    return planned - WINDOW_LEAD - work


def freight(seed: int, miles: np.ndarray, carriers: list[str], hubs: list[str]) -> np.ndarray:
    """Cents for one load on each leg: $4 and 0.9 cents a mile, times the carrier's price level, and handling."""
    level = {c: 0.9 + 0.25 * unit(seed, "rate", c) for c in set(carriers)}
    by_carrier = np.array([level[c] for c in carriers])
    return ((400 + 0.9 * miles) * by_carrier).astype("i8") + np.array([HANDLING[h] for h in hubs])
