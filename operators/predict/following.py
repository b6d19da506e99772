"""Following: whole columns of happenings through the kernels, in order: what a bench, a test or a replay needs."""

from typing import Any, Final

import numpy as np

from operators.predict import contest, cuts, forecast, line, movements, tiles
from operators.predict.questions import EDGE_COUNTS, EDGES
from operators.predict.situation import Leg, is_waited_for
from tower.compiled import lean

DUE, ASKED, DEPARTED, ARRIVED, GIVEN_UP = range(5)
"""What happens to a leg, in the order in which it is taken within a minute."""
KINDS: Final = ("due", "asked", "departed", "arrived", "given up")


@lean
def leg_of(legs, i):
    """One leg of columns."""
    return Leg(legs.carrier[i], legs.origin[i], legs.dest[i], legs.vehicle[i], legs.service[i], legs.dep_planned[i],
               legs.arr_planned[i], legs.clock_min[i], legs.weekday[i])  # fmt: skip


@lean
def watch(moments, kinds, rows, legs, late, dep_late, planned, weather, has_left, situation, signals):
    """Let all happen; write the signals of a row when it is asked about.

    late, dep_late  minutes, read when the leg has arrived or left, and not before
    planned         (legs, 2) legs planned from the origin in its hour and in the next
    weather         (legs, WEATHER) as known when it is asked about
    """
    for q in range(kinds.size):
        i = rows[q]
        leg = leg_of(legs, i)
        if kinds[q] == DUE:
            movements.due(situation, leg)
        elif kinds[q] == DEPARTED:
            movements.departed(situation, leg, dep_late[i], is_waited_for(leg, moments[q]), moments[q])
        elif kinds[q] == ARRIVED:
            movements.arrived(situation, leg, late[i], dep_late[i], moments[q])
        elif kinds[q] == GIVEN_UP:
            movements.given_up(situation, leg)
        else:
            known = dep_late[i] if has_left else np.nan
            waited = is_waited_for(leg, moments[q])
            movements.ask(situation, leg, waited, planned[i, 0], planned[i, 1], weather[i], known, moments[q],
                          signals[i])  # fmt: skip


@lean
def encode(signals, ids, edges, counts, codes):
    """The codes of every row."""
    for i in range(codes.shape[0]):
        cuts.encode(signals[i], ids[i], edges, counts, codes[i])


@lean
def answer(kinds, rows, f, room, codes, base, carrier, clock_min, labels, issued):
    """Issue what is asked, learn what has arrived, in order."""
    for q in range(kinds.size):
        i = rows[q]
        if kinds[q] == ASKED:
            forecast.issue(f, codes[i], base[i], carrier[i], clock_min[i], room, issued[i])
        elif kinds[q] == ARRIVED:
            forecast.release(f, codes[i], base[i], carrier[i], clock_min[i], labels[i], room, issued[i])


@lean
def contend(kinds, rows, moments, challenger, tried, codes, base, labels, ours, told):
    """Have the challenger answer, and learn, beside what our model issued; write what each would have told, and what
    who served did: tiles, linear, blend, schedule, served.
    """
    for q in range(kinds.size):
        i = rows[q]
        if kinds[q] == ASKED:
            told[i, contest.TILES], told[i, contest.SCHEDULE] = ours[i], base[i]
            told[i, contest.LINEAR] = base[i] + line.guess(challenger, codes[i])
            told[i, contest.BLEND] = contest.blend(tried, ours[i], told[i, contest.LINEAR])
            told[i, contest.SCHEDULE + 1] = told[i, contest.serving(tried)]
        elif kinds[q] == ARRIVED:
            contest.settle(tried, told[i], labels[i], np.int64(moments[q] // 60.0))
            line.learn(challenger, codes[i], labels[i] - base[i])


@lean
def alone(kinds, rows, codes, base, labels, terms, heads, weights, start, room):
    """One head: issue what is asked, learn what arrives."""
    for q in range(kinds.size):
        i = rows[q]
        start[0] = base[i]
        if kinds[q] == ASKED:
            tiles.guess(codes[i], start, terms, weights, room)
        elif kinds[q] == ARRIVED:
            tiles.learn(codes[i], start, labels[i], terms, heads, weights, room)


def coded(signals: np.ndarray, legs: Any) -> np.ndarray:
    """Rows of signals and ids as codes."""
    ids = np.stack([legs.carrier, legs.origin, legs.dest], axis=1)
    codes = np.zeros((len(signals), signals.shape[1] + ids.shape[1]), "u2")
    encode(signals, ids, EDGES, EDGE_COUNTS, codes)
    return codes
