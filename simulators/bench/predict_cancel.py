"""Predict, cancellations: how well they are told hours ahead, from recorded signals only.

The lists do not say when a cancellation was announced: it is taken to be known at the planned departure, not before.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from operators.predict import cancel
from operators.predict.cancel import ASKED, DECIDED, RELEASED, SIGNALS
from simulators.bench import predict_hindsight, predict_peers, predict_scores, predict_set
from simulators.bench.figures import Row, row
from simulators.bench.predict_set import Flown

LEADS: Final = (2, 4, 6, 9)
TARGETS: Final = dict(zip(LEADS, (0.95, 0.93, 0.90, 0.85), strict=True))
STORM_MIN: Final = 22_671_660
"""8 February 2013, midnight in New York, in minutes since 1970."""
DAY_MIN: Final = 1440
MANY: Final = 40
"""A day with so many cancelled legs has an AUC of its own."""
HOUR_MIN: Final = 60


class Asked(NamedTuple):
    """(legs * leads,): when each was asked, and what was told, by all signals or by some; whether it came to that."""

    asked: np.ndarray
    told: np.ndarray
    signals: np.ndarray
    came: np.ndarray
    lead: np.ndarray
    day: np.ndarray
    planned: np.ndarray


def asked(flown: Flown, only: tuple[str, ...] = SIGNALS) -> Asked:
    """Ask about every leg at every lead, and learn, in order of time, from nothing."""
    legs, leads, plan = len(flown.departed), len(LEADS), flown.leg.dep_planned
    gone = np.isnan(flown.departed)
    at = (plan[:, None] - HOUR_MIN * np.array(LEADS)).ravel()
    known = np.where(gone, plan, flown.departed)
    release = np.repeat(np.maximum(known, plan + cancel.RELEASED_MIN), leads)
    moments = np.concatenate([at, known, release])
    kinds = np.repeat([ASKED, DECIDED, RELEASED], [at.size, legs, at.size])
    rows = np.concatenate([np.arange(at.size), np.arange(legs), np.arange(at.size)])
    order = np.lexsort((kinds, moments))
    weather = predict_set.known(wide(flown), at)
    signals, told = np.full((at.size, len(SIGNALS)), np.nan, "f4"), np.full(at.size, np.nan)
    mask = np.array([name in only for name in SIGNALS])
    cancel.follow(kinds[order], rows[order], moments[order], flown.leg, flown.departed, flown.dep_late, weather, leads,
                  cancel.empty(), mask, signals, told)  # fmt: skip
    each = np.repeat(np.arange(legs), leads)
    return Asked(at, told, signals, gone[each], np.tile(LEADS, legs), flown.day[each], plan[each])


def wide(flown: Flown) -> Flown:
    """A row for each lead of each leg, as `known` reads them."""
    return flown._replace(origin=np.repeat(flown.origin, len(LEADS)))


def auc(came: np.ndarray, told: np.ndarray) -> float:
    """The chance that one that came was told to be likelier than one that did not (Mann, Whitney 1947); NaN without
    both.

    >>> auc(np.array([True, False, False]), np.array([0.3, 0.3, 0.1]))
    0.75
    """
    _, place, count = np.unique(told, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    hits = int(came.sum())
    if hits in (0, came.size):
        return np.nan
    return float((rank[came].sum() - hits * (hits + 1) / 2) / (hits * (came.size - hits)))


def by_day(one: Asked, told: np.ndarray, rows: np.ndarray) -> float:
    """The mean AUC of days on which many were cancelled."""
    days = [d for d in np.unique(one.day[rows]) if one.came[rows & (one.day == d)].sum() >= MANY]
    found = [auc(one.came[rows & (one.day == d)], told[rows & (one.day == d)]) for d in days]
    return float(np.mean(found)) if found else np.nan


def of_cancelled(flown: Flown, since: int) -> Iterator[Row]:
    """By lead: AUC on the storm's day, on other days with many, and the Brier score, of days from `since` on; beside
    AUC, too, how far one could come who had read how the day ended.
    """
    one, weather = asked(flown), asked(flown, cancel.WEATHER).told
    often, hours = one.signals[:, SIGNALS.index("base_rate")], predict_hindsight.of_hours(one)
    storm = (one.planned >= STORM_MIN) & (one.planned < STORM_MIN + DAY_MIN)
    for lead in LEADS:
        rows, name = one.lead == lead, f"P(cancel), {lead} h before"
        for peer, told in (("how often before", often), ("weather alone", weather), ("its hour, in hindsight", hours)):
            yield from of_day(one, rows & storm, f"{name}: AUC, 8 February", peer, told, TARGETS[lead])
            later = rows & (one.day >= since)
            mine = by_day(one, one.told, later)
            yield row("predict", f"{name}: AUC, days of {MANY} and more", mine, "", "high", f"from day {since}",
                      peer=peer, against=by_day(one, told, later))  # fmt: skip
        if predict_peers.has_trees() and one.came[rows & storm].any():
            told = predict_hindsight.of_trees(flown, one, rows & storm)
            yield from of_day(one, rows & storm, f"{name}: AUC, 8 February", "trees, in hindsight", told, TARGETS[lead])
        came = one.came[later]
        brier = float(np.mean((one.told[later] - came) ** 2))
        load = f"{came.size:,} legs, {100 * came.mean():.1f} % cancelled"
        yield row("predict", f"{name}: Brier", brier, "", "low", load, peer="base rate", against=float(np.var(came)))
        yield row("predict", f"{name}: calibration (ECE)", predict_scores.apart(one.told[later], came), "%", "low",
                  "20 bins", target=1.0)  # fmt: skip


def of_day(one: Asked, rows: np.ndarray, name: str, peer: str, told: np.ndarray, target: float) -> Iterator[Row]:
    """The AUC of a day, if these legs have it."""
    if one.came[rows].any():
        yield row("predict", name, auc(one.came[rows], one.told[rows]), "", "high",
                  f"{int(one.came[rows].sum())} of {int(rows.sum())} cancelled, {one.told[rows].mean():.2f} told",
                  peer=peer, against=auc(one.came[rows], told[rows]), target=target)  # fmt: skip


def foreseen(flown: Flown, moment: float) -> int:
    """How many answers given before `moment` would be others if what came after it had been other."""
    one, two = (asked(world) for world in (flown, predict_set.another(flown, moment)))
    before = one.asked < moment
    return int(np.count_nonzero(one.told[before] != two.told[before]))
