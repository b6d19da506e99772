"""Along: whole columns of legs on their way through the kernels, each asked about whenever what was told has passed and
it is not there; what a bench or a test needs.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.predict import contest, cuts, forecast, line, movements, situation, way
from operators.predict.following import ARRIVED, DEPARTED, DUE, GIVEN_UP, leg_of
from operators.predict.forecast import ISSUED, TOLD
from operators.predict.situation import is_waited_for
from operators.predict.way import ALONG, COLUMNS, EDGE_COUNTS, EDGES, MOST
from tower.compiled import lean

EXPERTS: Final = contest.SCHEDULE + 2
MIDDLE: Final = TOLD + 1
MEDIAN_STEP: Final = 0.2
"""Minutes that a carrier's running median moves a label."""


class Asked(NamedTuple):
    """(askings,): the leg, which of its askings, when, where the estimate started, what each told (the last: who
    served), what was issued, what a carrier's running median would have, the codes.
    """

    leg: Any
    nth: Any
    at: Any
    base: Any
    told: Any
    issued: Any
    median: Any
    codes: Any


class Roads(NamedTuple):
    """The legs, how late they left, what was issued at departure; what is known and learned; where each leg's askings
    are kept (legs, MOST), -1 where there is none; by minute the leg that is asked about, by leg the next; scratch.
    """

    legs: Any
    dep_late: Any
    first: Any
    situation: Any
    forecast: Any
    room: Any
    line: Any
    contest: Any
    medians: Any
    places: Any
    is_there: Any
    heads: Any
    behind: Any
    edges: Any
    counts: Any
    signals: Any
    ids: Any


def room(askings: int) -> Asked:
    """For so many."""
    return Asked(np.zeros(askings, "i8"), np.zeros(askings, "i8"), np.zeros(askings), np.zeros(askings),
                 np.full((askings, EXPERTS), np.nan), np.full((askings, len(ISSUED)), np.nan), np.zeros(askings),
                 np.zeros((askings, len(COLUMNS)), "u2"))  # fmt: skip


def empty(legs: Any, dep_late: np.ndarray, first: np.ndarray, minutes: float, bits: int = forecast.BITS) -> Roads:
    """Legs of which nothing was asked, with nothing learned; for so many minutes."""
    return Roads(legs, dep_late, first, situation.empty(), forecast.empty(ALONG, bits), forecast.room(ALONG),
                 line.empty(ALONG), contest.empty(), np.zeros(int(legs.carrier.max()) + 1),
                 np.full((len(dep_late), MOST), -1), np.zeros(len(dep_late), "u1"),
                 np.full(int(minutes) + 2, -1), np.full(len(dep_late), -1), EDGES, EDGE_COUNTS,
                 np.zeros(len(way.SIGNALS)), np.zeros(3, "i8"))  # fmt: skip


@lean
def asked_so_far(r, i):
    """How often a leg was asked about."""
    nth = 0
    while nth < MOST and r.places[i, nth] >= 0:
        nth += 1
    return nth


@lean
def passes_at(leg, told, now):
    """When what was told has passed."""
    return max(leg.arr_planned + np.ceil(told), now + way.LEAST_MIN)


@lean
def newest_of(r, asked, i, nth):
    """What was told last of when a leg comes; as late as it left where nothing was."""
    told = r.first[i, MIDDLE] if nth == 0 else asked.issued[r.places[i, nth - 1], MIDDLE]
    if not np.isnan(told):
        return told
    return r.dep_late[i] if nth == 0 else asked.base[r.places[i, nth - 1]]


@lean
def encode(r, leg, i, nth, base, now, codes):
    """What is known of a leg on its way, as codes."""
    first = r.first[i]
    way.ask(r.situation, leg, np.float64(nth + 1), r.dep_late[i], first[MIDDLE], first[TOLD + 2] - first[TOLD], base,
            np.nan, np.nan, np.nan, np.nan, now, r.signals)  # fmt: skip
    r.ids[0], r.ids[1], r.ids[2] = leg.carrier, leg.origin, leg.dest
    cuts.encode(r.signals, r.ids, r.edges, r.counts, codes)


