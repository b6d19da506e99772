"""Timing: what each step takes for one record, measured on every so many-th one, and what each plan takes; around the
steps and not in them.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from operators.chain import Chain
from operators.planning.plans import Plans
from operators.step import Step
from operators.work import Work
from tower import clock
from tower.record import Record
from tower.spans import SPANS

EVERY: Final = 32
"""Records from one that is measured to the next: two looks at the watch a step and pass cost a few us."""
METRIC: Final = "tower_step_seconds"
PLAN: Final = "tower_plan_seconds"
Note = Callable[[str, str, float], None]


class Timed:
    """A step, and for how long it ran. All else is the step's own."""

    def __init__(self, step: Step) -> None:
        self.step, self.seconds, self.ran = step, 0.0, False

    def apply(self, work: Work) -> None:
        """Let a pass go through the step."""
        begun = clock.steady_s()
        self.step.apply(work)
        self.seconds += clock.steady_s() - begun
        self.ran = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.step, name)


class Timing:
    """Takes records through a chain, and measures some of them."""

    def __init__(self, chain: Chain, every: int = EVERY, note: Note = SPANS.note) -> None:
        self.chain, self._every, self._note = chain, every, note
        self._left = 1
        for step in chain.steps:
            if isinstance(step, Plans):
                setattr(step, "plan", self._watched(step.plan))  # noqa: B010 - a method that is one no more

    def _watched(self, plan: Callable[[Work], None]) -> Callable[[Work], None]:
        """The plan, of which each is measured: there is one in minutes."""

        def watched(work: Work) -> None:
            begun = clock.steady_s()
            plan(work)
            self._note(PLAN, "", clock.steady_s() - begun)

        return watched

    def __call__(self, record: Record) -> Record:
        """The outcome of the next record."""
        self._left -= 1
        if self._left:
            return self.chain.advance(record)
        self._left = self._every
        return self._measured(record)

    def _measured(self, record: Record) -> Record:
        plain = self.chain.steps
        timed = [Timed(step) for step in plain]
        self.chain.steps = cast("list[Step]", timed)
        try:
            return self.chain.advance(record)
        finally:
            self.chain.steps = plain
            self._tell(timed)

    def _tell(self, timed: Sequence[Timed]) -> None:
        for one in timed:
            if one.ran:
                self._note(METRIC, one.step.name, one.seconds)
