"""Any sequence of events: capacity holds, frozen lines stay, the certificate holds, and a restart agrees."""

import numpy as np
import pytest

from operators.allocation.allocation import Allocation
from operators.allocation.lines import ABSENT, Lines
from operators.allocation.plan import Plan

ROWS, RESOURCES, OPTIONS = 400, 12, 4


class Story:
    """A seeded sequence of arrivals, changes, departures, freezes and capacities, and what should be there by now."""

    def __init__(self, seed: int) -> None:
        self.draw = np.random.default_rng(seed)
        self.allocation = Allocation(np.full(RESOURCES, 20), OPTIONS)
        self.room = np.full(RESOURCES, 20)
        self.lines: dict[int, Lines] = {}

    def event(self, plan: Plan | None) -> None:
        """One more."""
        row, what = int(self.draw.integers(ROWS)), self.draw.random()
        if what < 0.1:
            self.room[row % RESOURCES] = self.draw.integers(0, 40)
            self.allocation.resize(row % RESOURCES, self.room[row % RESOURCES])
        elif what < 0.3 and row in self.lines:
            del self.lines[row]
            self.allocation.drop([row])
        else:
            self.lines[row] = self.line(row, plan, freeze=what > 0.95)
            self.allocation.put([row], self.lines[row])

    def line(self, row: int, plan: Plan | None, *, freeze: bool) -> Lines:
        """What comes to a row, or what is there already, booked where the plan says."""
        if row in self.lines and plan is not None and row in plan.rows:
            taken = plan.taken[np.searchsorted(plan.rows, row)]
            old = self.lines[row]
            return Lines.of(old.option, old.cost, old.unserved, key=[row], current=[taken], switching=[30],
                            frozen=[freeze])  # fmt: skip
        option = self.draw.choice(RESOURCES, OPTIONS, replace=False)[None]
        return Lines.of(option, self.draw.integers(0, 900, (1, OPTIONS)), self.draw.integers(0, 2000, 1), key=[row])

    def holds(self, plan: Plan) -> None:
        """Capacity, frozen lines, certificate."""
        assert plan.gap_cents == 0
        assert (plan.load <= self.room + plan.over).all()
        assert plan.rows.tolist() == sorted(self.lines)
        for row, taken in zip(plan.rows.tolist(), plan.taken.tolist(), strict=True):
            line = self.lines[row]
            assert not line.frozen[0] or taken == line.current[0]
            assert taken == ABSENT or line.option[0, taken] != ABSENT

    def restarted(self) -> Plan:
        """The plan of an allocation that begins with what is there."""
        fresh = Allocation(self.room, OPTIONS)
        for row, line in self.lines.items():
            fresh.put([row], line)
        return fresh.plan()


def told(seed: int, events: int, every: int) -> None:
    story, plan = Story(seed), None
    for number in range(1, events + 1):
        story.event(plan)
        if number % every == 0:
            plan = story.allocation.plan()
            story.holds(plan)
    plan, again = story.allocation.plan(), story.restarted()
    assert plan.taken.tolist() == again.taken.tolist()
    assert plan.last_cents.tolist() == again.last_cents.tolist()
    assert plan.next_cents.tolist() == again.next_cents.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_any_events_leave_an_optimal_plan_that_a_restart_agrees_with(seed: int) -> None:
    told(seed, 1500, 10)


@pytest.mark.full
def test_a_hundred_thousand_events_leave_an_optimal_plan() -> None:
    told(9, 100_000, 100)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_million_events_leave_an_optimal_plan() -> None:
    told(10, 1_000_000, 200)
