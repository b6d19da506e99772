"""Groups: the lines that an incident puts at risk, by destination, those with most at stake first."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.orders import LAST_MILE
from operators.planning.rows import NOWHERE
from operators.planning.scene import Scene
from operators.planning.settings import Money
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel


class Group(NamedTuple):
    """lines: places in the scene, by destination. goals: rows, most at stake first. signature: of all it is about."""

    lines: Any
    goals: list[int]
    signature: int


@kernel
def reach(links, key, wants, ways, is_line, is_leg):
    """Mark the rows of lines and legs that the deviations of an incident are about; `key` is its first."""
    while key != UNKNOWN:
        link = links.rows[find(links, key)]
        i = find(wants, link.subject)
        if i >= 0:
            is_line[i] = True
        w = find(ways, link.subject)
        if w >= 0:
            is_leg[w] = True
        key = link.after


@kernel
def signed(wants, lines, stamps):
    """A hash of lines, of what they are booked on, and of how often their destinations were planned."""
    mark = np.uint64(0)
    for i in lines:
        want = wants[i]
        mark ^= pair(pair(want.key, want.leg), np.uint64(stamps[want.at_goal]))
    return mark


REACH, SIGNED = Direct(reach), Direct(signed)
NO_LINES: Final = np.zeros(0, "i8")


def at_risk(scene: Scene) -> Any:
    """Which lines of the scene may be decided anew and are on no leg, or on one that is late for them, (n,)."""
    lost = scene.at == NOWHERE
    if not scene.ways.size:
        return scene.plays & lost
    arr, promise = scene.ways["arr"][np.maximum(scene.at, 0)], scene.wants["promised_by"]
    return scene.plays & (lost | ((promise >= 0) & (arr + LAST_MILE > promise)))


def group_of(scene: Scene, links: Table, first: int, tables: dict[str, Table], risky: Any, money: Money) -> Group:
    """The lines at risk of the incident whose first deviation that is."""
    wants, ways = tables["wants"], tables["ways"]
    is_line, is_leg = np.zeros(len(wants), "?"), np.zeros(len(ways), "?")
    REACH.call(links.t, np.uint64(first), wants.t, ways.t, is_line, is_leg)
    mine = is_line[scene.rows]
    if scene.ways.size:
        mine |= (scene.at != NOWHERE) & is_leg[scene.numbers][np.maximum(scene.at, 0)]
    lines = np.flatnonzero(mine & risky)
    goal = scene.wants["at_goal"][lines]
    stake = np.bincount(goal, money.fee[np.minimum(scene.wants["priority"][lines], 2)], len(tables["goals"]))
    goals = np.unique(goal)
    goals = goals[np.lexsort((tables["goals"].rows["key"][goals], -stake[goals]))]
    stamps = np.ascontiguousarray(tables["goals"].rows["stamp"])
    return Group(lines, goals.tolist(), int(SIGNED.call(scene.wants, lines, stamps)))
