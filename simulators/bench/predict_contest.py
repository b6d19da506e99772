"""Predict, its contest: the challenger, the blend and who serves by rule, as the chain has them; and River's cost."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from operators.predict import contest, following, line
from operators.predict.contest import BLEND, LINEAR, SCHEDULE, Contest
from operators.predict.questions import Question
from simulators.bench import predict_models, predict_peers, predict_scores, predict_set
from simulators.bench.figures import Row, cpu_s, row
from simulators.bench.predict_models import P50
from simulators.bench.predict_set import Flown

if TYPE_CHECKING:
    from simulators.bench.predict import Asked

SERVED = SCHEDULE + 1
RIVER_LEGS = 400
"""River's cost is measured on the days before that leg: some tenths of a second."""


class Contended(NamedTuple):
    """What each told of each leg (legs, 5), the last being what was served; and the contest as it ended."""

    told: np.ndarray
    tried: Contest


def contended(one: "Asked") -> Contended:
    """Have the challenger answer beside us, everything in order of time."""
    codes, tried = following.coded(one.answers.signals, one.flown.leg), contest.empty()
    told = np.full((len(codes), SERVED + 1), np.nan)
    following.contend(one.order.taught, one.order.rows, one.order.moments, line.empty(one.question), tried, codes,
                      one.order.base, one.order.label, one.answers.issued[:, P50], told)  # fmt: skip
    return Contended(told, tried)


def of_contest(one: "Asked", blended: float | None) -> Iterator[Row]:
    """Errors of the challenger, of the blend and of who serves, beside ours alone; `blended` is what is asked."""
    told, tried = contended(one)
    wrong = partial(predict_scores.error, came=one.came)
    mine, load = wrong(one.told("p50")), f"{one.came.size:,} legs"
    tally = tried.tally.tolist()
    turns = f"{load}, {tally[contest.PROMOTIONS]} promotions, {tally[contest.ROLLBACKS]} rolled back"
    for name, who, of, target in (("challenger", LINEAR, load, None), ("blended in the chain", BLEND, load, blended),
                                  ("served by rule", SERVED, turns, None)):  # fmt: skip
        yield one.row(f"{name}, mean absolute error", wrong(told[one.scored, who]), "min", "low", of,
                      peer="ours alone", against=mine, target=target)  # fmt: skip


def of_cost(flown: Flown, question: Question) -> Iterator[Row]:
    """What the challenger costs a leg, beside River's own linear model on the same rows."""
    few = flown.until(max(1, int(flown.day[min(RIVER_LEGS, len(flown.late) - 1)])))
    order = predict_set.order(few, question)
    signals = predict_models.watched(few, order, question)
    codes, ours = following.coded(signals, few.leg), np.full(len(few.late), 1.0)
    told = np.full((len(codes), SERVED + 1), np.nan)

    def contend() -> None:
        following.contend(order.taught, order.rows, order.moments, line.empty(question), contest.empty(), codes,
                          order.base, order.label, ours, told)  # fmt: skip

    contend()
    took, rivers = cpu_s(contend), cpu_s(partial(predict_peers.linear, few, order, question, signals))
    yield row("predict", "challenger, predict + learn", len(codes) / took, "legs/cpu-s", "high", f"{len(codes)} legs",
              peer="River linear", against=len(codes) / rivers)  # fmt: skip
