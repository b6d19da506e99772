"""Prices: what lateness costs, the network's price list. Part of policy; integer cents."""

from typing import Final, NamedTuple

import numpy as np

from tower.table import kernel


class Prices(NamedTuple):
    """Per priority (express, standard, economy): a fee once late, a rate per hour late, up to a number of hours."""

    fee_cents: np.ndarray
    hour_cents: np.ndarray
    hours_most: int
    undelivered_share: float
    undelivered_cents: int


USUAL: Final = Prices(np.array([2500, 1200, 800]), np.array([400, 120, 60]), 72, 0.2, 1000)


@kernel
def late_cents(prices, priority, late_min):
    """Fee and rate for so many minutes after the promise; 0 in time."""
    if not late_min > 0:
        return np.int64(0)
    p = min(np.int64(priority), np.int64(2))
    minutes = min(np.int64(late_min), prices.hours_most * 60)
    return np.int64(prices.fee_cents[p] + prices.hour_cents[p] * minutes // 60)


@kernel
def undelivered_cents(prices, priority, value_cents):
    """What it costs if a line never comes: the most that lateness can cost, a share of its value, and handling."""
    p = min(np.int64(priority), np.int64(2))
    most = prices.fee_cents[p] + prices.hour_cents[p] * prices.hours_most
    return np.int64(most + prices.undelivered_cents + np.int64(prices.undelivered_share * max(value_cents, 0)))


@kernel
def late_cents_per_h(prices, priority, late_min):
    """By how much an hour more of lateness costs more: the rate, until the most has been reached."""
    return prices.hour_cents[min(np.int64(priority), np.int64(2))] if late_min < prices.hours_most * 60 else np.int64(0)
