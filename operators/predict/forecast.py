"""Forecast: one question's answers: issued with a band and a chance, settled and learned once when the label comes."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.predict import bands, places, tiles
from operators.predict.hashing import joined
from operators.predict.questions import GROUPS, HEADS, IDS, Question
from operators.predict.situation import SIGNALS
from tower.compiled import lean

ISSUED: Final = ("raw_p05", "raw_p50", "raw_p95", "odds", "p05", "p50", "p95", "p_late", "why")
"""A row of what is issued: what the model said, then what is told. Nothing else is kept of it but codes and base."""
RAW, ODDS, TOLD, P_LATE, WHY = 0, 3, 4, 7, 8
SURE, FEW, UNSEEN, MISSING, BLIND = range(5)
REASONS: Final = ("", "too few labels", "unseen before: widened", "inputs missing: widened", "no inputs: abstains")
"""Why a band is wide or a row abstains (all NaN)."""
BITS: Final = 16
"""2**BITS places are shared by terms over ids."""
ENOUGH: Final = 500
"""Labels before anything is told."""
TAIL: Final = 0.05
RATES: Final = (0.003, 0.002, 0.002, 0.05)
"""How fast offsets follow: everybody's, a carrier's, a four-hour band's; everybody's of late."""
KEEPS: Final = (1.0, 1.0, 1.0, 0.99)
"""What is left of each after one more label: the last forgets within hundreds, and so follows a bad day and its end."""
NEW_SHARE, BLIND_SHARE = 0.25, 0.6
"""From which share of places where nothing was ever learned a band is widened; from which share of those, or of
unknown columns, a row abstains.
"""
CARRIER_SLOTS: Final = 64
BANDS_OF_DAY: Final = 6
SCALE_RATE: Final = 0.0001
"""Of the slope and shift of log-odds (Platt 1999, online); ten times as fast, chances were calibrated worse."""
WIDER: Final = 1.5
MOST_ODDS: Final = 6.0
FIRST_ID: Final = len(SIGNALS)
"""The first column of ids."""


class Forecast(NamedTuple):
    """Where the question's `terms` lie, its `heads` and `core` columns; what is learned: `weights` (places, heads, 2),
    `offsets` (groups, 2), `scale` (slope and shift of the log-odds), `learned` (labels).
    """

    terms: Any
    heads: Any
    core: Any
    weights: Any
    offsets: Any
    scale: Any
    learned: Any


class Room(NamedTuple):
    """Scratch for one row."""

    base: Any
    tiles: Any
    slots: Any
    rates: Any
    keeps: Any


def empty(question: Question, bits: int = BITS) -> Forecast:
    """Nothing is learned yet."""
    terms, size = placed(question, bits)
    offsets = np.zeros((2 + CARRIER_SLOTS + BANDS_OF_DAY, 2))
    return Forecast(terms, question.heads, question.core, tiles.blank(size, len(HEADS)), offsets, np.array([1.0, 0.0]),
                    np.zeros(1, "i8"))  # fmt: skip


def placed(question: Question, bits: int = BITS) -> tuple[places.Terms, int]:
    """Where a question's terms lie, and how many places there are."""
    counts = [*(question.edge_counts + 2).tolist(), *(places.MANY for _ in IDS)]
    return places.of(question.terms, question.bounds, counts, bits)


def room(question: Question) -> Room:
    """Scratch."""
    return Room(np.zeros(len(HEADS)), tiles.room(len(question.terms), len(GROUPS), len(HEADS)),
                np.zeros(len(RATES), "i8"), np.array(RATES), np.array(KEEPS))  # fmt: skip


@lean
def place_groups(carrier, clock_min, slots):
    """The offsets that a row belongs to: everybody's, its carrier's, its four hours', everybody's of late."""
    slots[0] = 0
    slots[1] = 1 + np.int64(joined(np.uint64(1), carrier) % np.uint64(CARRIER_SLOTS))
    slots[2] = 1 + CARRIER_SLOTS + np.int64(clock_min // 240.0) % BANDS_OF_DAY
    slots[3] = 1 + CARRIER_SLOTS + BANDS_OF_DAY


@lean
def start(base, r):
    """What each head starts from: the base; a chance from even odds."""
    for head in range(ODDS):
        r.base[head] = base
    r.base[ODDS] = 0.0


@lean
def doubt(f, codes, base, new):
    """Why a row is to be widened or left without an answer."""
    if f.learned[0] < ENOUGH:
        return FEW
    if np.isnan(base) or new > BLIND_SHARE * f.terms.widths.size:
        return BLIND
    missing = 0
    for code in codes:
        if code == 0:
            missing += 1
    if missing > BLIND_SHARE * codes.size:
        return BLIND
    for column in f.core:
        if codes[column] == 0:
            return MISSING
    return UNSEEN if new > NEW_SHARE * f.terms.widths.size else SURE


@lean
def issue(f, codes, base, carrier, clock_min, r, issued):
    """Write what is issued for a row. `r.tiles.parts` then holds what each group adds to each head."""
    start(base, r)
    new = tiles.guess(codes, r.base, f.terms, f.weights, r.tiles)
    why = doubt(f, codes, base, new)
    for head in range(r.tiles.out.size):
        issued[RAW + head] = r.tiles.out[head]
    issued[WHY] = why
    if why in (FEW, BLIND):
        issued[TOLD:WHY] = np.nan
        return
    place_groups(carrier, clock_min, r.slots)
    times = 1.0 if why == SURE else WIDER
    bands.widen(issued[RAW:ODDS], r.slots, f.offsets, times, issued[TOLD:P_LATE])
    issued[P_LATE] = tiles.chance(f.scale[0] * held(issued[ODDS]) + f.scale[1])


@lean
def is_new(f, r):
    """Whether the row that was issued last has a carrier or place of which nothing was ever learned."""
    widths, first = f.terms.widths, f.terms.columns[0]
    for k in range(widths.size):
        is_id = widths[k] == 1 and first[k] >= FIRST_ID
        if is_id and f.weights[r.tiles.places[k], 0, tiles.SQUARE] == tiles.FIRST_SQUARE:
            return True
    return False


@lean
def held(odds):
    """Log-odds within what a scale is learned on."""
    return min(max(odds, -MOST_ODDS), MOST_ODDS)


@lean
def release(f, codes, base, carrier, clock_min, label, r, issued):
    """The label of something issued has come: bands and scale by what was told, then weights, once."""
    if np.isnan(label) or np.isnan(base):
        return
    place_groups(carrier, clock_min, r.slots)
    if issued[WHY] == SURE:
        bands.settle(issued[TOLD:P_LATE], label, r.slots, f.offsets, r.rates, r.keeps, TAIL)
        over = issued[P_LATE] - (1.0 if label > f.heads[ODDS, tiles.LEVEL] else 0.0)
        f.scale[0] -= SCALE_RATE * over * held(issued[ODDS])
        f.scale[1] -= SCALE_RATE * over
    start(base, r)
    tiles.learn(codes, r.base, label, f.terms, f.heads, f.weights, r.tiles)
    f.learned[0] += 1
