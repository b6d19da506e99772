"""Cancellations hours ahead: told from what had happened by then, learned when it could be known."""

import math
from functools import cache

import numpy as np
import pytest

from operators.predict import cancel
from operators.predict.cancel import SIGNALS
from simulators.bench import predict, predict_cancel, predict_hindsight
from simulators.bench.predict_cancel import LEADS, Asked
from simulators.bench.predict_set import Flown

ROWS = 3_000


@cache
def flown() -> Flown:
    """Legs of which carrier 1 cancels every third and the others every thirtieth; on the 30th day nearly all stay."""
    legs = predict.made(ROWS)
    draw = np.random.default_rng(2)
    gone = draw.random(ROWS) < np.where(legs.leg.carrier == 1, 0.33, 0.03)
    gone |= (legs.day == 30) & (draw.random(ROWS) < 0.9)
    late = np.where(gone, np.nan, np.floor(draw.normal(10, 5, ROWS)))
    return legs._replace(departed=legs.leg.dep_planned + late, dep_late=late,
                         arrived=np.where(gone, np.nan, legs.leg.arr_planned + late), late=late)  # fmt: skip


@cache
def told() -> Asked:
    return predict_cancel.asked(flown())


def test_another_tomorrow_changes_nothing_that_was_said_before() -> None:
    assert predict_cancel.foreseen(flown(), float(np.median(flown().leg.dep_planned))) == 0


@pytest.mark.parametrize("row", [4_000, 9_001, 11_998])
def test_shares_are_those_of_what_was_decided_before(row: int) -> None:
    legs, one, i = flown(), told(), row // len(LEADS)
    gone = np.isnan(legs.departed)
    known = np.where(gone, legs.leg.dep_planned, legs.departed)
    for name, alike, span in (("cancelled_all_12h", np.full(ROWS, fill_value=True), 720.0),
                              ("cancelled_origin_3h", legs.leg.origin == legs.leg.origin[i], 180.0)):  # fmt: skip
        fades = np.exp((known - one.asked[row]) / span) * (alike & (known < one.asked[row]))
        expected = math.sqrt(float(fades[gone].sum() / (fades.sum() + cancel.FEW)))
        assert one.signals[row, SIGNALS.index(name)] == pytest.approx(expected, abs=1e-5)


def test_who_cancels_often_and_days_on_which_many_do_are_told_to_be_likelier() -> None:
    one, legs = told(), flown()
    later = one.day >= 20
    often = np.repeat(legs.leg.carrier == 1, len(LEADS))
    assert one.told[later & often].mean() > 1.5 * one.told[later & ~often].mean()
    usual = one.told[later & (one.day != 30) & (one.lead == 2)].mean()
    assert one.told[(one.day == 30) & (one.lead == 2)].mean() > 1.5 * usual
    assert predict_cancel.auc(one.came[later], one.told[later]) > 0.65


def test_a_label_is_learned_when_it_is_known_and_not_before() -> None:
    first, last = told().told[:4], told().told[-4:]
    untaught = 1 / (1 + math.exp(-cancel.START))
    assert first.tolist() == pytest.approx([untaught] * 4)
    assert np.abs(last - untaught).min() > 1e-6


def test_unknown_weather_says_nothing_and_is_not_learned_from() -> None:
    f, signals = cancel.empty(16), np.zeros(len(SIGNALS))
    nan = float("nan")
    cancel.ask(f, 1, 2, nan, nan, nan, nan, 1_000.0, signals)
    assert np.isnan(signals[[SIGNALS.index(name) for name in cancel.WEATHER]]).all()
    cancel.learn(f, signals, np.full(len(SIGNALS), fill_value=True), True)
    assert np.isfinite(f.slopes).all()
    assert np.isfinite(f.seen).all()
    assert 0 < 1 / (1 + math.exp(-cancel.odds(f, signals, np.full(len(SIGNALS), fill_value=True)))) < 1


def test_in_hindsight_nothing_that_says_the_same_of_an_hour_ranks_a_day_better() -> None:
    one, draw = told(), np.random.default_rng(4)
    rows = (one.day == 40) & (one.lead == 2)
    hour, share = (one.planned // 60).astype(int)[rows], predict_hindsight.of_hours(one)[rows]
    assert all(len(set(share[hour == h])) == 1 for h in hour)
    best = predict_cancel.auc(one.came[rows], share)
    others = [predict_cancel.auc(one.came[rows], draw.random(hour.max() + 1)[hour]) for _ in range(200)]
    assert best > max(others)


def test_trees_in_hindsight_rank_by_what_tells_and_are_not_asked_about_what_they_were_taught() -> None:
    one, legs = told(), flown()
    rows = (one.day >= 31) & (one.lead == 2)
    told_by_trees = predict_hindsight.of_trees(legs, one, rows)
    assert (np.isnan(told_by_trees) == ~rows).all()
    assert predict_cancel.auc(one.came[rows], told_by_trees[rows]) > 0.65
    chance = one._replace(came=np.random.default_rng(5).random(one.came.size) < 0.5)
    assert predict_cancel.auc(chance.came[rows], predict_hindsight.of_trees(legs, chance, rows)[rows]) < 0.6


def test_figures_have_a_row_for_each_lead_and_peer() -> None:
    rows = list(predict_cancel.of_cancelled(flown(), 20))
    names = [str(row["name"]) for row in rows]
    assert {f"P(cancel), {lead} h before: Brier" for lead in LEADS} <= set(names)
    peers = {"how often before", "weather alone", "its hour, in hindsight", "base rate", None}
    assert {row["peer"] for row in rows} == peers
