"""Figures of predictions: honest ones, and a model that looks into tomorrow is caught."""

from typing import Any

import numpy as np
import pytest

from operators.predict import following, plain
from operators.predict.following import ARRIVED, ASKED
from operators.predict.questions import ALL, BEFORE, DEPARTED, LEAVES, Question
from operators.predict.way import ALONG, MOST
from simulators import bench
from simulators.bench import predict, predict_along, predict_models, predict_peers, predict_scores, predict_set
from simulators.bench.predict_models import P50
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
    kinds = np.tile([ASKED, ARRIVED], asked.size)
    cheat = order._replace(kinds=kinds, taught=kinds, rows=np.repeat(order.rows[asked], 2))
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
        came = order.rows[order.taught == ARRIVED]
        assert len(came) == len(set(came.tolist()))
        known = FLOWN.departed if question.of_departure else FLOWN.arrived
        assert (order.moments[order.taught == ARRIVED] == known[came]).all()


def test_legs_on_their_way_are_told_of_from_what_was_heard_by_then_and_never_as_there_already() -> None:
    assert predict_along.foreseen(FLOWN, MIDDLE) == 0
    one = predict_along.asked(FLOWN)
    late, arrived = FLOWN.late[one.leg], FLOWN.arrived[one.leg]
    elapsed = one.at - FLOWN.leg.arr_planned[one.leg]
    assert (arrived[~np.isnan(arrived)] >= one.at[~np.isnan(arrived)]).all()
    assert (one.base >= elapsed).all()
    told = ~np.isnan(one.issued[:, P50])
    assert (one.issued[told, P50] >= elapsed[told] - 1e-9).all()
    assert (np.diff(one.issued[told, P50 - 1 : P50 + 2]) >= 0).all()
    again = (one.nth == 1) & told & ~np.isnan(late)
    ours, now = (predict_scores.error(told[again], late[again]) for told in (one.issued[:, P50], one.base))
    assert ours < now
    assert one.nth.max() == MOST
    assert (np.bincount(one.leg) <= MOST).all()


def test_a_leg_that_is_not_there_is_told_of_as_the_plain_twin_tells() -> None:
    """Each asking by the compiled and by the plain model, in the order in which labels came."""
    few = predict.made(900)
    one, twin = predict_along.asked(few), plain.Plain(ALONG)
    labels = [(float(few.arrived[leg]), 0, leg, n) for n, leg in enumerate(one.leg.tolist())
              if not np.isnan(few.late[leg])]  # fmt: skip
    asked = [(float(at), 1, leg, n) for n, (at, leg) in enumerate(zip(one.at.tolist(), one.leg.tolist(), strict=True))]
    raw: dict[int, list[float]] = {}
    for _, is_asked, leg, n in sorted(labels + asked):
        row = one.codes[n].tolist(), float(one.base[n]), int(few.leg.carrier[leg]), float(few.leg.clock_min[leg])
        if is_asked:
            raw[n] = twin.issue(*row)
        else:
            twin.release(*row, float(few.late[leg]), one.issued[n].tolist())
    assert np.array([raw[n][:4] for n in range(len(one.at))]).tobytes() == one.issued[:, :4].tobytes()


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
    leaving = list(predict.of_question(predict.asked(FLOWN, LEAVES, 20), thorough=False))
    assert {"the schedule", "carrier median"} <= {row["peer"] for row in leaving}
    assert "departure, 2 h before: blended" not in {str(row["name"]) for row in leaving}


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
