"""Bulk: legs that are full by kg or m3 before they are by loads; a network that tells neither pays a comparison.

The exact plan of a destination knows loads. Where it puts more kg or m3 on a leg than that takes, the destination is
planned again in all three (`allocation.sizing`): within limits, and near the best, but not proven to be it.
"""

from typing import Any, Final

import numpy as np

from operators.allocation.sizing import solve
from operators.orders import BOOKED as IS_BOOKED
from operators.orders import PICKED
from operators.planning.board import cells, lay_out
from operators.planning.plotting import FULL, FULL_KG, FULL_M3, note_legs, note_lines, solve_on
from operators.planning.rows import NOWHERE
from operators.planning.scene import Scene
from operators.planning.settings import Money
from operators.planning.short import note_short
from operators.planning.taking import thousands
from operators.planning.weighing import FAR
from tower.compiled import kernel
from tower.ids import UNKNOWN
from tower.table import Direct, Table, find

ROUNDS, LOOKS = 60, 200_000
UNLIMITED: Final = 1 << 40


@kernel
def load_up(lines, ways, place, on):
    """Add to on (m, 2) the grams and litres of all lines that are booked on each leg; place: as in `scene.places`."""
    for n in range(lines.meta[0]):
        line = lines.rows[n]
        if line.booked_leg == UNKNOWN or line.state not in (IS_BOOKED, PICKED):
            continue
        w = find(ways, line.booked_leg)
        if w >= 0 and place[w] >= 0:
            on[place[w], 0] += thousands(line.weight_kg, 0)
            on[place[w], 1] += thousands(line.volume_m3, 0)


@kernel
def leave_room(ways, wants, at, plays, on, room, free):
    """Fill room and free (m, 2), as `scene.rooms` does by loads; on (m, 2) is written over."""
    for j in range(ways.size):
        free[j, 0], free[j, 1] = within(ways[j].grams, on[j, 0]), within(ways[j].litres, on[j, 1])
    for i in range(wants.size):
        if plays[i] and at[i] != NOWHERE:
            on[at[i], 0] -= wants[i].grams
            on[at[i], 1] -= wants[i].litres
    for j in range(ways.size):
        room[j, 0], room[j, 1] = within(ways[j].grams, on[j, 0]), within(ways[j].litres, on[j, 1])


@kernel
def within(capacity, used):
    """What is left of a capacity, or UNLIMITED where nobody told it."""
    return max(np.int64(0), capacity - used) if capacity >= 0 else np.int64(UNLIMITED)


