"""Standing: how the models stand, a row of `models` each: who serves, how far off all were, whether they learn."""

from typing import Final

import numpy as np

from operators.predict import contest, gate
from tower import clock, ids
from tower.outcomes import ASKED
from tower.table import find, kernel, upsert

NAMES: Final = tuple(f"arrival_{moment}" for moment in ASKED)
KEYS: Final = np.array([ids.of("model", name) for name in NAMES], "u8")
EACH: Final = 15 * clock.MINUTE
"""So often they are said anew, where nothing turns before."""


@kernel
def stand(b, now):
    """Say how each model stands: once a quarter of an hour, and at once where who serves or the gate has changed."""
    stand_one(b, b.before, 0, now)
    stand_one(b, b.departed, 1, now)


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
    row.name, row.moment, row.serves, row.at = KEYS[question], question, serves, now
    row.why, row.frozen = gate_tally[gate.WHY], gate_tally[gate.FROZEN]
    row.frozen_at = gate_tally[gate.SINCE] * clock.MINUTE if gate_tally[gate.SHUT] else -1
    row.learned, row.kept_back = side.forecast.learned[0], gate_tally[gate.KEPT_BACK]
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
