"""Moves: how often each line was given another leg, and whether it had to be."""

from typing import NamedTuple

import numpy as np

from simulators.scenarios.sources.carriers import NOTHING
from simulators.scenarios.week import Week
from simulators.world.rows import NEVER
from simulators.world.tell import LINE_BOOKED, LINE_FAILED, LINE_HELD, LINE_PICKED
from tower.clock import HOUR

AT, KIND, A, B = range(4)
SOON = 8 * HOUR
NEAR_PICK = 2 * HOUR


class Moves(NamedTuple):
    """By line, how often it was moved.

    forced       onto a leg after it lost one
    voluntary    from a leg that still stood to another, or off it to wait
    before_pick, staged   moved before or after it was picked, forced or not
    rushed       booked on a leg that leaves within eight hours
    near_pick    voluntary and less than two hours before the line was picked, and the leg was not lost in between
    """

    forced: np.ndarray
    voluntary: np.ndarray
    before_pick: np.ndarray
    staged: np.ndarray
    rushed: np.ndarray
    near_pick: np.ndarray


def moves(week: Week, told: np.ndarray) -> Moves:
    """Every move that a world told of."""
    said = told[np.isin(told[:, KIND], (LINE_BOOKED, LINE_HELD, LINE_FAILED, LINE_PICKED))]
    said = swaps(said[np.argsort(said[:, A], kind="stable")])
    size = len(week.lines.sku)
    kind, line = said[:, KIND], said[:, A]
    picked = ~np.isin(kind, (LINE_BOOKED, LINE_HELD, LINE_FAILED))
    where = np.where(kind == LINE_BOOKED, said[:, B], NOTHING)
    before = last_booking(line, kind, where)
    lost = (kind == LINE_BOOKED) & (before.kind == LINE_FAILED)
    swapped = (kind == LINE_BOOKED) & (before.kind == LINE_BOOKED) & (before.leg != where)
    bumped = (kind == LINE_HELD) & (before.kind == LINE_BOOKED)
    staged = since_start(line, picked)
    rushed = (kind == LINE_BOOKED) & ~staged & (leaves(week, said) < said[:, AT] + SOON)
    anew, wanted = lost | swapped, swapped | bumped
    soon = next_pick(line, picked, kind == LINE_FAILED, said[:, AT]) - said[:, AT] < NEAR_PICK
    return Moves(*(np.bincount(line[which], minlength=size)
                   for which in (lost, wanted, anew & ~staged, anew & staged, rushed, wanted & soon)))  # fmt: skip


def next_pick(line: np.ndarray, picked: np.ndarray, lost: np.ndarray, at: np.ndarray) -> np.ndarray:
    """For each row, when the same line was picked after it; far away where it never was, or lost its leg before."""
    found = np.full(line.size, NEVER)
    places = np.where(picked | lost, np.arange(line.size), line.size)
    after = np.minimum.accumulate(places[::-1])[::-1] if line.size else places
    known = after < line.size
    known[known] = (line[after[known]] == line[known]) & picked[after[known]]
    found[known] = at[after[known]]
    return found


def swaps(said: np.ndarray) -> np.ndarray:
    """Without lines that were taken off a leg only to be put on another in the same moment."""
    passing = np.zeros(len(said), bool)
    passing[:-1] = ((said[:-1, KIND] == LINE_HELD) & (said[1:, KIND] == LINE_BOOKED)
                    & (said[:-1, A] == said[1:, A]) & (said[:-1, AT] == said[1:, AT]))  # fmt: skip
    return said[~passing]


class Before(NamedTuple):
    """What was said of the same line last, before each row, picking aside: its kind and leg, NOTHING for nothing."""

    kind: np.ndarray
    leg: np.ndarray


def last_booking(line: np.ndarray, kind: np.ndarray, leg: np.ndarray) -> Before:
    """For each row, the row of the same line before it that says where the line is booked."""
    places = np.where(kind == LINE_PICKED, -1, np.arange(line.size))
    latest = np.maximum.accumulate(places) if line.size else places
    before = np.concatenate([[-1], latest[:-1]]).astype("i8")
    known = (before >= 0) & (line[np.maximum(before, 0)] == line)
    return Before(np.where(known, kind[before], NOTHING), np.where(known, leg[before], NOTHING))


def since_start(line: np.ndarray, flag: np.ndarray) -> np.ndarray:
    """Whether a flag was set at an earlier row of the same line."""
    count = np.cumsum(flag) - flag
    first = np.concatenate([[True], line[1:] != line[:-1]]) if line.size else np.zeros(0, bool)
    at_first = np.maximum.accumulate(np.where(first, np.arange(line.size), 0)) if line.size else np.zeros(0, "i8")
    found: np.ndarray = count > count[at_first]
    return found


def leaves(week: Week, said: np.ndarray) -> np.ndarray:
    """When the leg of each row leaves, as it was known at that moment."""
    legs, leg = week.legs, np.maximum(said[:, B], 0) % max(len(week.legs.names), 1)
    told = (legs.revised[leg] != NOTHING) & (legs.revised[leg] <= said[:, AT])
    leaving: np.ndarray = np.where(told, legs.departed[leg], legs.planned[leg])
    return leaving
