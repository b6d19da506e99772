"""Face: the tiles behind River's interface, for any dict of numbers and words: a regressor and a classifier.

Numbers are cut by how far they lie from their mean so far; words are taken as they are; what is missing is a bin too.
"""

import math
from collections.abc import Hashable
from typing import Any

import numpy as np
from river import base

from operators.predict import places, tiles
from operators.predict.cuts import code_of_id
from tower import ids

STEPS, STEPS_MOST = 4.0, 16
"""Bins a standard deviation, and how many either way."""


class Tiled:
    """What both faces share: columns by name, and weights of one head."""

    def __init__(self, kind: float, level: float, rate: float, bits: int, columns: int) -> None:
        self.heads = np.array([[kind, level, 0.0, rate]])
        terms = np.full((columns + 1, 3), -1)
        terms[1:, 0] = np.arange(columns)
        self.terms, size = places.of(terms, np.array([0, columns + 1]), [places.MANY] * columns, bits)
        self.codes, self.weights = np.zeros(columns, "u2"), tiles.blank(size, 1)
        self.names: dict[Hashable, int] = {}
        self.seen: dict[Hashable, tuple[int, float, float]] = {}
        self.start, self.room = np.zeros(1), tiles.room(columns + 1, 1, 1)

    def output(self, x: dict[Hashable, Any]) -> float:
        """The sum of the row's weights."""
        self.encode(x)
        tiles.guess(self.codes, self.start, self.terms, self.weights, self.room)
        return float(self.room.out[0])

    def learn(self, x: dict[Hashable, Any], label: float) -> None:
        """One label; what is no number is not learned."""
        if math.isnan(label):
            return
        for name in sorted(x, key=str):
            self.note(name, x[name])
        self.encode(x)
        tiles.learn(self.codes, self.start, label, self.terms, self.heads, self.weights, self.room)

    def note(self, name: Hashable, value: Any) -> None:
        """A column's mean and spread so far (Welford); columns beyond the most are not looked at."""
        if name not in self.names and len(self.names) < self.codes.size:
            self.names[name] = len(self.names)
        if isinstance(value, str) or not math.isfinite(value):
            return
        count, mean, spread = self.seen.get(name, (0, 0.0, 0.0))
        before = value - mean
        mean += before / (count + 1)
        self.seen[name] = count + 1, mean, spread + before * (value - mean)

    def encode(self, x: dict[Hashable, Any]) -> None:
        """The row's codes; 0 is missing, or not a number."""
        self.codes[:] = 0
        for name, value in x.items():
            if name in self.names:
                self.codes[self.names[name]] = self.code(name, value)

    def code(self, name: Hashable, value: Any) -> int:
        """A word by its hash, a number by how many quarters of a deviation it lies from the mean."""
        if isinstance(value, str):
            return int(code_of_id(np.uint64(ids.of("word", value)).astype("i8")))
        if not math.isfinite(value) or name not in self.seen:
            return 0
        count, mean, spread = self.seen[name]
        deviation = math.sqrt(spread / count)
        steps = math.floor(STEPS * (value - mean) / deviation) if deviation > 0 else 0
        return STEPS_MOST + 1 + min(max(steps, -STEPS_MOST), STEPS_MOST)


class TilesRegressor(base.Regressor):
    """A quantile of the target (the median unless told), by absolute or pinball loss.

    level    of the quantile
    rate     of AdaGrad, in units of the target
    bits     2**bits weights
    columns  features at most; more are not looked at
    """

    def __init__(self, level: float = 0.5, rate: float = 0.5, bits: int = 14, columns: int = 64) -> None:
        self.level, self.rate, self.bits, self.columns = level, rate, bits, columns
        self._tiled = Tiled(tiles.QUANTILE, level, rate, bits, columns)

    def predict_one(self, x: dict[Hashable, Any]) -> float:
        """The quantile as far as it is known."""
        return self._tiled.output(x)

    def learn_one(self, x: dict[Hashable, Any], y: float) -> None:
        """One label."""
        self._tiled.learn(x, float(y))


class TilesClassifier(base.Classifier):
    """The chance of True, by logistic loss. Arguments as TilesRegressor's."""

    def __init__(self, rate: float = 0.1, bits: int = 14, columns: int = 64) -> None:
        self.rate, self.bits, self.columns = rate, bits, columns
        self._tiled = Tiled(tiles.CHANCE, 0.5, rate, bits, columns)

    def predict_proba_one(self, x: dict[Hashable, Any], **_: Any) -> dict[Any, float]:
        """The chances of both."""
        true = float(tiles.chance(self._tiled.output(x)))
        return {False: 1.0 - true, True: true}

    def learn_one(self, x: dict[Hashable, Any], y: Any) -> None:
        """One label."""
        self._tiled.learn(x, float(bool(y)))
