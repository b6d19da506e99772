"""Own: what the tower itself predicts of legs, kept in rows of `ways` beside what others say: a chance that each does
not fly, and by how much it comes late.

A chance counts from when it is said until another is, or until it is known what became of the leg. What is less than
policy asks for is as if nobody had said it.
"""

from typing import Any

import numpy as np

from operators.chances import AHEAD
from operators.planning.taking import soil
from operators.telling import BEFORE
from tower import clock
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel


@kernel
def said_of(predictions, leg, moment):
    """The row of what is predicted of a leg; -1 where nothing is, or where what became of it is known."""
    i = find(predictions, pair(leg, np.uint64(moment)))
    return i if i >= 0 and predictions.rows[i].labelled_at < 0 else np.int64(-1)


@kernel
def chance_of(predictions, leg, least):
    """How likely it is that a leg does not fly; 0.0 where that is less than `least`."""
    i = said_of(predictions, leg, AHEAD)
    chance = predictions.rows[i].p_cancelled if i >= 0 else 0.0
    return chance if chance >= least else 0.0


@kernel
def late_of(predictions, way, least_min):
    """By how many ms a leg comes later than planned; 0 where that is less than so many minutes, or where its carrier
    says when it comes.
    """
    i = said_of(predictions, way.key, BEFORE)
    if i < 0 or predictions.rows[i].arr_planned != way.arr:
        return np.int64(0)
    late_min = predictions.rows[i].p50
    return np.int64(late_min) * clock.MINUTE if late_min >= least_min else np.int64(0)


@kernel
def listen(predictions, ways, least, least_min):
    """Write what is predicted of each of these legs into `chance` and `late`; nothing of those that nobody can take."""
    for j in range(ways.size):
        way = ways[j]
        way.chance = chance_of(predictions, way.key, least) if way.is_open else 0.0
        way.late = late_of(predictions, way, least_min) if way.is_open else np.int64(0)


@kernel
def hear(predictions, ways, goals, legs, least, least_min, now):
    """Listen to what is predicted of these legs (keys); whether it is another than before of any: then its destination
    is to be planned anew.
    """
    is_other = False
    for leg in legs:
        w = find(ways, leg)
        if w < 0:
            continue
        chance, late = ways.rows[w].chance, ways.rows[w].late
        listen(predictions, ways.rows[w : w + 1], least, least_min)
        if ways.rows[w].chance != chance or ways.rows[w].late != late:
            soil(goals, ways.rows[w].at_goal, False, now)
            is_other = True
    return is_other


LISTEN, HEAR = Direct(listen), Direct(hear)


def subjects(predictions: Table) -> Any:
    """The legs of which something was predicted in this pass, or was scored."""
    return np.ascontiguousarray(predictions.rows["subject"][predictions.touched()])
