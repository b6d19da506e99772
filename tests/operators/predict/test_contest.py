"""Who serves: by rule, measured on what was told, with a way back."""

import numpy as np
import pytest

from operators.predict import claims, contest
from operators.predict.contest import BLEND, FIRST, LINEAR, SCHEDULE, TILES, Contest

NAN = float("nan")


def play(c: Contest, told: tuple[float, float, float, float], labels: int, *, first: int = 0, an_hour: int = 10) -> int:
    """So many labels of 0, for the same answers; who serves then."""
    answers = np.array(told)
    for n in range(first, first + labels):
        contest.settle(c, answers, 0.0, n // an_hour)
    return int(contest.serving(c))


def test_a_challenger_that_is_better_by_the_margin_serves_and_one_that_is_as_good_does_not() -> None:
    assert play(contest.empty(), (10.0, 9.9, 9.9, 20.0), 5_000) == TILES
    c = contest.empty()
    assert play(c, (10.0, 9.0, 9.5, 20.0), FIRST - 1) == TILES
    assert play(c, (10.0, 9.0, 9.5, 20.0), 2) == LINEAR
    assert c.tally[contest.PROMOTIONS] == 1


def test_it_does_not_flicker() -> None:
    c, turns = contest.empty(), 0
    for n in range(40):
        better = n % 2
        before = contest.serving(c)
        turns += play(c, (10.0 - better, 9.0 + better, 9.5, 20.0), 250, first=250 * n) != before
    assert turns <= 2


def test_one_that_fails_on_trial_is_rolled_back_and_has_to_wait() -> None:
    c = contest.empty()
    play(c, (10.0, 8.0, 9.5, 20.0), FIRST)
    assert contest.serving(c) == LINEAR
    assert play(c, (10.0, 14.0, 12.0, 20.0), contest.TRIED + 1) == TILES
    assert c.tally[contest.ROLLBACKS] == 1
    assert play(c, (10.0, 5.0, 8.0, 20.0), contest.REST - 2) == TILES
    assert play(c, (10.0, 5.0, 8.0, 20.0), 10) == LINEAR


def test_worse_than_the_schedule_for_six_hours_serves_the_schedule_until_two_are_better() -> None:
    c = contest.empty()
    assert play(c, (10.0, 10.0, 10.0, 5.0), 60) == TILES
    assert play(c, (10.0, 10.0, 10.0, 5.0), 10, first=60) == SCHEDULE
    assert play(c, (10.0, 10.0, 10.0, 15.0), 20, first=70) == SCHEDULE
    assert play(c, (10.0, 10.0, 10.0, 15.0), 10, first=90) == TILES


def test_hours_of_few_labels_say_nothing() -> None:
    assert play(contest.empty(), (10.0, 10.0, 10.0, 5.0), 100, an_hour=4) == TILES


def test_what_not_all_told_is_not_measured() -> None:
    c = contest.empty()
    play(c, (NAN, 1.0, 1.0, 1.0), 5)
    contest.settle(c, np.ones(4), NAN, 0)
    assert c.tally[contest.LABELS] == 0


def test_the_blend_leans_to_who_was_less_off_and_is_one_where_the_other_is_unknown() -> None:
    c = contest.empty()
    assert contest.blend(c, 10.0, 20.0) == pytest.approx(15.0)
    play(c, (3.0, 30.0, 15.0, 30.0), 800)
    assert contest.blend(c, 10.0, 20.0) < 11.0
    assert contest.blend(c, 10.0, NAN) == 10.0
    assert play(c, (9.0, 9.0, 1.0, 30.0), 3_000) == BLEND


def test_drift_is_growth_beyond_the_schedules_own() -> None:
    c = contest.empty()
    play(c, (5.0, 5.0, 5.0, 10.0), 20_000)
    assert contest.drifted(c) == pytest.approx(0.0)
    play(c, (50.0, 50.0, 50.0, 100.0), 1_000)
    assert abs(contest.drifted(c)) < 5
    play(c, (100.0, 100.0, 100.0, 60.0), 2_000)
    assert contest.drifted(c) > 25


def test_the_carriers_estimate_is_shown_where_it_was_less_off_and_few_labels_weigh_little() -> None:
    c = claims.empty()
    assert claims.chosen(c, 1, 7, 10.0, 12.0) == claims.OURS
    for _ in range(10):
        claims.settle(c, 1, 7, 10.0, 0.5, 0.0)
    few = claims.gap_of(c, 1, 7)
    assert 0 < few < 9.5
    for _ in range(300):
        claims.settle(c, 1, 7, 10.0, 0.5, 0.0)
        claims.settle(c, 2, 9, 1.0, 30.0, 0.0)
    assert claims.chosen(c, 1, 7, 10.0, 12.0) == claims.CARRIERS
    assert claims.chosen(c, 2, 9, 10.0, 12.0) == claims.OURS
    assert claims.chosen(c, 1, 8, 10.0, 12.0) == claims.CARRIERS  # another lane of the same carrier
    assert claims.chosen(c, 1, 7, 10.0, NAN) == claims.OURS
    assert claims.chosen(c, 2, 9, NAN, 12.0) == claims.CARRIERS
