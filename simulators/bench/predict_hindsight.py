"""Predict, in hindsight: how well the cancellations of a day could be told by who had read how it ended, a bound for
those who had not.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from simulators.bench.predict_set import HOUR_MIN, Flown

if TYPE_CHECKING:
    from simulators.bench.predict_cancel import Asked

FOLDS: Final = 10
TREES: Final = {
    "objective": "binary", "learning_rate": 0.05, "num_leaves": 8, "min_data_in_leaf": 10, "lambda_l2": 3.0,
    "feature_fraction": 0.4, "bagging_fraction": 0.8, "bagging_freq": 1, "num_threads": 1, "verbosity": -1, "seed": 1,
    "deterministic": True, "force_row_wise": True,
}  # fmt: skip
ROUNDS: Final = 150


def of_hours(one: "Asked") -> np.ndarray:
    """(legs * leads,): which share of the legs planned in its hour was cancelled, itself among them. Within a day
    nothing that says the same of a whole hour has a higher AUC.
    """
    _, hour = np.unique(one.planned // HOUR_MIN, return_inverse=True)
    share: np.ndarray = (np.bincount(hour, one.came) / np.bincount(hour))[hour]
    return share


def of_trees(flown: Flown, one: "Asked", rows: np.ndarray, seed: int = 1) -> np.ndarray:
    """(legs * leads,): trees (LightGBM) that were taught what became of nine tenths of these legs, asked about the
    others: all signals, who and where to, how long, and the clock. NaN beside `rows`, of which a leg has one.
    """
    import lightgbm

    picked = np.flatnonzero(rows)
    leg = picked // (one.told.size // len(flown.departed))
    ids = np.column_stack([flown.leg.carrier, flown.leg.origin, flown.leg.dest])[leg]
    rest = np.column_stack([flown.leg.clock_min, flown.leg.arr_planned - flown.leg.dep_planned])[leg]
    x = np.column_stack([one.signals[picked], rest, ids])
    named = list(range(x.shape[1] - ids.shape[1], x.shape[1]))
    fold = np.random.default_rng(seed).permutation(picked.size) % FOLDS
    told = np.full(one.told.size, np.nan)
    for number in range(FOLDS):
        taught = fold != number
        data = lightgbm.Dataset(x[taught], one.came[picked[taught]].astype("f8"), categorical_feature=named)
        told[picked[~taught]] = lightgbm.train(TREES, data, ROUNDS).predict(x[~taught], num_threads=1)
    return told