@lean
def answer(r, asked, n, leg, base, elapsed):
    """Everybody's answer, and that of who serves; none before now."""
    issued, told, codes = asked.issued[n], asked.told[n], asked.codes[n]
    forecast.issue(r.forecast, codes, base, leg.carrier, leg.clock_min, r.room, issued)
    told[contest.TILES], told[contest.SCHEDULE] = issued[1], base
    told[contest.LINEAR] = base + line.guess(r.line, codes)
    told[contest.BLEND] = contest.blend(r.contest, told[contest.TILES], told[contest.LINEAR])
    way.hold(told, elapsed)
    if not np.isnan(issued[MIDDLE]):
        issued[MIDDLE] = told[contest.serving(r.contest)]
        issued[TOLD] = min(issued[TOLD], issued[MIDDLE])
        way.hold_band(issued[TOLD : TOLD + 3], elapsed)
    told[contest.SCHEDULE + 1] = issued[MIDDLE]
    asked.base[n], asked.median[n] = base, base + r.medians[leg.carrier]


@lean
def ask(r, asked, n, i, now):
    """Ask about a leg that is not there; when to ask again, 0 for never."""
    leg, nth = leg_of(r.legs, i), asked_so_far(r, i)
    elapsed = now - leg.arr_planned
    base = max(newest_of(r, asked, i, nth), elapsed)
    encode(r, leg, i, nth, base, now, asked.codes[n])
    answer(r, asked, n, leg, base, elapsed)
    asked.leg[n], asked.nth[n], asked.at[n], r.places[i, nth] = i, nth + 1, now, n
    return passes_at(leg, newest_of(r, asked, i, nth + 1), now) if nth + 1 < MOST else 0.0


@lean
def come(r, asked, i, late, now):
    """A leg has come: measure and learn each asking, once."""
    leg = leg_of(r.legs, i)
    for k in r.places[i, : asked_so_far(r, i)]:
        contest.settle(r.contest, asked.told[k], late, np.int64(now // 60.0))
        forecast.release(r.forecast, asked.codes[k], asked.base[k], leg.carrier, leg.clock_min, late, r.room,
                         asked.issued[k])  # fmt: skip
        line.learn(r.line, asked.codes[k], late - asked.base[k])
        r.medians[leg.carrier] += MEDIAN_STEP if late > asked.median[k] else -MEDIAN_STEP


@lean
def put(r, i, moment, first):
    """Have a leg asked about in that minute, if that lies within what is played."""
    k = np.int64(moment - first)
    if k < r.heads.size:
        r.behind[i] = r.heads[k]
        r.heads[k] = i


@lean
def ask_all(r, asked, n, minute, first):
    """Ask about the legs of a minute that are not there; how often was asked by then."""
    i = r.heads[np.int64(minute - first)]
    while i >= 0:
        behind = r.behind[i]
        if not r.is_there[i] and n < asked.leg.size:
            later = ask(r, asked, n, i, minute)
            n += 1
            if later > 0.0:
                put(r, i, later, first)
        i = behind
    return n


@lean
def follow(moments, kinds, rows, late, r, asked):
    """Let all happen, in order; returns how often was asked."""
    first = minute = np.floor(moments[0])
    n = 0
    for q in range(kinds.size):
        i, now = rows[q], moments[q]
        while minute < now:
            n = ask_all(r, asked, n, minute, first)
            minute += 1.0
        leg = leg_of(r.legs, i)
        if kinds[q] == DUE:
            movements.due(r.situation, leg)
        elif kinds[q] == DEPARTED:
            movements.departed(r.situation, leg, r.dep_late[i], is_waited_for(leg, now), now)
            put(r, i, passes_at(leg, newest_of(r, asked, i, 0), now), first)
        elif kinds[q] == ARRIVED:
            movements.arrived(r.situation, leg, late[i], r.dep_late[i], now)
            come(r, asked, i, late[i], now)
            r.is_there[i] = 1
        elif kinds[q] == GIVEN_UP:
            movements.given_up(r.situation, leg)
    return n
