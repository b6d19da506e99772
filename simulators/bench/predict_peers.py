"""Predict, its peers: the schedule, a running median a carrier, River's linear model, LightGBM; and blends with ours.

All see the signals that ours sees and learn labels by the same clock. LightGBM is for tests and benches only.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any, Final

import numpy as np

from operators.predict.following import ARRIVED, ASKED
from operators.predict.questions import Question
from simulators.bench.predict_set import Flown, Order
from simulators.recorded.zones import DAY_MIN

WINDOW_DAYS, FIRST_DAY = 60, 14
MONTH_DAYS, DAILY = 30, 1
TREES: Final = {
    "objective": "regression_l1", "learning_rate": 0.07, "num_leaves": 47, "min_data_in_leaf": 60, "max_bin": 127,
    "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1, "cat_smooth": 30, "num_threads": 1,
    "verbosity": -1, "seed": 1, "deterministic": True, "force_row_wise": True,
}  # fmt: skip
ROUNDS: Final = 180
LINEAR_RATE: Final = {True: 1.0, False: 0.3}
"""AdaGrad's, at departure and before; chosen on the first 120 days."""
EAGER, MEMORY, SCALE_MIN = 0.02, 0.9995, 20.0


def moments(order: Order) -> Iterator[tuple[int, int]]:
    """What is asked and what arrives, in order."""
    wanted = (order.taught == ASKED) | (order.taught == ARRIVED)
    return zip(order.taught[wanted].tolist(), order.rows[wanted].tolist(), strict=True)


def carrier_median(flown: Flown, order: Order) -> np.ndarray:
    """Beyond the base, each carrier's median so far (River's quantile)."""
    from river import stats

    medians, told = dict[int, Any](), np.full(len(order.label), np.nan)
    carrier, beyond = flown.leg.carrier.tolist(), (order.label - order.base).tolist()
    for kind, row in moments(order):
        median = medians.setdefault(carrier[row], stats.Quantile(0.5))
        if kind == ASKED:
            told[row] = order.base[row] + (median.get() or 0.0)
        else:
            median.update(beyond[row])
    return told


def linear(flown: Flown, order: Order, question: Question, signals: np.ndarray) -> np.ndarray:
    """River: scaled numbers and one-hot ids, absolute loss, AdaGrad."""
    from river import compose, linear_model, optim, preprocessing

    rate = LINEAR_RATE[question.has_left]
    numbers = compose.SelectType(float) | preprocessing.StandardScaler()
    words = compose.SelectType(str) | preprocessing.OneHotEncoder(drop_zeros=True)
    model: Any = (numbers + words) | linear_model.LinearRegression(
        optimizer=optim.AdaGrad(rate), intercept_lr=0.01, loss=optim.losses.Absolute())  # fmt: skip
    known = np.nan_to_num(signals)
    ids = np.stack([flown.leg.carrier, flown.leg.origin, flown.leg.dest], axis=1).astype(str)
    names, told = [f"x{i}" for i in range(signals.shape[1])], np.full(len(flown.late), np.nan)
    for kind, row in moments(order):
        x = dict(zip((*names, "carrier", "origin", "dest"), (*known[row].tolist(), *ids[row].tolist()), strict=True))
        if kind == ASKED:
            told[row] = model.predict_one(x)
        else:
            model.learn_one(x, float(order.label[row]))
    return told


def has_trees() -> bool:
    """Whether LightGBM is installed."""
    return find_spec("lightgbm") is not None


def trees(flown: Flown, order: Order, signals: np.ndarray, step_days: int) -> np.ndarray:
    """LightGBM, trained anew every so many days on the labels of 60 days that were known by then."""
    import lightgbm

    x = np.column_stack([signals, flown.leg.carrier, flown.leg.origin, flown.leg.dest])
    ids, told = list(range(signals.shape[1], x.shape[1])), np.full(len(x), np.nan)
    scored, start = ~np.isnan(order.label) & ~np.isnan(order.asked), np.nanmin(order.asked)
    for first in np.arange(start + FIRST_DAY * DAY_MIN, np.nanmax(order.asked) + 1, step_days * DAY_MIN):
        asked = scored & (order.asked >= first) & (order.asked < first + step_days * DAY_MIN)
        learned = scored & (order.known < first) & (order.asked > first - WINDOW_DAYS * DAY_MIN)
        if asked.any() and learned.any():
            data = lightgbm.Dataset(x[learned], order.label[learned], categorical_feature=ids)
            told[asked] = lightgbm.train(TREES, data, ROUNDS).predict(x[asked], num_threads=1)
    return told


def blended(flown: Flown, order: Order, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Both, weighted by how they did of late: exponentially, over their errors as issued, their mean taking part."""
    experts = np.stack([one, two, (one + two) / 2], axis=1)
    experts = np.where(np.isnan(two)[:, None], one[:, None], experts)
    rows, wrong = experts.tolist(), np.abs(experts - order.label[:, None]).tolist()
    loss, told = [0.0, 0.0, 0.0], np.full(len(one), np.nan)
    for kind, row in moments(order):
        if kind == ASKED:
            least = min(loss)
            weights = [np.exp(-EAGER * (one - least)) for one in loss]
            told[row] = sum(w * e for w, e in zip(weights, rows[row], strict=True)) / sum(weights)
        elif wrong[row][0] == wrong[row][0]:  # our model said something
            loss = [MEMORY * before + more / SCALE_MIN for before, more in zip(loss, wrong[row], strict=True)]
    return told
