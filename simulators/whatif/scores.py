"""Scores: what a run was worth, from what its world told.

Counted are the lines of one day (`days`), those that its trouble hits; the others only take room. A line is on time if
it arrives by its promise. Money is that of a price list.
"""

from typing import Final, NamedTuple

import numpy as np

from operators.prices import USUAL, Prices
from simulators.scenarios.recorded import DAYS
from simulators.scenarios.sources.carriers import NOTHING
from simulators.scenarios.week import Week
from simulators.whatif.days import STORM, Day
from simulators.whatif.moves import Moves, moves
from simulators.world.tell import LINE_DELIVERED, LINE_PICKED, LINE_SHIPPED
from tower.clock import DAY, HOUR

AT, KIND, A, B, C = range(5)
CLASSES: Final = ("express", "standard", "economy")
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


def end(week: Week) -> int:
    """When a run is over, ms: what has not arrived by then never does."""
    return week.of.start + DAYS * DAY


def score(week: Week, told: np.ndarray, day: Day = STORM, prices: Prices = USUAL) -> Score:
    """The figures of a run."""
    lines = week.lines
    first, last = day.counted
    counted = (lines.placed >= first) & (lines.placed < last)
    ended, moved = fate(len(lines.sku), told), moves(week, told)
    money = costs(week, ended, moved, prices)
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
        "moves_near_pick": int(moved.near_pick.sum()),
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


def costs(week: Week, ended: Fate, moved: Moves, prices: Prices) -> dict[str, np.ndarray]:
    """Cents of each line, by what they are for."""
    lines, here = week.lines, ended.arrived != NOTHING
    fee, rate = prices.fee_cents[lines.priority], prices.hour_cents[lines.priority]
    hours = np.minimum(np.maximum(ended.arrived - lines.promise, 0) / HOUR, prices.hours_most)
    share_lost = (lines.value_cents * prices.undelivered_share).astype("i8")
    lost = fee + rate * prices.hours_most + share_lost + prices.undelivered_cents
    return {
        "freight": np.where(here, week.freight[np.maximum(ended.leg, 0)], 0),
        "late": np.where(here & (hours > 0), fee + (rate * hours).astype("i8"), 0),
        "handling": SWITCH * moved.before_pick + RESTAGE * moved.staged + RUSH * moved.rushed,
        "undelivered": np.where(here, 0, lost),
    }


def open_days(week: Week, ended: Fate) -> float:
    """Days that lines were open to be moved: placed and not yet picked."""
    until = np.where(ended.picked != NOTHING, ended.picked, end(week))
    return float((until - week.lines.placed).sum() / DAY)


def share(which: np.ndarray, of: np.ndarray) -> float:
    """How many of these are such, 0 to 1."""
    return float((which & of).sum() / max(of.sum(), 1))
