"""Rows that are made up: codes, what an estimate starts from, labels, in an order of asking and learning."""

from typing import NamedTuple

import numpy as np

from operators.predict import following, forecast
from operators.predict.questions import COLUMNS, DEP_LATE, DEPARTED, Question


class Rows(NamedTuple):
    kinds: np.ndarray
    rows: np.ndarray
    codes: np.ndarray
    base: np.ndarray
    carrier: np.ndarray
    clock_min: np.ndarray
    labels: np.ndarray


def made(count: int, seed: int = 5) -> Rows:
    """Labels come twenty rows after the question; a few values are unknown, some labels never come."""
    draw = np.random.default_rng(seed)
    codes = draw.integers(1, 5, (count, len(COLUMNS))).astype("u2")
    codes[draw.random(codes.shape) < 0.002] = 0
    base, carrier = draw.integers(-10, 60, count).astype("f8"), draw.integers(1, 6, count)
    codes[:, DEP_LATE] = 1 + (base + 10) // 5
    labels = base + 4.0 * codes[:, 0] - codes[:, 3] + draw.normal(0, 5, count)
    labels[draw.random(count) < 0.02] = np.nan
    base[draw.random(count) < 0.005] = np.nan
    rows = np.concatenate([np.arange(count), np.arange(count)])
    kinds = np.repeat([following.ASKED, following.ARRIVED], count)
    order = np.lexsort((kinds, rows + 20 * (kinds == following.ARRIVED)))
    return Rows(kinds[order], rows[order], codes, base, carrier, draw.integers(0, 1440, count) * 1.0, labels)


def played(rows: Rows, f: forecast.Forecast, question: Question = DEPARTED) -> np.ndarray:
    """What is issued for each."""
    issued = np.full((len(rows.base), len(forecast.ISSUED)), np.nan)
    following.answer(rows.kinds, rows.rows, f, forecast.room(question), rows.codes, rows.base, rows.carrier,
                     rows.clock_min, rows.labels, issued)  # fmt: skip
    return issued


def part(rows: Rows, events: slice) -> Rows:
    """Some of what happens."""
    return rows._replace(kinds=rows.kinds[events], rows=rows.rows[events])
