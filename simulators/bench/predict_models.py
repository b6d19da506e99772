"""Predict, what answers: our model over all that happens, and whether another tomorrow would change what it said."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from operators.predict import following, forecast, situation
from operators.predict.forecast import ISSUED
from operators.predict.questions import Question
from simulators.bench import predict_set
from simulators.bench.predict_set import Flown, Order

P50: Final = ISSUED.index("p50")
Answering = Callable[[Flown, Question], np.ndarray]
"""A row of `forecast.ISSUED` for each leg; NaN where nothing was asked or told."""


class Answers(NamedTuple):
    """What was known when asked, and what was issued."""

    signals: np.ndarray
    issued: np.ndarray


def ours(flown: Flown, question: Question) -> np.ndarray:
    """What our model issues."""
    return answers(flown, predict_set.order(flown, question), question).issued


def answers(flown: Flown, order: Order, question: Question) -> Answers:
    """Signals and what our model issues."""
    signals = watched(flown, order, question)
    issued = np.full((len(signals), len(ISSUED)), np.nan)
    codes = following.coded(signals, flown.leg)
    answered(flown, order, question, codes, issued)
    return Answers(signals, issued)


def watched(flown: Flown, order: Order, question: Question) -> np.ndarray:
    """What was known of each leg when it was asked about."""
    signals = np.full((len(flown.late), len(situation.SIGNALS)), np.nan)
    following.watch(order.moments, order.kinds, order.rows, flown.leg, flown.late, flown.dep_late, flown.planned,
                    order.known_weather, question.has_left, situation.empty(), signals)  # fmt: skip
    return signals


def answered(flown: Flown, order: Order, question: Question, codes: np.ndarray, issued: np.ndarray) -> None:
    """Issue and learn in order, from nothing."""
    model, room = forecast.empty(question), forecast.room(question)
    following.answer(order.taught, order.rows, model, room, codes, order.base, flown.leg.carrier,
                     flown.leg.clock_min, order.label, issued)  # fmt: skip


def foreseen(answering: Answering, flown: Flown, question: Question, moment: float) -> int:
    """How many answers given before `moment` would be others if what came after it had been other: who looks ahead."""
    asked = predict_set.order(flown, question).asked
    before = asked < moment
    one, two = (answering(world, question)[before] for world in (flown, predict_set.another(flown, moment)))
    same = (one == two) | (np.isnan(one) & np.isnan(two))
    return int(np.count_nonzero(~same.all(axis=1)))
