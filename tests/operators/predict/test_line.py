"""The challenger is River's linear model, step for step."""

from typing import Any

import numpy as np
import pytest

from operators.predict import kept, line
from operators.predict.questions import ALL, COLUMNS, EDGE_COUNTS, IDS
from operators.predict.situation import SIGNALS

ROWS = 300


def codes(seed: int = 5) -> np.ndarray:
    """Rows of codes, some unknown."""
    draw = np.random.default_rng(seed)
    found = np.zeros((ROWS, len(COLUMNS)), "u2")
    for column, count in enumerate(EDGE_COUNTS.tolist()):
        found[:, column] = draw.integers(0, count + 2, ROWS)
    found[:, len(SIGNALS) :] = draw.integers(0, 4, (ROWS, len(IDS)))
    return found


def labels(rows: np.ndarray) -> np.ndarray:
    return rows[:, 0] * 0.7 - rows[:, 5] * 0.2 + rows[:, len(SIGNALS)] * 4.0 + np.arange(ROWS) % 7


def rivers(question: Any) -> Any:
    from river import compose, linear_model, optim, preprocessing

    numbers = compose.SelectType(float) | preprocessing.StandardScaler()
    words = compose.SelectType(str) | preprocessing.OneHotEncoder(drop_zeros=True)
    return (numbers + words) | linear_model.LinearRegression(
        optimizer=optim.AdaGrad(line.RATE[question.has_left]), intercept_lr=line.MIDDLE_RATE,
        loss=optim.losses.Absolute())  # fmt: skip


def named(worth: np.ndarray, row: np.ndarray) -> dict[str, float | str]:
    """A row of codes as River takes it: what is unknown is not there."""
    numbers = {name: float(worth[i, row[i]]) for i, name in enumerate(SIGNALS) if row[i]}
    return {**numbers, **{name: str(row[len(SIGNALS) + i]) for i, name in enumerate(IDS) if row[len(SIGNALS) + i]}}


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.name)
def test_it_answers_as_rivers_linear_model_does(question: Any) -> None:
    rows = codes()
    ours, theirs, off = line.empty(question), rivers(question), []
    for row, label in zip(rows, labels(rows).tolist(), strict=True):
        x = named(ours.worth, row)
        off.append(line.guess(ours, row) - theirs.predict_one(x))
        line.learn(ours, row, label)
        theirs.learn_one(x, label)
    assert np.abs(off).max() < 1e-6


def test_it_goes_on_from_its_bytes_as_if_it_had_never_stopped_and_learns_nothing_from_no_number() -> None:
    rows, question = codes(), ALL[0]
    one = line.empty(question)
    for row, label in zip(rows[:100], labels(rows)[:100].tolist(), strict=True):
        line.learn(one, row, label)
    data = kept.of_line(one, question)
    line.learn(one, rows[0], float("nan"))
    two = kept.to_line(data, question)
    assert kept.of_line(one, question) == kept.of_line(two, question) == data
    assert [line.guess(one, row) for row in rows] == [line.guess(two, row) for row in rows]


def test_a_bin_stands_for_its_middle() -> None:
    worth = line.stands_for(np.array([[1.0, 3.0, np.inf]]), np.array([2]))
    assert worth[0, 1:4].tolist() == [1.0, 2.0, 3.0]
    assert np.isnan(worth[0, 0])
