"""Short: how much more a full leg would have to take, so that all lines that the plan leaves for want of it fit."""

import numpy as np

from operators.planning.rows import NOWHERE
from tower.ids import UNKNOWN
from tower.outcomes import WHYS
from tower.table import kernel

FULL, FULL_KG, FULL_M3, TOO_LARGE = (WHYS.index(why) for why in ("full", "full_kg", "full_m3", "too_large"))
THOUSAND = 1000


@kernel
def note_short(rows, scene, board, n, ways, bulk):
    """Write into `rows` of `wants` what the leg lacks for which a line stays without, in loads, whole kg or whole m3.

    bulk: (m, 2) grams and litres as `scene.bulk`, or (0, 2). Of other lines nothing changes. Writes over `board.nodes`,
    which nobody needs once a destination is solved.
    """
    lacks, some = board.nodes, False
    for j in range(ways.size):
        lacks[0, j], lacks[1, j], lacks[2, j] = -board.room[j], 0, 0
        if bulk.shape[0]:
            lacks[1, j], lacks[2, j] = -bulk[j, 0], -bulk[j, 1]
    for i in range(n):
        row, t = rows[scene.rows[board.lines[i]]], board.taken[i]
        if is_short(row):
            t, some = place_of(ways, row.full), True
        if t != NOWHERE:
            lacks[0, t] += row.loads
            lacks[1, t] += row.grams
            lacks[2, t] += row.litres
    for i in range(n if some else 0):
        row = rows[scene.rows[board.lines[i]]]
        if is_short(row):
            row.short = amount(lacks, place_of(ways, row.full), row.why)


@kernel
def is_short(row):
    """Whether a line stays without for want of room on a leg that could take it."""
    return row.full != UNKNOWN and row.why != TOO_LARGE


@kernel
def place_of(ways, key):
    """Where among legs that one is, or NOWHERE."""
    for j in range(ways.size):
        if ways[j].key == key:
            return j
    return NOWHERE


@kernel
def amount(lacks, j, why):
    """What leg `j` lacks of what is short by `why`: loads, but of grams kg and of litres m3, begun ones whole."""
    if why == FULL_KG:
        return max(np.int64(0), -(-lacks[1, j] // THOUSAND))
    if why == FULL_M3:
        return max(np.int64(0), -(-lacks[2, j] // THOUSAND))
    return max(np.int64(0), lacks[0, j])
