"""Groups: the lines that an incident puts at risk, by destination, those with most at stake first."""

from typing import Any, NamedTuple

import numpy as np

from operators.orders import LAST_MILE
from operators.planning.scene import Scene
from operators.planning.settings import Money
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel


class Group(NamedTuple):
    """lines: places in the scene, by destination. goals: rows, most at stake first. signature: of all it is about."""

    lines: Any
    goals: Any
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


@kernel
def late_or_lost(wants, ways, at, plays, risky):
    """Fill risky (n,): whether a line may be decided anew and is on no leg, or on one that is late for it."""
    for i in range(at.size):
        promise = wants[i].promised_by
        lost = at[i] < 0
        risky[i] = plays[i] and (lost or (promise >= 0 and ways[at[i]].arr + LAST_MILE > promise))


@kernel
def at_stake(wants, rows, at, numbers, risky, is_line, is_leg, fee, lines, stake):
    """Fill `lines` with the risky ones that a mark is on, or is on the leg of; how many. stake (G,): add their fees."""
    count = 0
    for i in range(at.size):
        if risky[i] and (is_line[rows[i]] or (at[i] >= 0 and is_leg[numbers[at[i]]])):
            lines[count] = i
            stake[wants[i].at_goal] += fee[min(np.int64(wants[i].priority), 2)]
            count += 1
    return count


REACH, SIGNED = Direct(reach), Direct(signed)
LATE_OR_LOST, AT_STAKE = Direct(late_or_lost), Direct(at_stake)


def at_risk(scene: Scene) -> Any:
    """Which lines of the scene may be decided anew and are on no leg, or on one that is late for them, (n,)."""
    risky = np.zeros(scene.at.size, "?")
    LATE_OR_LOST.call(scene.wants, scene.ways, scene.at, scene.plays, risky)
    return risky


def group_of(scene: Scene, links: Table, first: int, tables: dict[str, Table], risky: Any, money: Money) -> Group:
    """The lines at risk of the incident whose first deviation that is."""
    wants, ways = tables["wants"], tables["ways"]
    is_line, is_leg = np.zeros(len(wants), "?"), np.zeros(len(ways), "?")
    REACH.call(links.t, np.uint64(first), wants.t, ways.t, is_line, is_leg)
    lines, stake = np.empty(scene.at.size, "i8"), np.zeros(len(tables["goals"]), "i8")
    count = AT_STAKE.call(scene.wants, scene.rows, scene.at, scene.numbers, risky, is_line, is_leg, money.fee, lines,
                          stake)  # fmt: skip
    lines = lines[:count]
    goals = np.unique(scene.wants["at_goal"][lines])
    goals = goals[np.lexsort((tables["goals"].rows["key"][goals], -stake[goals]))]
    stamps = np.ascontiguousarray(tables["goals"].rows["stamp"])
    return Group(lines, goals, int(SIGNED.call(scene.wants, lines, stamps)))
