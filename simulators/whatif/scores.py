"""Scores: what a run was worth, from what its world told.

Counted are the lines placed on Thursday and Friday, those that the storm hits; the others only take room. A line is on
time if it arrives by its promise. Money is that of the network's price list.
"""

from typing import Final, NamedTuple

import numpy as np

from simulators.scenarios.overlay.orders import FEE, RATE
from simulators.scenarios.sources.carriers import NOTHING
from simulators.scenarios.week import DAYS, START, Week
from simulators.whatif.moves import Moves, moves
from simulators.world.tell import LINE_DELIVERED, LINE_PICKED, LINE_SHIPPED
from tower.clock import DAY, HOUR

AT, KIND, A, B, C = range(5)
COUNTED: Final = (START + DAY, START + 3 * DAY)
END: Final = START + DAYS * DAY
LATE_MOST_H: Final = 72
CLASSES: Final = ("express", "standard", "economy")
FIX: Final = 1000
"""Cents for a line that never arrives, beside its late fee and a fifth of its value."""
RUSH, SWITCH, RESTAGE = 350, 50, 200

Score = dict[str, float]
"""Figures by name."""
VALIDITY: Final = {"legs_cancelled": "replayed", "legs_late": "replayed"}
"""What a figure rests on: recorded facts that no plan can change, or (all others) the overlay and the world's laws."""


class Fate(NamedTuple):
    """What became of each line: when it arrived (NOTHING if never), on which leg it went, when it was picked."""

    arrived: np.ndarray
    leg: np.ndarray
    picked: np.ndarray


def score(week: Week, told: np.ndarray) -> Score:
    """The figures of a run."""
    lines = week.lines
    counted = (lines.placed >= COUNTED[0]) & (lines.placed < COUNTED[1])
    ended, moved = fate(len(lines.sku), told), moves(week, told)
    money = costs(week, ended, moved)
    on_time = (ended.arrived != NOTHING) & (ended.arrived <= lines.promise)
    late_h = np.where(ended.arrived != NOTHING, np.maximum(ended.arrived - lines.promise, 0), 0) / HOUR
    found: Score = {
        "lines": int(counted.sum()),
        "on_time_ratio": share(on_time, counted),
        **{f"on_time_{name}": share(on_time, counted & (lines.priority == i)) for i, name in enumerate(CLASSES)},
        "late_h": float(late_h[counted].sum()),
        "undelivered": int((counted & (ended.arrived == NOTHING)).sum()),
        **{f"{name}_cents": int(cents[counted].sum()) for name, cents in money.items()},
        "cost_cents": int(sum(cents[counted].sum() for cents in money.values())),
        "moves_forced": int(moved.forced.sum()),
        "moves_voluntary": int(moved.voluntary.sum()),
        "moves_a_line_day": float(moved.voluntary.sum() / open_days(week, ended)),
    }
    return found | carried(week)


def carried(week: Week) -> Score:
    """What carriers did, whatever the plan."""
    legs = week.legs
    late = (legs.departed != NOTHING) & (legs.departed - legs.planned >= HOUR)
    return {"legs_cancelled": int((legs.noticed != NOTHING).sum()), "legs_late": int(late.sum())}


def fate(size: int, told: np.ndarray) -> Fate:
    """What became of so many lines."""
    found = [np.full(size, NOTHING) for _ in range(3)]
    for column, kind, value in ((0, LINE_DELIVERED, AT), (1, LINE_SHIPPED, B), (2, LINE_PICKED, AT)):
        rows = told[told[:, KIND] == kind]
        found[column][rows[:, A]] = rows[:, value]
    return Fate(*found)


def costs(week: Week, ended: Fate, moved: Moves) -> dict[str, np.ndarray]:
    """Cents of each line, by what they are for."""
    lines, here = week.lines, ended.arrived != NOTHING
    fee, rate = np.array(FEE)[lines.priority], np.array(RATE)[lines.priority]
    hours = np.minimum(np.maximum(ended.arrived - lines.promise, 0) / HOUR, LATE_MOST_H)
    lost = fee + rate * LATE_MOST_H + lines.value_cents // 5 + FIX
    return {
        "freight": np.where(here, week.freight[np.maximum(ended.leg, 0)], 0),
        "late": np.where(here & (hours > 0), fee + (rate * hours).astype("i8"), 0),
        "handling": SWITCH * moved.before_pick + RESTAGE * moved.staged + RUSH * moved.rushed,
        "undelivered": np.where(here, 0, lost),
    }


def open_days(week: Week, ended: Fate) -> float:
    """Days that lines were open to be moved: placed and not yet picked."""
    until = np.where(ended.picked != NOTHING, ended.picked, END)
    return float((until - week.lines.placed).sum() / DAY)


def share(which: np.ndarray, of: np.ndarray) -> float:
    """How many of these are such, 0 to 1."""
    return float((which & of).sum() / max(of.sum(), 1))
