"""Guessed: the chain with made-up chances of legs, said when its own step says some: that needs hundreds of legs."""

from collections.abc import Callable
from unittest.mock import patch

from operators import predictions
from operators.chain import State
from operators.chances import AHEAD
from operators.step import Step
from operators.telling import BEFORE
from operators.work import Work
from streams import control

Guess = Callable[[int, int], float]
"""The chance of a leg (key), so many hours ahead; 0 hours: by how many minutes it comes late, said two hours ahead."""


def any_chance(leg: int, lead_h: int) -> float:
    """From 0 to 1, another for each leg and lead."""
    return float((leg >> 7) * (lead_h + 1) % 101 / 100)


def chain_of(guess: Guess = any_chance) -> Callable[[State], list[Step]]:
    """The steps in order, with these chances."""

    class Predictions(predictions.Predictions):
        def run(self, work: Work) -> None:
            super().run(work)
            told = self.tables["predictions"]
            for row in (told.t.rows[i] for i in told.touched()):
                if row["moment"] == AHEAD and row["labelled_at"] < 0:
                    row["p_cancelled"] = guess(int(row["subject"]), int(row["lead_h"]))
                elif row["moment"] == BEFORE and row["labelled_at"] < 0:
                    row["p50"] = guess(int(row["subject"]), 0)

    kinds = tuple(Predictions if kind is predictions.Predictions else kind for kind in control.STEPS)

    def make(saved: State) -> list[Step]:
        with patch.object(control, "STEPS", kinds):
            return control.make(saved)

    return make
