"""Predict, its scores: each of what was issued, against what came."""

from typing import Final

import numpy as np

LATE_MIN: Final = 15.0
BINS: Final = 20
FEWEST: Final = 500
"""Groups with fewer legs are not looked at alone."""
TAIL: Final = 0.05


def error(told: np.ndarray, came: np.ndarray) -> float:
    """Mean absolute error, minutes."""
    return float(np.mean(np.abs(told - came)))


def covered(low: np.ndarray, high: np.ndarray, came: np.ndarray) -> np.ndarray:
    """Whether each label lies in its band."""
    return (low <= came) & (came <= high)


def by_group(inside: np.ndarray, group: np.ndarray, fewest: int = FEWEST) -> tuple[float, float]:
    """The lowest and the highest share inside among groups, %."""
    shares = [100 * float(inside[group == g].mean()) for g in np.unique(group) if (group == g).sum() >= fewest]
    return (min(shares), max(shares)) if shares else (np.nan, np.nan)


def days_under(inside: np.ndarray, day: np.ndarray, share: float) -> float:
    """Days on which less than that share lies inside, %."""
    return 100 * float(np.mean([inside[day == d].mean() < share for d in np.unique(day)]))


def winkler(low: np.ndarray, high: np.ndarray, came: np.ndarray) -> float:
    """The interval score (Winkler 1972): width, and what lies outside by the inverse of its tail."""
    outside = np.maximum(low - came, 0) + np.maximum(came - high, 0)
    return float(np.mean(high - low + outside / TAIL))


def brier(chance: np.ndarray, came: np.ndarray) -> float:
    """Mean squared error of the chance of more than 15 minutes."""
    return float(np.mean((chance - (came > LATE_MIN)) ** 2))


def calibration(chance: np.ndarray, came: np.ndarray) -> float:
    """Expected calibration error of the chance of more than 15 minutes, %."""
    return apart(chance, came > LATE_MIN)


def apart(chance: np.ndarray, is_so: np.ndarray) -> float:
    """Expected calibration error over 20 bins, %."""
    bins = np.minimum((chance * BINS).astype("i8"), BINS - 1)
    over = np.bincount(bins, chance - is_so, BINS)
    return 100 * float(np.abs(over).sum() / len(chance))
