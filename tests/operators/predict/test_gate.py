"""The gate shuts on what cannot be learned from, says why, and opens by rule."""

from collections.abc import Callable

import numpy as np
import pytest

from operators.predict import gate
from operators.predict.gate import Gate
from tower.outcomes import FREEZES

FULL, HALF = np.ones(60, "u2"), np.array([1, 0] * 30, "u2")


def usual(minutes: int = 600) -> Gate:
    """Open, after hours of what is usual: a question and a label a minute."""
    g = gate.empty()
    for minute in range(minutes):
        ordinary(g)
        gate.watch(g, minute)
    assert g.tally[gate.SHUT] == 0
    return g


def ordinary(g: Gate) -> None:
    gate.brought(g, 1)
    gate.asked(g, FULL, is_unseen=False)
    gate.labelled(g, True, 2.0)


def missing(g: Gate) -> None:
    gate.asked(g, HALF, is_unseen=False)


def unseen(g: Gate) -> None:
    gate.asked(g, FULL, is_unseen=True)


def skewed(g: Gate) -> None:
    gate.labelled(g, False, 0.0)


def delayed(g: Gate) -> None:
    gate.labelled(g, True, 900.0)


def storm(g: Gate) -> None:
    gate.brought(g, 500)


WHAT: dict[int, Callable[[Gate], None]] = {gate.MISSING: missing, gate.UNSEEN: unseen, gate.SKEW: skewed,
                                           gate.DELAY: delayed, gate.LOST: gate.lost, gate.STORM: storm}  # fmt: skip


@pytest.mark.parametrize("why", WHAT, ids=lambda why: FREEZES[why])
def test_it_shuts_says_why_and_opens_when_an_hour_was_quiet(why: int) -> None:
    g, minute = usual(), 600
    while not g.tally[gate.SHUT]:
        WHAT[why](g)
        gate.watch(g, minute)
        minute += 1
        assert minute < 720
    assert g.tally[gate.WHY] == why
    while g.tally[gate.SHUT]:
        ordinary(g)
        gate.watch(g, minute)
        minute += 1
        assert minute < 2_000
    assert minute >= g.tally[gate.BREACHED] + gate.QUIET_MIN
    assert (g.tally[gate.WHY], g.tally[gate.FROZEN]) == (gate.OPEN, 1)


def test_one_odd_thing_shuts_nothing() -> None:
    g = usual()
    for odd in (missing, unseen, skewed, gate.lost):
        odd(g)
        gate.watch(g, 601)
    assert g.tally[gate.SHUT] == 0


def test_what_has_become_usual_is_not_odd() -> None:
    g = usual()
    for minute in range(600, 20_000):
        missing(g)
        gate.watch(g, minute)
    assert g.tally[gate.SHUT] == 0
    assert g.tally[gate.FROZEN] == 1


@pytest.mark.parametrize(("late", "departed", "arrived", "now"), [
    (float("nan"), 0, 10, 10), (-300, 0, 10, 10), (5_000, 0, 10, 10), (0, 20, 10, 10), (0, 0, 30, 10),
])  # fmt: skip
def test_a_label_that_cannot_be_is_known(late: float, departed: float, arrived: float, now: float) -> None:
    assert not gate.is_possible(late, float(departed), float(arrived), float(now))
    assert gate.is_possible(5.0, float("nan"), 10.0, 12.0)
