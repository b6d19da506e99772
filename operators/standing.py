"""Standing: how the models stand, a row of `models` each: who serves, how far off all were, whether they learn."""

from typing import Final

import numpy as np

from operators.predict import contest, gate
from tower import clock, ids
from tower.table import find, kernel, upsert

NAMES: Final = ("arrival_two_hours_before", "arrival_at_departure", "departure_two_hours_before",
                "arrival_along_the_way", "cancellation_hours_before")  # fmt: skip
MOMENT: Final = (0, 1, 5, 6, 2)
"""Of each, as the column has it."""
CHANCES: Final = 4
"""The last: it has no challenger, so nobody can be promoted."""
KEYS: Final = np.array([ids.of("model", name) for name in NAMES], "u8")
EACH: Final = 15 * clock.MINUTE
"""So often they are said anew, where nothing turns before."""


@kernel
def stand(b, now):
    """Say how each model stands: once a quarter of an hour, and at once where who serves or the gate has changed."""
    stand_one(b, b.before, 0, now)
    stand_one(b, b.departed, 1, now)
    stand_one(b, b.leaves, 2, now)
    stand_one(b, b.along, 3, now)
    stand_chances(b, now)


@kernel
def stand_chances(b, now):
    """The row of chances of cancellation, if it is time: what they learned, and their own gate."""
    i, g = find(b.models, KEYS[CHANCES]), b.fate_gate
    if i >= 0 and b.models.rows[i].why == g.tally[gate.WHY] and now < b.models.rows[i].at + EACH:
        return
    row = b.models.rows[upsert(b.models, KEYS[CHANCES])]
    row.name, row.moment, row.at, row.learned = KEYS[CHANCES], MOMENT[CHANCES], now, np.int64(b.fate.middle[2])
    say_gate(row, g)
    say_inputs(row, g)


@kernel
def say_gate(row, g):
    """Whether learning goes on."""
    row.why, row.frozen, row.kept_back = g.tally[gate.WHY], g.tally[gate.FROZEN], g.tally[gate.KEPT_BACK]
    row.frozen_at = g.tally[gate.SINCE] * clock.MINUTE if g.tally[gate.SHUT] else -1


@kernel
def stand_one(b, side, question, now):
    """One model's row, if it is time."""
    serves, gate_tally = contest.serving(side.contest), b.gate.tally
    i = find(b.models, KEYS[question])
    if i >= 0:
        old = b.models.rows[i]
        if old.serves == serves and old.why == gate_tally[gate.WHY] and now < old.at + EACH:
            return
    row = b.models.rows[upsert(b.models, KEYS[question])]
    if row.serves != serves:
        row.serves_since = now
    row.name, row.moment, row.serves, row.at = KEYS[question], MOMENT[question], serves, now
    row.learned = side.forecast.learned[0]
    say_gate(row, b.gate)
    say_errors(row, side.contest)
    say_inputs(row, b.gate)


@kernel
def say_errors(row, c):
    """How far off each was of late, and what became of promotions."""
    known = c.tally[contest.LABELS] > 0
    row.measured, row.promotions = c.tally[contest.LABELS], c.tally[contest.PROMOTIONS]
    row.rollbacks, row.hours_worse = c.tally[contest.ROLLBACKS], c.tally[contest.WORSE]
    row.tiles_error_min = c.wrong[contest.TILES] if known else np.nan
    row.linear_error_min = c.wrong[contest.LINEAR] if known else np.nan
    row.blend_error_min = c.wrong[contest.BLEND] if known else np.nan
    row.schedule_error_min = c.wrong[contest.SCHEDULE] if known else np.nan
    row.drift_pct = contest.drifted(c)


@kernel
def say_inputs(row, g):
    """What the gate measures."""
    row.missing_share, row.unseen_share = g.recent[gate.MISSING], g.recent[gate.UNSEEN]
    row.skewed_share, row.label_delay_min = g.recent[gate.SKEW], g.recent[gate.DELAY]
    row.lost_share = g.recent[gate.LOST]
