"""Choices: what can be done about the lines that an incident puts at risk, and what each choice is worth.

    joint    these lines are decided anew together with the booked lines of their destinations; a line that is not of
             the incident moves only to make room, never because that suits itself
    spare    these lines alone, one after the other, into room that nobody holds: what a planner does by phone
    nothing  all stay as they are booked; what is on no leg stays there

Joint may do all that spare does, and is the optimum: so it is worth no less.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.planning.groups import Group
from operators.planning.plotting import Plotter, Spot
from operators.planning.rows import NOWHERE
from operators.planning.scene import Scene
from operators.planning.settings import Settings
from operators.planning.weighing import FAR
from tower.table import Direct, kernel

JOINT, SPARE, NOTHING = range(3)
_NONE: Final = np.zeros(0, "i8")


class Moves(NamedTuple):
    """lines: (n,) places in the scene. to: (n,) places among its ways, or NOWHERE. gain: (n,) cents that each saves."""

    lines: Any
    to: Any
    gain: Any


class Choice(NamedTuple):
    """Moves of each kind; lines: of the incident, in the destinations looked at; scarce: a way's place, and cents."""

    moves: tuple[Moves, Moves, Moves]
    lines: Any
    scarce: tuple[int, int]


@kernel
def by_phone(order, at, cost, stay, free, taken):
    """Fill taken for the lines of `order`: each takes what costs it least in `free` (m,), if that is less than staying.

    taken: (n,) a leg, or NOWHERE; begins with what is booked.
    """
    for i in order:
        best, which = stay[i], at[i]
        for j in range(free.size):
            if free[j] > 0 and j != at[i] and cost[i, j] < best:
                best, which = cost[i, j], j
        if which != at[i]:
            taken[i] = which
            free[which] -= 1


@kernel
def making_room(some, mine, at, cost, stay, room, held, weighed, left):
    """Fill weighed (s, m) and change left (s,) and room (m,) for the lines `some`: those of `mine`, and those that may
    make room. held: (m,) nought.
    """
    for n in range(some.size):
        if at[some[n]] != NOWHERE:
            held[at[some[n]]] += 1
    for n in range(some.size):
        i = some[n]
        least = np.int64(0) if mine[i] else stay[i] + 1
        left[n] = max(left[n], least)
        for j in range(room.size):
            weighed[n, j] = cost[i, j] if j == at[i] else FAR if held[j] > room[j] else max(cost[i, j], least)
    for j in range(room.size):
        room[j] = max(room[j], held[j])


BY_PHONE, MAKING_ROOM = Direct(by_phone), Direct(making_room)


def choose(plotter: Plotter, scene: Scene, group: Group, settings: Settings, now: int) -> Choice:
    """The choices, for destinations with most at stake, as many as `moves_most` and the budget of work allow."""
    joint: list[Moves] = []
    spare: list[Moves] = []
    mine: list[Any] = []
    scarce, count, budget = (NOWHERE, 0), 0, settings.work
    is_mine = np.zeros(scene.at.size, "?")
    is_mine[group.lines] = True
    for goal in group.goals:
        spot = plotter.spot(scene, goal, settings, now)
        budget -= spot.cost.size
        if mine and (budget < 0 or count >= settings.moves_most):
            break
        of_incident = is_mine[spot.lines]
        together, dear = jointly(plotter, spot, of_incident, scene.room[spot.legs])
        joint.append(together)
        spare.append(alone(spot, of_incident, scene.free[spot.legs].copy()))
        mine.append(spot.lines[of_incident])
        scarce = max(scarce, dear, key=lambda found: found[1])
        count += joint[-1].lines.size
    nothing = Moves(_NONE, _NONE, _NONE)
    return Choice((put_together(joint), put_together(spare), nothing), np.concatenate(mine), scarce)


def jointly(plotter: Plotter, spot: Spot, mine: Any, room: Any) -> tuple[Moves, tuple[int, int]]:
    """The best moves of these lines and of those that make room for them; the leg that one more load is worth most on.

    A line that makes room is weighed as if no other leg were better for it than its own. Nobody goes onto a leg that is
    overbooked, and nobody has to leave it.
    """
    some = np.flatnonzero(mine | (spot.at != NOWHERE))
    cost, left = np.empty((some.size, room.size), "i8"), spot.left[some]
    MAKING_ROOM.call(some, mine, spot.at, spot.cost, spot.stay, room, np.zeros(room.size, "i8"), cost, left)
    found = plotter.solve(spot, room, (some, cost, left))
    best = int(found.following.argmax()) if found.following.size else NOWHERE
    dear = (int(spot.legs[best]), int(found.following[best])) if best != NOWHERE else (NOWHERE, 0)
    return moved(spot, some, found.taken), dear


def alone(spot: Spot, mine: Any, free: Any) -> Moves:
    """The moves of these lines into free room: the dearest class first, then who was promised first."""
    some = np.flatnonzero(mine)
    keys = (spot.wants[name][some] for name in ("key", "promised_by", "priority"))
    order = some[np.lexsort(tuple(keys))]
    taken = spot.at.copy()
    BY_PHONE.call(order, spot.at, spot.cost, spot.stay, free, taken)
    return moved(spot, some, taken[some])


def moved(spot: Spot, some: Any, taken: Any) -> Moves:
    """Which of these lines, places in a spot, go elsewhere than they are."""
    gone = taken != spot.at[some]
    lines, to = some[gone], taken[gone]
    cost = np.where(to == NOWHERE, spot.left[lines], spot.cost[lines, to])
    legs = np.append(spot.legs, NOWHERE)
    return Moves(spot.lines[lines], legs[to], spot.stay[lines] - cost)


def put_together(parts: list[Moves]) -> Moves:
    """Moves of several destinations."""
    return Moves(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


__all__ = ["FAR", "JOINT", "NOTHING", "SPARE", "Choice", "Moves", "choose"]
