"""Line: the challenger, a line through the same columns: scaled numbers and one weight an id, absolute loss, AdaGrad.

It is River's `StandardScaler + OneHotEncoder | LinearRegression(AdaGrad, Absolute)`, step for step, as kernels: a test
holds both to the same answers. It learns from the codes that were kept, so a number is what its bin stands for.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.predict.hashing import joined
from operators.predict.questions import Question
from tower.compiled import lean

NAMES: Final = 1 << 12
"""Places that ids share."""
RATE: Final = {True: 1.0, False: 0.3}
"""AdaGrad's, at departure and before: those of River's model in `bench predict`."""
MIDDLE_RATE: Final = 0.01
LEAST: Final = 1e-8
Columns = np.ndarray


class Line(NamedTuple):
    """`worth` (columns, codes) what a code stands for, `rate` (1,); learned: `seen` (columns, 3) count, mean and
    variance of each number, `slopes` (columns + NAMES, 2) weight and sum of squares, `middle` (1,).
    """

    worth: Any
    rate: Any
    seen: Any
    slopes: Any
    middle: Any


LEARNED: Final = ("seen", "slopes", "middle")


def empty(question: Question) -> Line:
    """Nothing is learned yet."""
    worth = stands_for(question.edges, question.edge_counts)
    columns = len(worth)
    return Line(worth, np.array([RATE[question.has_left]]), np.zeros((columns, 3)), np.zeros((columns + NAMES, 2)),
                np.zeros(1))  # fmt: skip


def stands_for(edges: Columns, counts: Columns) -> Columns:
    """What each code of each column stands for: the middle of its bin, or its one edge; NaN for unknown."""
    worth = np.full((len(edges), edges.shape[1] + 2), np.nan)
    for row, grid, count in zip(worth, edges, counts.tolist(), strict=True):
        row[1], row[count + 1] = grid[0], grid[count - 1]
        row[2 : count + 1] = (grid[: count - 1] + grid[1:count]) / 2
    return worth


@lean
def scaled(line, column, code):
    """A number by its mean and spread so far; 0 where it is unknown or has none."""
    value, variance = line.worth[column, code], line.seen[column, 2]
    return (value - line.seen[column, 1]) / np.sqrt(variance) if code != 0 and variance > 0 else 0.0


@lean
def place(line, column, code):
    """Where the weight of an id is."""
    h = joined(np.uint64(column), np.uint64(code))
    return line.worth.shape[0] + np.int64(h & np.uint64(NAMES - 1))


@lean
def guess(line, codes):
    """What a row adds to its base."""
    told = line.middle[0]
    for column in range(line.worth.shape[0]):
        told += line.slopes[column, 0] * scaled(line, column, codes[column])
    for column in range(line.worth.shape[0], codes.size):
        if codes[column] != 0:
            told += line.slopes[place(line, column, codes[column]), 0]
    return told


@lean
def note(line, codes):
    """The numbers of a row join mean and variance (Welford)."""
    for column in range(line.worth.shape[0]):
        if codes[column] != 0:
            seen, value = line.seen[column], line.worth[column, codes[column]]
            seen[0] += 1.0
            before = value - seen[1]
            seen[1] += before / seen[0]
            seen[2] += (before * (value - seen[1]) - seen[2]) / seen[0]


@lean
def step(line, i, slope):
    """One weight steps against its slope."""
    if slope != 0.0:
        line.slopes[i, 1] += slope * slope
        line.slopes[i, 0] -= line.rate[0] * slope / np.sqrt(line.slopes[i, 1] + LEAST)


@lean
def learn(line, codes, beyond):
    """One label, once: how much beyond its base it came."""
    if np.isnan(beyond):
        return
    note(line, codes)
    steep = 1.0 if guess(line, codes) > beyond else -1.0
    for column in range(line.worth.shape[0]):
        step(line, column, steep * scaled(line, column, codes[column]))
    for column in range(line.worth.shape[0], codes.size):
        if codes[column] != 0:
            step(line, place(line, column, codes[column]), steep)
    line.middle[0] -= MIDDLE_RATE * steep
