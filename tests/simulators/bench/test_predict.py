"""Figures of predictions: honest ones, and a model that looks into tomorrow is caught."""

from typing import Any

import numpy as np
import pytest

from operators.predict import following
from operators.predict.following import ARRIVED, ASKED
from operators.predict.questions import ALL, BEFORE, DEPARTED, Question
from simulators import bench
from simulators.bench import predict, predict_models, predict_peers, predict_scores, predict_set
from simulators.bench.predict_set import Flown

FLOWN = predict.made(4_000)
MIDDLE = float(np.median(FLOWN.leg.dep_planned))


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.name)
def test_our_models_say_the_same_whatever_tomorrow_brings(question: Question) -> None:
    assert predict_models.foreseen(predict_models.ours, FLOWN, question, MIDDLE) == 0


def hasty(flown: Flown, question: Question) -> np.ndarray:
    """Learns each label as soon as it has said something, before the leg is there."""
    order = predict_set.order(flown, question)
    asked = np.flatnonzero(order.kinds == ASKED)
    cheat = order._replace(kinds=np.tile([ASKED, ARRIVED], asked.size), rows=np.repeat(order.rows[asked], 2))
    issued = predict_models.answers(flown, order, question)
    codes = following.coded(issued.signals, flown.leg)
    found = np.full_like(issued.issued, np.nan)
    predict_models.answered(flown, cheat, question, codes, found)
    return found


def peeking(flown: Flown, question: Question) -> np.ndarray:
    """Looks at the weather an hour ahead."""
    order = predict_set.order(flown, question)
    ahead = order._replace(known_weather=predict_set.known(flown, order.asked + 120))
    return predict_models.answers(flown, ahead, question).issued


def averaged(flown: Flown, question: Question) -> np.ndarray:
    """Knows how late the whole set was."""
    return np.full((len(flown.late), 1), np.nanmean(flown.late))


@pytest.mark.parametrize("cheat", [hasty, peeking, averaged])
def test_a_model_that_learns_from_tomorrow_is_caught(cheat: Any) -> None:
    assert predict_models.foreseen(cheat, FLOWN, BEFORE, MIDDLE) > 0


def test_no_label_is_known_before_its_leg_is_there_and_each_is_learned_once() -> None:
    for question in ALL:
        order = predict_set.order(FLOWN, question)
        assert (np.diff(order.moments) >= 0).all()
        came = order.rows[order.kinds == ARRIVED]
        assert len(came) == len(set(came.tolist()))
        assert (order.moments[order.kinds == ARRIVED] == FLOWN.arrived[came]).all()


def test_weather_is_that_of_the_hour_before() -> None:
    asked = FLOWN.leg.dep_planned
    told = predict_set.known(FLOWN, asked)
    hour = int(asked[500] // 60) - FLOWN.first_hour
    assert told[500, 0] == FLOWN.weather[FLOWN.origin[500], hour - 1, 0]


def test_without_data_there_is_speed_and_its_figures_have_the_shape_of_all() -> None:
    rows = bench.run("predict", quick=True)
    assert {tuple(row) for row in rows} == {bench.COLUMNS}
    assert {row["unit"] for row in rows} == {"legs/cpu-s"}


def test_each_question_has_its_figures_and_its_peers() -> None:
    order = predict_set.order(FLOWN, DEPARTED)
    assert order.kinds[0] in (0, ASKED)
    rows = list(predict.of_question(predict.asked(FLOWN, DEPARTED, 20), thorough=False))
    names = {str(row["name"]).partition(": ")[2] for row in rows}
    assert {"mean absolute error", "blended", "90 % band covers", "days under 80 %", "Winkler"} <= names
    assert {f"{who}, mean absolute error" for who in ("challenger", "blended in the chain", "served by rule")} <= names
    peers = {row["peer"] for row in rows if str(row["name"]).endswith("mean absolute error")}
    assert {"as late as it left", "carrier median"} <= peers


def test_rivers_linear_model_plays_by_the_same_clock() -> None:
    few = predict.made(600)
    order = predict_set.order(few, BEFORE)
    signals = predict_models.watched(few, order, BEFORE)
    told = predict_peers.linear(few, order, BEFORE, signals)
    assert np.isfinite(told[order.rows[order.kinds == ASKED]]).all()


def test_a_blend_follows_the_better_one() -> None:
    order = predict_set.order(FLOWN, BEFORE)
    good, bad = FLOWN.late + 1.0, FLOWN.late + 200.0
    told = predict_peers.blended(FLOWN, order, bad, good)
    last = order.rows[order.kinds == ASKED][-500:]
    assert predict_scores.error(told[last], FLOWN.late[last]) < 5


def test_scores_are_what_they_say() -> None:
    came, low, high = np.array([0.0, 10.0, 30.0]), np.array([-5.0, 11.0, 20.0]), np.array([5.0, 20.0, 40.0])
    inside = predict_scores.covered(low, high, came)
    assert inside.tolist() == [True, False, True]
    assert predict_scores.winkler(low, high, came) == pytest.approx((10 + 9 + 20 + 20) / 3)
    assert predict_scores.days_under(inside, np.array([1, 1, 2]), 0.8) == 50
    assert predict_scores.by_group(inside, np.array([1, 1, 2]), 1) == (50, 100)
    assert predict_scores.brier(np.array([0.0, 0.0, 1.0]), came) == 0
    assert predict_scores.calibration(np.array([0.1, 0.1, 0.9]), came) == pytest.approx(10)
