"""Predict: how well and how fast our leg models tell departures and arrivals, on a data set, beside what others say.

Fully online: everything is learned when it could be known. Choices were made on the first 120 days; figures are of the
rest. Legs whose lateness the list does not record (cancelled, diverted) are neither learned nor scored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

import numpy as np

from operators.predict import following, forecast, questions, tiles
from operators.predict.following import ASKED
from operators.predict.forecast import ISSUED
from operators.predict.questions import Question
from operators.predict.situation import Leg
from simulators.bench import (
    predict_along,
    predict_cancel,
    predict_contest,
    predict_models,
    predict_peers,
    predict_scores,
    predict_set,
)
from simulators.bench.figures import Row, cpu_s, row
from simulators.bench.predict_models import P50, Answers
from simulators.bench.predict_set import Flown, Order

FROM_DAY: Final = 120
QUICK_DAYS, QUICK_FROM = 12, 6
TARGETS: Final = {"arrival, at departure": (11.6, 11.4), "arrival, 2 h before": (22.8, 22.4)}
"""Mean absolute error in minutes: alone, and blended with a challenger."""
NONE: Final = (None, None)
SIDE_SPEED, ALONE_SPEED = 200_000, 1_000_000
MADE_ROWS: Final = 60_000


def run(*, quick: bool = False, data: str | None = None, thorough: bool = False) -> list[Row]:
    """Accuracy and speed on the data set at a path; without one, speed on rows that are made up. Raises UsageError.

    `thorough` trains LightGBM anew each day instead of each 30, and runs River's linear model.
    """
    if data is None:
        legs = made(4_000 if quick else MADE_ROWS)
        return [*of_speed(legs, questions.DEPARTED, "made-up rows"),
                *predict_contest.of_cost(legs, questions.DEPARTED)]  # fmt: skip
    flown = predict_set.read(data)
    since = FROM_DAY
    if quick:
        flown, since = flown.until(QUICK_DAYS), QUICK_FROM
    rows = [row for question in questions.ALL for row in of_question(asked(flown, question, since), thorough=thorough)]
    rows += predict_along.of_way(flown, since)
    rows += predict_cancel.of_cancelled(flown, since)
    return rows + list(of_speed(flown, questions.DEPARTED, f"{len(flown.late):,} legs"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of all legs, answered by us; `scored` rows count, `aims` says whether targets are for them."""

    question: Question
    flown: Flown
    order: Order
    answers: Answers
    scored: np.ndarray
    aims: bool

    def told(self, column: str) -> np.ndarray:
        """What was issued for the rows that count."""
        return self.answers.issued[self.scored, ISSUED.index(column)]

    @property
    def came(self) -> np.ndarray:
        """What came of them."""
        return self.order.label[self.scored]

    def row(self, name: str, value: float, unit: str, better: Literal["high", "low"], load: str, **more: Any) -> Row:
        """A figure of the question; its target is left out where it is not for these rows."""
        more["target"] = more.get("target") if self.aims else None
        return row("predict", f"{self.question.name}: {name}", value, unit, better, load, **more)


def asked(flown: Flown, question: Question, since: int) -> Asked:
    """Ask and answer all; legs from day `since` count."""
    order = predict_set.order(flown, question)
    answers = predict_models.answers(flown, order, question)
    scored = (flown.day >= since) & ~np.isnan(answers.issued[:, P50]) & ~np.isnan(order.label)
    return Asked(question, flown, order, answers, scored, since == FROM_DAY)


def of_question(one: Asked, *, thorough: bool) -> Iterator[Row]:
    """Every figure of one question."""
    yield from of_error(one, thorough=thorough)
    yield from predict_contest.of_contest(one, TARGETS.get(one.question.name, NONE)[1])
    yield from of_band(one)
    aims, load, late = one.question.has_left, f"{one.came.size:,} legs", one.came > questions.LATE_MIN
    yield one.row("P(late > 15) Brier", predict_scores.brier(one.told("p_late"), one.came), "", "low", load,
                  peer="base rate", against=float(np.var(late)), target=0.074 if aims else None)  # fmt: skip
    yield one.row("P(late > 15) ECE", predict_scores.calibration(one.told("p_late"), one.came), "%", "low", "20 bins",
                  target=1.0 if aims else None)  # fmt: skip
    middle = float(np.nanmedian(one.order.asked))
    changed = predict_models.foreseen(predict_models.ours, one.flown, one.question, middle)
    yield one.row("said otherwise, were tomorrow another", changed, "answers", "low", "all after the middle changed",
                  target=0)  # fmt: skip


