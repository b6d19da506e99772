"""Sizes: a destination where a load a line does not say what fits: lines of several loads, legs full by kg or m3.

The exact plan of a destination takes each line for one load. Where it keeps all limits it is the best there is, as no
plan costs less that has to keep more. Where it does not, the destination is planned again in loads, kg and m3
(`allocation.sizing`): within limits, near the best, not proven to be it; where loads bind, no worse than what is booked
and what one line after the other finds beside that.
"""

import numpy as np

from operators.allocation.sizing import NOWHERE, better, has_room, paid, solve, take
from operators.planning.board import NODES, are_several, cells, row_of
from operators.planning.goods import line_up
from operators.planning.market import solve as exactly
from operators.planning.paths import Sheet
from operators.planning.short import FULL, FULL_KG, FULL_M3
from operators.planning.weighing import FAR
from tower.compiled import kernel, lean

ROUNDS, LOOKS = 60, 200_000
"""Steps of prices, and lines that are looked at for a better place with each plan that is made on the way."""
PARTS = 1024
"""So many loads may go by themselves, or two a line."""
UNLIMITED = 1 << 40
"""Room in a measure of which a leg has no limit."""
LOADS, GRAMS, LITRES = range(3)


@kernel
def size_up(scene, goal, n, m, board):
    """Plan what is laid out and solved again, in `board.taken`, `last` and `following`, where it is too much for a leg;
    whether it was.
    """
    if not scene.bulk.shape[0] and not are_several(board.loads[:n]):
        return False
    begin = scene.first_way[goal]
    size, room = sizes_of(scene, board.lines[:n]), rooms_of(board.room[:m], scene.bulk[begin : begin + m])
    if is_within(board.taken[:n], size, room.copy()):
        return False
    within(board, scene.wants, board.lines[:n], board.key[:n], board.at[:n], cells(board.cost, n, m), board.left[:n],
           size, room)  # fmt: skip
    return True


@kernel
def sizes_of(scene, places):
    """(n, 3) loads, grams and litres of lines."""
    size = np.empty((places.size, 3), np.int64)
    for i in range(places.size):
        want = scene.wants[places[i]]
        size[i, LOADS], size[i, GRAMS], size[i, LITRES] = want.loads, want.grams, want.litres
    return size


@kernel
def rooms_of(loads, bulk):
    """(m, 3) what legs take; bulk: (m, 2), or (0, 2) where nobody has told any kg or m3."""
    room = np.full((loads.size, 3), UNLIMITED)
    room[:, LOADS] = loads
    if bulk.shape[0]:
        room[:, GRAMS:] = bulk
    return room


@lean
def is_within(taken, size, free):
    """Whether lines fit where they are; free (m, 3) is written over."""
    for i in range(taken.size):
        if taken[i] != NOWHERE:
            for r in range(3):
                free[taken[i], r] -= size[i, r]
                if free[taken[i], r] < 0:
                    return False
    return True


@kernel
def within(board, wants, lines, key, at, cost, left, size, room):
    """Fill board.taken: lines within room (m, 3), size (n, 3); board.last holds the prices that this begins with, and
    gets those that come out, as does board.following. lines: (n,) their places in `wants`, in order. at: (n,) where
    each is booked.
    """
    n, m = cost.shape
    order, spot = np.argsort(key), np.empty(n, np.int64)
    here, without, small = np.empty((n, m), np.int64), left[order], size[order]
    taken, price = np.empty(n, np.int64), np.zeros((m, 3))
    for q in range(n):
        spot[order[q]] = q
        for j in range(m):
            here[q, j] = cost[order[q], j] if has_room(room, small, q, j) else FAR
    price[:, LOADS], is_by_loads = board.last[:m], are_several(size[:, LOADS])
    if is_by_loads:
        by_the_load(key[order], board.leg_key[:m], here, without, small, room, price[:, LOADS])
    _, spent = solve(here, without, small, room, ROUNDS, LOOKS, price, taken)
    if is_by_loads:
        stays, turn = at[order], lines.copy()
        line_up(wants, turn, False, n)
        for k in range(n):
            turn[k] = spot[row_of(lines, n, turn[k])]
        if as_booked(turn, here, without, small, room.copy(), stays) < spent:
            taken[:] = stays
    for q in range(n):
        board.taken[order[q]] = taken[q]
    worth(price, here, without, taken, small, room, is_by_loads, board)


