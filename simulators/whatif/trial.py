"""Trial: branches of one fork, luck by luck, until enough is known; after each luck all that is known so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

import numpy as np

from operators.prices import Prices
from simulators.whatif import figures, lanes
from simulators.whatif.branch import Branch, Root, played
from simulators.whatif.scores import Score, fate
from simulators.whatif.shifts import Ended, ended, shifts
from simulators.whatif.stopping import RULE, Looks

BASE: Final = "base"


@dataclass(slots=True)
class Trial:
    """branches: by key, the base first where there is one; the first luck is the scenario's own."""

    root: Root
    branches: dict[str, Branch]
    looks: Looks
    scores: dict[str, list[Score]] = field(default_factory=dict)
    series: dict[str, list[np.ndarray]] = field(default_factory=dict)
    marks: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    first: dict[str, Ended] = field(default_factory=dict)
    pasts: set[str] = field(default_factory=set)
    """What the worlds told before the fork, hashed: one, if all have the same past."""
    before: np.ndarray = field(default_factory=lambda: np.zeros((0, 5), "i8"))
    """What they have told before it."""

    def go(self) -> Iterator[dict[str, Any]]:
        """Play, and tell after each luck; the last time with `stopped_because`."""
        why = ""
        while not why:
            luck = self.root.seed + self.runs
            for key, branch in self.branches.items():
                self.take(key, branch, luck)
            why = self.enough()
            yield self.known() | ({"stopped_because": why, "rule": RULE} if why else {})

    @property
    def runs(self) -> int:
        """Lucks that are played."""
        return min((len(self.scores.get(key, ())) for key in self.branches), default=0)

    @property
    def prices(self) -> Prices:
        """By which all are judged: the base's."""
        return next(iter(self.branches.values())).variant.policy.prices

    def take(self, key: str, branch: Branch, luck: int) -> None:
        """Play one branch."""
        run, day = played(self.root, branch, luck), branch.variant.day
        before = run.told[run.told[:, 0] < self.root.moment]
        self.pasts.add(blake2b(np.ascontiguousarray(before).tobytes(), digest_size=8).hexdigest())
        self.before = before
        became = fate(len(run.week.lines.sku), run.told)
        found = figures.figures(run.week, run.told, became, day, self.prices)
        self.scores.setdefault(key, []).append(found)
        grid = lanes.grid(self.root.moment, day)
        self.series.setdefault(key, []).append(lanes.on_time(run.week, became, day, grid))
        if luck == self.root.seed:
            self.first[key] = ended(run.week, run.told, became, self.prices)
            self.marks[key] = lanes.marks(run.week, run.told, became, day, grid, self.root.moment)

    def enough(self) -> str:
        """Why no more lucks are needed."""
        cost = {key: [score[figures.NET] for score in scores] for key, scores in self.scores.items()}
        base = cost.pop(BASE, None)
        if base is None:
            return "one run" if self.runs >= self.looks.most else ""
        return self.looks.stop([list(np.subtract(some, base)) for some in cost.values()], sum(base) / len(base))

    def known(self) -> dict[str, Any]:
        """All that is known so far."""
        words = frozenset(word for branch in self.branches.values() for word in changes_of(branch))
        day = next(iter(self.branches.values())).variant.day
        found = {
            "runs_done": self.runs, "runs_most": self.looks.most,
            "kpis": figures.rows(self.scores, self.looks, words),
            "lanes": lanes.lanes(self.series, self.marks, lanes.grid(self.root.moment, day), self.root.moment,
                                 self.looks),
            "proof": {"seeds": [self.root.seed + n for n in range(self.runs)], "past_hash": min(self.pasts),
                      "told_before": len(self.before), "equal_until_fork": len(self.pasts) == 1},
        }  # fmt: skip
        if BASE in self.first:
            found["diff"] = {key: shifts(self.first[BASE], one, day) for key, one in self.first.items() if key != BASE}
        return found


def changes_of(branch: Branch) -> set[str]:
    """The words of a branch's changes."""
    return {word.partition("=")[0] for word in branch.variant.said.split(",")[1:]}
