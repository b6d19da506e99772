"""Board: what one destination after the other is weighed and solved on, so that nobody makes arrays for each."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.planning.paths import Sheet
from operators.planning.rows import NOWHERE
from operators.planning.scene import Scene
from operators.planning.weighing import weigh
from tower.compiled import inlined
from tower.table import kernel

LINEWISE: Final = ("lines", "key", "loads", "at", "left", "stay", "taken", "some", "some_key", "some_left")
LEGWISE: Final = ("leg_key", "price", "last", "following", "room", "free", "held")
NODES: Final = 7
SIZED: Final = 24
SIZED_MOST: Final = 200_000
"""Placing lines of several loads takes so many times what weighing them does; at most what so many of them take."""


class Board(NamedTuple):
    """For N lines and M legs. lines: places in the scene. key, at, left, stay, taken: as in `weighing` and `market`;
    loads: what each takes of a leg; in_time, mine: flags. some, some_key, some_left: of a part of the lines. cost, part
    (N M), wide (N (M + 1)), weight, who ((M + 1)^2): flat. The others are by leg, with room for two more; nodes:
    (NODES, M + 2).
    """

    lines: Any
    key: Any
    loads: Any
    at: Any
    left: Any
    stay: Any
    taken: Any
    some: Any
    some_key: Any
    some_left: Any
    in_time: Any
    mine: Any
    cost: Any
    part: Any
    wide: Any
    weight: Any
    who: Any
    nodes: Any
    leg_key: Any
    price: Any
    last: Any
    following: Any
    room: Any
    free: Any
    held: Any


def board_for(lines: int, legs: int) -> Board:
    """A board with room for so many lines and legs."""
    n, m = lines, legs + 2
    by_line = {name: np.zeros(n, "u8" if name.endswith("key") else "i8") for name in LINEWISE}
    by_leg = {name: np.zeros(m, "u8" if name.endswith("key") else "i8") for name in LEGWISE}
    return Board(
        **by_line, **by_leg, in_time=np.zeros(n, "?"), mine=np.zeros(n, "?"), cost=np.zeros(n * m, "i8"),
        part=np.zeros(n * m, "i8"), wide=np.zeros(n * m, "i8"), weight=np.zeros(m * m, "i8"),
        who=np.zeros(m * m, "i4"), nodes=np.zeros((NODES, m), "i8"),
    )  # fmt: skip


@kernel
def row_of(lines, n, place):
    """Which of these n lines, in order of their places, that is."""
    low, high = 0, n - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if lines[middle] < place else (low, middle)
    return low


@inlined
def cells(flat, n, m):
    """A table of n rows on a flat array."""
    return flat[: n * m].reshape(n, m)


@inlined
def sheet_on(board, n, m):
    """A sheet for n lines and m legs."""
    d, nodes = m + 1, board.nodes
    return Sheet(
        cells(board.wide, n, d), cells(board.weight, d, d), cells(board.who, d, d), nodes[0, :d], nodes[1, :d],
        nodes[2, :d], nodes[3, : d + 1], nodes[4, : d + 1], nodes[5, : d + 1], nodes[6, : d + 1],
    )  # fmt: skip


@kernel
def width_at(scene, goal):
    """How many futures a destination is weighed in: one where nothing is forecast of any leg to it."""
    for j in range(scene.first_way[goal], scene.first_way[goal + 1]):
        for moment in scene.outlook.arrives[j]:
            if moment != scene.ways[j].arr:
                return scene.outlook.arrives.shape[1]
    return 1


@kernel
def are_several(loads):
    """Whether any of these lines takes more than one load."""
    for count in loads:
        if count > 1:
            return True
    return False


@kernel
def effort(scene, goal, board, n, m):
    """What planning a destination counts against the budget: lines times legs, an eighth more for each further future,
    as weighing is that part of the work; where lines are of several loads, what placing them SIZED times takes too.
    """
    once = n * m * (7 + width_at(scene, goal)) // 8
    return once + min(SIZED * n * m, SIZED_MOST) if are_several(board.loads[:n]) else once


@kernel
def lay_out(scene, goal, money, now, board):
    """Put the lines to a destination that may be decided anew on the board, weighed; how many lines and legs."""
    n, begin = 0, scene.first_way[goal]
    m = scene.first_way[goal + 1] - begin
    for place in range(scene.first_want[goal], scene.first_want[goal + 1]):
        if scene.plays[place]:
            board.lines[n], board.key[n] = place, scene.wants[place].key
            board.loads[n] = scene.wants[place].loads
            board.at[n] = NOWHERE if scene.at[place] == NOWHERE else scene.at[place] - begin
            n += 1
    for j in range(m):
        way = scene.ways[begin + j]
        board.leg_key[j], board.price[j] = way.key, way.price
        board.room[j], board.free[j] = scene.room[begin + j], scene.free[begin + j]
    board.price[m : m + 2] = 0
    ways, arrives = scene.ways[begin : begin + m], scene.outlook.arrives[begin : begin + m, : width_at(scene, goal)]
    weigh(scene.wants, board.lines[:n], ways, arrives, board.at, scene.hub[begin : begin + m],
          scene.allow, money, now, cells(board.cost, n, m), board.left, board.stay, board.in_time)  # fmt: skip
    return n, m


__all__ = ["Board", "Scene", "are_several", "board_for", "cells", "effort", "lay_out", "row_of", "sheet_on"]
