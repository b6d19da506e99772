"""Way: when a leg that has left will come, asked anew where it is heard of, or has not come when it was to.

An estimate starts from the newest before it, or from now where that has passed: what has not come yet comes later
(right-censored), so no answer lies before now. What is heard on the way counts as far as such words were right before.
Each asking is kept and learned once: the last before it comes would say that legs are always nearly there.
"""

from typing import Final

import numpy as np

from operators.predict import cuts
from operators.predict.hashing import slot
from operators.predict.questions import COUNTS, FINE, IDS, MEANS, OWN, Question, heads_of, terms_of
from operators.predict.situation import ALL, ARRIVAL_FAST, DEST, GAIN_NOW, OVERDUE, RECENT, mean, recent
from tower.compiled import lean

MOST, OF_NEWS = 8, 5
"""So often a leg is asked about on its way; so often because something is heard of it. The rest is for silence."""
LEAST_MIN, PART = 10.0, 3.0
"""Between two askings lies so much, and this part of what the newest estimate leaves: oftener when it is near."""
SIGNALS: Final = (
    "nth", "block_min", "clock_min", "dep_late_min", "gone_min", "left_min", "beyond_min", "width_min",
    "told_min", "reach_min", "stop_min", "gain_now", "arr_dest_fast", "recent_dest", "overdue_dest_n", "overdue_n",
    "dest_hazard",
)  # fmt: skip
"""What is known, in this order. `beyond_min`: how much later than first told the estimate starts; `width_min`: of the
first band; `told_min`, `reach_min`, `stop_min`: what its carrier says, what the way it has come makes likely, and how
late it was at its last stop, beyond that.
"""
COLUMNS: Final = {name: number for number, name in enumerate((*SIGNALS, *IDS))}
BEYOND: Final = (0.5, 3, 6, 9, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 130, 170, 220, 300)
GRIDS: Final = {
    "nth": tuple(n + 0.5 for n in range(1, MOST)), "block_min": OWN["block_min"], "clock_min": OWN["clock_min"],
    "dep_late_min": FINE, "gone_min": OWN["block_min"], "left_min": BEYOND, "beyond_min": BEYOND,
    "width_min": (15, 20, 25, 30, 36, 44, 54, 66, 80, 100, 140), "told_min": FINE, "reach_min": FINE, "stop_min": FINE,
    "gain_now": MEANS, "arr_dest_fast": MEANS, "recent_dest": MEANS, "overdue_dest_n": COUNTS, "overdue_n": COUNTS,
    "dest_hazard": OWN["dest_hazard"],
}  # fmt: skip
TERMS: Final = {
    "carrier": "carrier carrier+nth",
    "lane": "nth block_min gone_min left_min beyond_min width_min told_min reach_min stop_min dest origin "
    "dest+nth origin+dest nth+left_min nth+beyond_min left_min+told_min left_min+reach_min left_min+stop_min "
    "nth+gone_min width_min+nth",
    "weather": "dest_hazard dest_hazard+dest",
    "congestion": "dep_late_min gain_now arr_dest_fast recent_dest overdue_dest_n overdue_n nth+gain_now "
    "nth+arr_dest_fast",
    "calendar": "clock_min nth+clock_min",
}
EDGES, EDGE_COUNTS = cuts.table([GRIDS[name] for name in SIGNALS])
ALONG: Final = Question(
    "arrival, along the way", None, *terms_of(COLUMNS, TERMS), heads_of(5.0, (0.1, 0.1, 0.05)), EDGES, EDGE_COUNTS,
    np.array([COLUMNS[name] for name in ("left_min", *IDS)]),
)  # fmt: skip
DEGREE: Final = 0.017453292519943295
FAR_ENOUGH: Final = 0.05
"""Of the way, before it says how fast a leg is."""


@lean
def pause(left):
    """So long nothing is asked anew, in minutes."""
    return max(LEAST_MIN, left / PART)


@lean
def cosine(x):
    """Within 0.002 between -pi/2 and pi/2, of + - * / alone (after Bhaskara, 7th century)."""
    return (9.869604401089358 - 4.0 * x * x) / (9.869604401089358 + x * x)


@lean
def apart(lat, lon, to_lat, to_lon):
    """How far two places are apart, in degrees of a meridian; good enough for shares of a way."""
    east = ((to_lon - lon + 540.0) % 360.0 - 180.0) * cosine((lat + to_lat) * 0.5 * DEGREE)
    return np.sqrt(east * east + (to_lat - lat) * (to_lat - lat))


@lean
def reach(done, ahead, gone_min):
    """How many minutes are left if it goes on as fast as so far; NaN before a twentieth of the way."""
    if np.isnan(done) or not done > FAR_ENOUGH * (done + ahead):
        return np.nan
    return gone_min * ahead / done


@lean
def ask(s, leg, nth, dep_late_min, first, width, base, told_min, reach_min, stop_min, hazard, now, signals):
    """Write what is known at `now` of a leg that left so late, of which `first` and `width` were told then."""
    signals[0], signals[1], signals[2] = nth, leg.arr_planned - leg.dep_planned, leg.clock_min
    signals[3] = dep_late_min
    signals[4] = now - leg.dep_planned - dep_late_min
    signals[5] = leg.arr_planned + base - now
    signals[6], signals[7], signals[8], signals[9], signals[10] = base - first, width, told_min, reach_min, stop_min
    signals[11] = mean(s, DEST, GAIN_NOW, leg.dest, 0)
    signals[12] = mean(s, DEST, ARRIVAL_FAST, leg.dest, 0)
    signals[13] = recent(s, DEST, RECENT, leg.dest, 0, now, 120.0)
    signals[14] = s.overdue[slot(s.overdue.size, DEST, OVERDUE, leg.dest, 0)]
    signals[15] = s.overdue[slot(s.overdue.size, ALL, OVERDUE, 0, 0)]
    signals[16] = hazard


@lean
def hold(told, floor):
    """No answer lies before `floor`."""
    for k in range(told.size):
        told[k] = max(told[k], floor)


@lean
def hold_band(band, floor):
    """Nor does its band; it stays in order."""
    band[0] = max(band[0], min(floor, band[1]))
    band[2] = max(band[2], band[1])