@kernel
def by_the_load(key, leg_key, cost, left, sizes, room, price):
    """Fill price (m,) with cents of a load where each load of a line goes by itself, at its share of what the line
    costs: no plan of whole lines costs less than that one, and no other prices prove more of it.

    Lines of many loads go in larger parts: where there are more than PARTS, in two a line at most.
    """
    n, m = cost.shape
    loads, part = sizes[:, LOADS].copy(), np.int64(1)
    for q in range(n):
        loads[q] = loads[q] if cost[q].min() < FAR else 1  # no leg takes it: how large it is matters to nobody
    while parts_of(loads, part) > max(2 * n, PARTS):
        part *= 2
    size, i = parts_of(loads, part), 0
    keys, wide, without = np.empty(size, np.uint64), np.empty((size, m), np.int64), np.empty(size, np.int64)
    for q in range(n):
        count = parts_in(loads[q], part)
        for _ in range(count):
            keys[i], without[i] = key[q], left[q] // count
            for j in range(m):
                wide[i, j] = cost[q, j] // count if cost[q, j] < FAR else FAR
            i += 1
    d, last, following = m + 1, np.empty(m, np.int64), np.empty(m, np.int64)
    nodes, taken, weight = np.zeros((NODES, d + 1), np.int64), np.empty(size, np.int64), np.empty((d, d), np.int64)
    sheet = Sheet(np.empty((size, d), np.int64), weight, np.empty((d, d), np.int32), nodes[0, :d], nodes[1, :d],
                  nodes[2, :d], nodes[3], nodes[4], nodes[5], nodes[6])  # fmt: skip
    exactly(keys, leg_key, wide, without, room[:, LOADS] // part, sheet, np.zeros(d + 1, np.int64), taken, last,
            following)  # fmt: skip
    for j in range(m):
        price[j] = last[j] / part


@lean
def parts_in(loads, part):
    """In how many parts of about that size a line goes."""
    return max(np.int64(1), (loads + part // 2) // part)


@lean
def parts_of(loads, part):
    """In how many all do."""
    total = np.int64(0)
    for count in loads:
        total += parts_in(count, part)
    return total


@kernel
def as_booked(turn, cost, left, size, free, at):
    """What a plan costs that begins with at (n,), where lines are booked, leaves them there as far as they fit, gives
    each in turn what costs it least in what is left, and is bettered then. It is left in `at`; free is written over.
    """
    for i in turn:
        if at[i] != NOWHERE and (cost[i, at[i]] >= FAR or not has_room(free, size, i, at[i])):
            at[i] = NOWHERE
        take(free, size, i, at[i], 1)
    for i in turn:
        best = cheapest(cost, left, size, free, i, at[i])
        take(free, size, i, at[i], -1)
        take(free, size, i, best, 1)
        at[i] = best
    better(cost, left, size, free, LOOKS, at)
    spent = np.int64(0)
    for i in turn:
        spent += paid(cost, left, i, at[i])
    return spent


@lean
def cheapest(cost, left, size, free, i, now):
    """Where there is room for line i and it costs less than where it is now, the least; else where it is."""
    least, best = paid(cost, left, i, now), now
    for j in range(free.shape[0]):
        if cost[i, j] < least and has_room(free, size, i, j):
            least, best = cost[i, j], j
    return best


@kernel
def worth(price, cost, left, at, size, room, is_by_loads, board):
    """What a load of the usual size is worth on each leg, by these prices: the last there, and the next. Where lines
    are of several loads, nothing unless a leg is scarce.
    """
    free = room.copy()
    for q in range(at.size):
        take(free, size, q, at[q], 1)
    for j in range(room.shape[0]):
        count, grams = room[j, LOADS] - free[j, LOADS], room[j, GRAMS] - free[j, GRAMS]
        litres = room[j, LITRES] - free[j, LITRES]
        cents = price[j, LOADS] + (price[j, GRAMS] * grams + price[j, LITRES] * litres) / max(count, np.int64(1))
        if is_by_loads and not is_scarce(cost, left, at, size, free, j):
            cents = 0.0
        board.last[j], board.following[j] = np.int64(cents + 0.5), np.int64(cents + 0.5)


@lean
def is_scarce(cost, left, at, size, free, j):
    """Whether a leg is full, or has no room for a line that would cost less on it than where it is."""
    if free[j, LOADS] <= 0 or free[j, GRAMS] <= 0 or free[j, LITRES] <= 0:
        return True
    for q in range(at.size):
        if at[q] != j and cost[q, j] < paid(cost, left, q, at[q]) and not has_room(free, size, q, j):
            return True
    return False


@kernel
def tell_measure(wants, scene, board, n, m, begin):
    """Say of lines that stay without for want of kg or m3 that it is that: of the leg that was to take them."""
    if not scene.bulk.shape[0]:
        return
    size, free = sizes_of(scene, board.lines[:n]), rooms_of(board.room[:m], scene.bulk[begin : begin + m])
    for i in range(n):
        take(free, size, i, board.taken[i], 1)
    for i in range(n):
        row = wants[scene.rows[board.lines[i]]]
        if board.taken[i] != NOWHERE or row.why != FULL:
            continue
        for j in range(m):
            if scene.ways[begin + j].key == row.full and size[i, LOADS] <= free[j, LOADS]:
                row.why = (FULL_KG if size[i, GRAMS] > free[j, GRAMS] else
                           FULL_M3 if size[i, LITRES] > free[j, LITRES] else FULL)  # fmt: skip
