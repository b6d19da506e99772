"""Flown: legs of two carriers as they are told, and the chain that predicts them without what else costs time."""

import numpy as np

from operators.chain import State
from operators.planning.plans import Plans
from operators.step import Step
from streams.control import make
from tests.suites.story import Event, Story, leg, planned

Told = list[tuple[float, list[Event]]]


def flown(count: int, first: int = 0, dep: float = 200.0) -> Told:
    """Legs of two carriers, one late and one not, two a minute from `dep` on, as they happen: (minute, events)."""
    draw = np.random.default_rng(3 + first)
    told: list[tuple[float, Event]] = []
    for n in range(first, first + count):
        name, plan = f"L{n}", dep + (n - first) // 2
        carrier = ("EARLY", "LATE")[n % 2]
        late = float(draw.integers(-3, 4)) + 40 * (n % 2)
        told += [(dep - 200.0, {**planned(name, plan, plan + 100), "dest": f"D{n % 7}"}),
                 (dep - 199.0, leg("assigned", dep - 199.0, name, carrier=carrier, vehicle=f"V{n % 40}")),
                 (plan + late, leg("departed", plan + late, name)),
                 (plan + late + 95, leg("arrived", plan + late + 95, name))]  # fmt: skip
    told.sort(key=lambda one: one[0])
    cut: Told = []
    for minute, one in told:
        if not cut or cut[-1][0] != minute:
            cut.append((minute, []))
        cut[-1][1].append(one)
    return cut


def steps(saved: State) -> list[Step]:
    """The chain without what else costs time."""
    return [step for step in make(saved, ()) if not isinstance(step, Plans)]


def chain_of() -> Story:
    """A story of that chain."""
    return Story(steps)


def play(story: Story, told: Told, *, apart: bool = False) -> Story:
    """Tell all of it: a record a minute, or one an event."""
    for minute, events in told:
        if apart:
            for one in events:
                story.tell(minute, one)
        else:
            story.tell(minute, *events)
    return story