@kernel
def lighten(scene, goal, money, now, board, wants, ways):
    """Plan a goal again where what is planned by loads is too much for a leg by kg or m3; whether it was."""
    n, m = lay_out(scene, goal, money, now, board)
    begin = scene.first_way[goal]
    solve_on(board, n, m)
    size, room = np.empty((n, 3), np.int64), np.empty((m, 3), np.int64)
    order = np.argsort(board.key[:n])
    for q in range(n):
        want = scene.wants[board.lines[order[q]]]
        size[q, 0], size[q, 1], size[q, 2] = 1, want.grams, want.litres
    for j in range(m):
        room[j, 0], room[j, 1], room[j, 2] = board.room[j], scene.bulk[begin + j, 0], scene.bulk[begin + j, 1]
    if is_within(board.taken, order, size, room.copy()):
        return False
    cost, left, at = np.empty((n, m), np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    price = np.zeros((m, 3))
    of_all = cells(board.cost, n, m)
    for q in range(n):
        left[q], at[q] = board.left[order[q]], NOWHERE
        for j in range(m):
            fits = size[q, 1] <= room[j, 1] and size[q, 2] <= room[j, 2] and room[j, 0] > 0
            cost[q, j] = of_all[order[q], j] if fits else FAR
    for j in range(m):
        price[j, 0] = board.last[j]
    solve(cost, left, size, room, ROUNDS, LOOKS, price, at)
    for q in range(n):
        board.taken[order[q]] = at[q]
    worth(price, at, size, room, board)
    legs = slice(begin, begin + m)
    note_lines(wants, scene, board, n, scene.ways[legs])
    note_legs(ways, scene.numbers[legs], board)
    tell_measure(wants, scene, board, order, at, size, room, begin)
    note_short(wants, scene, board, n, scene.ways[legs], scene.bulk[legs])
    return True


@kernel
def is_within(taken, order, size, free):
    """Whether lines fit by kg and m3 where they are; free (m, 3) is written over."""
    for q in range(order.size):
        j = taken[order[q]]
        if j != NOWHERE:
            free[j, 1] -= size[q, 1]
            free[j, 2] -= size[q, 2]
            if free[j, 1] < 0 or free[j, 2] < 0:
                return False
    return True


@kernel
def worth(price, at, size, room, board):
    """What a load of the usual size is worth on each leg, by these prices: the last there, and the next."""
    for j in range(room.shape[0]):
        count, grams, litres = 0, np.int64(0), np.int64(0)
        for q in range(at.size):
            if at[q] == j:
                count, grams, litres = count + 1, grams + size[q, 1], litres + size[q, 2]
        cents = price[j, 0] + (price[j, 1] * grams + price[j, 2] * litres) / max(count, 1)
        board.last[j], board.following[j] = np.int64(cents + 0.5), np.int64(cents + 0.5)


@kernel
def tell_measure(wants, scene, board, order, at, size, room, begin):
    """Say of lines that stay without for want of kg or m3 that it is that: of the leg that was to take them."""
    free = room.copy()
    for q in range(at.size):
        if at[q] != NOWHERE:
            for r in range(3):
                free[at[q], r] -= size[q, r]
    for q in range(at.size):
        row = wants[scene.rows[board.lines[order[q]]]]
        if at[q] != NOWHERE or row.why != FULL:
            continue
        for j in range(room.shape[0]):
            if scene.ways[begin + j].key == row.full and free[j, 0] > 0:
                row.why = FULL_KG if size[q, 1] > free[j, 1] else FULL_M3 if size[q, 2] > free[j, 2] else FULL


LOAD_UP, LEAVE_ROOM, LIGHTEN = Direct(load_up), Direct(leave_room), Direct(lighten)


def bulk_of(lines: Table, ways: Table, scene: Scene) -> Scene:
    """The scene with the kg and m3 of its legs; as it is where nobody has told any."""
    if not ((scene.ways["grams"] >= 0) | (scene.ways["litres"] >= 0)).any():
        return scene
    on, room, free = (np.zeros((scene.ways.size, 2), "i8") for _ in range(3))
    place = np.full(len(ways), NOWHERE)
    place[scene.numbers] = np.arange(scene.numbers.size)
    LOAD_UP.call(lines.t, ways.t, place, on)
    LEAVE_ROOM.call(scene.ways, scene.wants, scene.at, scene.plays, on, room, free)
    return scene._replace(bulk=room, bulk_free=free)


def lighten_all(scene: Scene, goals: Any, money: Money, now: int, board: Any, wants: Table, ways: Table) -> None:
    """Plan again what is too heavy or too large, of goals that have just been planned."""
    if scene.bulk.size:
        for goal in goals:
            LIGHTEN.call(scene, int(goal), money, now, board, wants.t.rows, ways.t.rows)


def that_fit(scene: Scene, lines: Any, to: Any) -> Any:
    """Which of these moves can be made one after the other, in the order of lines' keys, within loads, kg and m3."""
    kept = np.zeros(lines.size, "?")
    free = np.concatenate([scene.free[:, None], scene.bulk_free], axis=1)
    wants = scene.wants[lines]
    size = np.stack([np.ones(lines.size, "i8"), wants["grams"], wants["litres"]], axis=1)
    order, progress = np.argsort(wants["key"]).tolist(), True
    while progress:
        progress = False
        for n in order:
            if kept[n] or (to[n] != NOWHERE and (size[n] > free[to[n]]).any()):
                continue
            kept[n] = progress = True
            if to[n] != NOWHERE:
                free[to[n]] -= size[n]
            if scene.at[lines[n]] != NOWHERE:
                free[scene.at[lines[n]]] += size[n]
    return kept