def of_band(one: Asked) -> Iterator[Row]:
    """How often the 90 % band covers: all, the worst carrier, the worst four hours of the clock, the worst days."""
    low, high, leg = one.told("p05"), one.told("p95"), one.flown.leg
    inside, aims = predict_scores.covered(low, high, one.came), one.question.has_left
    yield one.row("90 % band covers", 100 * float(inside.mean()), "%", "high", "89.5 .. 90.5 wanted",
                  target=89.5 if aims else None)  # fmt: skip
    for what, group in (("carrier", leg.carrier), ("4 h of the clock", leg.clock_min // 240)):
        least, most = predict_scores.by_group(inside, group[one.scored])
        yield one.row(f"covers, worst {what}", least, "%", "high", f"at most {most:.1f} %, 92 wanted",
                      target=88.0 if aims else None)  # fmt: skip
    days = predict_scores.days_under(inside, one.flown.day[one.scored], 0.8)
    yield one.row("days under 80 %", days, "%", "low", "of all days", target=2.0 if aims else None)
    yield one.row("Winkler", predict_scores.winkler(low, high, one.came), "min", "low",
                  f"mean width {np.mean(high - low):.1f} min", target=71 if aims else None)  # fmt: skip


def of_error(one: Asked, *, thorough: bool) -> Iterator[Row]:
    """Mean absolute error: ours alone, each peer's beside it, and ours blended with the challenger."""
    alone, blend = TARGETS.get(one.question.name, NONE)
    ours, wrong = one.answers.issued[:, P50], partial(predict_scores.error, came=one.came)
    load, mine = f"{one.came.size:,} legs", wrong(ours[one.scored])
    step = predict_peers.DAILY if thorough else predict_peers.MONTH_DAYS
    trees, challenger = None, f"LightGBM, each {step} d"
    peers = dict(simple_peers(one, thorough=thorough))
    if predict_peers.has_trees() and not one.question.of_departure:
        trees = predict_peers.trees(one.flown, one.order, one.answers.signals, step)
        peers[challenger] = np.where(np.isnan(trees), ours, trees)
    for name, told in peers.items():
        yield one.row("mean absolute error", mine, "min", "low", load, peer=name, against=wrong(told[one.scored]),
                      target=alone)  # fmt: skip
    if trees is None and not one.question.of_departure:
        yield one.row("blended", np.nan, "min", "low", load, peer="LightGBM (not installed)")
    if trees is None:
        return
    both = predict_peers.blended(one.flown, one.order, ours, trees)
    yield one.row("blended", wrong(both[one.scored]), "min", "low", load, peer=challenger,
                  against=wrong(peers[challenger][one.scored]), target=blend)  # fmt: skip


def simple_peers(one: Asked, *, thorough: bool) -> Iterator[tuple[str, np.ndarray]]:
    """What needs no library of trees."""
    yield "as late as it left" if one.question.has_left else "the schedule", one.order.base
    yield "carrier median", predict_peers.carrier_median(one.flown, one.order)
    if thorough:
        yield "River linear", predict_peers.linear(one.flown, one.order, one.question, one.answers.signals)


def of_speed(flown: Flown, question: Question, load: str) -> Iterator[Row]:
    """Predict and learn, compiled: with band and chance, and a median alone."""
    order = predict_set.order(flown, question)
    codes = following.coded(predict_models.watched(flown, order, question), flown.leg)
    issued, count = np.full((len(codes), len(ISSUED)), np.nan), int(np.count_nonzero(order.kinds == ASKED))
    whole = partial(predict_models.answered, flown, order, question, codes, issued)
    whole()
    yield row("predict", "predict + learn with band and chance", count / cpu_s(whole), "legs/cpu-s", "high",
              f"{load}, {len(question.terms)} terms, 4 heads", target=SIDE_SPEED)  # fmt: skip
    terms, places = forecast.placed(question)
    heads, weights = question.heads[1:2].copy(), tiles.blank(places, 1)
    single = partial(following.alone, order.taught, order.rows, codes, order.base, order.label, terms, heads, weights,
                     np.zeros(1), tiles.room(len(question.terms), len(questions.GROUPS), 1))  # fmt: skip
    single()
    yield row("predict", "predict + learn, the median alone", count / cpu_s(single), "legs/cpu-s", "high",
              f"{load}, {len(question.terms)} terms", target=ALONE_SPEED)  # fmt: skip


def made(rows: int, seed: int = 3) -> Flown:
    """Legs between three and forty places, late by their carrier, their hour and chance."""
    draw = np.random.default_rng(seed)
    plan = np.sort(draw.integers(0, 60 * 24 * 60, rows)) + 22_000_000.0
    ids = [draw.integers(1, most, rows) for most in (16, 4, 41, rows // 60 + 2, 900)]
    leg = Leg._make([*ids, plan, plan + 60 + 5 * ids[2], plan % 1440, plan // 1440 % 7])
    dep_late = np.floor(draw.exponential(12, rows) * (1 + leg.clock_min / 1440) + ids[0] - 12)
    late = dep_late + np.floor(draw.normal(-5, 12, rows))
    weather = draw.uniform(0, 20, (3, 60 * 24 + 80, 6))
    arrived = np.maximum(leg.arr_planned + late, plan + dep_late + 20)
    arrived[draw.random(rows) < 0.01] = np.nan  # diverted
    dep_late[draw.random(rows) < 0.02] = np.nan  # cancelled
    arrived[np.isnan(dep_late)] = np.nan
    return Flown(leg, plan + dep_late, arrived, dep_late, arrived - leg.arr_planned, np.full((rows, 2), 20.0),
                 ids[1] - 1, weather, 22_000_000 // 60 - 30)  # fmt: skip
