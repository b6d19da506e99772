"""Dwell: how long a visit will last, said when it comes and again while it lasts.

River's linear model, with absolute loss, corrects what the plan leaves: the planned end, or what such a visit takes at
least, whichever is later. A visit that is still there has shown that it is longer than so far: what is left is read
from how visits came out beside what was said of them, among those that lasted longer.
"""

from typing import Any

import numpy as np
from river import linear_model, optim, preprocessing

from operators.expect.stay import EDGES, FADES, LEAST_MIN, MOST_MIN, SITE_STEP, TAIL


class Dwell:
    """Visits of one network. Minutes; moments are minutes of any clock. A visit is told by site, kind and plan."""

    def __init__(self) -> None:
        linear: Any = linear_model.LinearRegression(optimizer=optim.AdaGrad(1.0), loss=optim.losses.Absolute(),
                                                    intercept_lr=0.05)  # fmt: skip
        self._model: Any = preprocessing.StandardScaler() | linear
        self._least: dict[str, float] = {}
        self._over: dict[str, float] = {}
        self._out = np.zeros(EDGES.size + 1)

    def features(
        self, site: str, kind: str, arrived: float, start: float, end: float
    ) -> tuple[float, dict[str, float]]:  # fmt: skip
        """What the plan leaves of a visit that has come, and what it is corrected by. NaN: there is no plan."""
        least = self._least.get(f"{site}/{kind}", self._least.get(kind, LEAST_MIN))
        slack = end - arrived if end == end else least  # noqa: PLR0124  # NaN is not itself
        late = arrived - start if start == start else 0.0  # noqa: PLR0124  # as above
        base = max(slack, least)
        x = {
            "site": self._over.get(site, 0.0), "kind": self._over.get(kind, 0.0),
            "both": self._over.get(f"{site}/{kind}", 0.0), "tight": max(least + 15.0 - slack, 0.0),
            "late": min(max(late, 0.0), MOST_MIN), "early": min(max(-late, 0.0), MOST_MIN),
            "long": min(base, 4 * MOST_MIN), "night": float(base > MOST_MIN),
        }  # fmt: skip
        return base, x

    def expect(self, base: float, x: dict[str, float]) -> float:
        """How long it will last in all, said when it comes."""
        said = float(self._model.predict_one(x))
        return max(base + min(max(said, -MOST_MIN), MOST_MIN), 1.0)

    def expect_still(self, said: float, elapsed: float) -> float:
        """The same of a visit that is still there after so long: the middle of those that lasted longer than that."""
        mass = np.cumsum(self._out * (said + np.append(EDGES, EDGES[-1] + 5.0) > elapsed))
        if mass[-1] < 1.0 or elapsed < said:
            return max(said, elapsed)
        i = int(np.searchsorted(mass, mass[-1] / 2.0))
        return float(max(said + np.append(EDGES, EDGES[-1] + 5.0)[i] - 2.5, elapsed))

    def learn(self, site: str, kind: str, base: float, x: dict[str, float], said: float, lasted: float) -> None:
        """How long it lasted, with what was known and said when it came."""
        self._model.learn_one(x, min(max(lasted - base, -MOST_MIN), MOST_MIN))
        self._out *= FADES
        self._out[int(np.searchsorted(EDGES, lasted - said))] += 1.0
        for key in (site, kind, f"{site}/{kind}"):
            over = min(max(lasted - base, -MOST_MIN), MOST_MIN)
            self._over[key] = self._over.get(key, 0.0) + SITE_STEP * (over - self._over.get(key, 0.0))
            least = self._least.get(key, LEAST_MIN)
            self._least[key] = least + (TAIL if lasted > least else TAIL - 1.0)
