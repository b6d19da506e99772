"""Choices: what can be done about the lines that an incident puts at risk, and what each choice is worth.

    joint    these lines are decided anew together with the booked lines of their destinations; a line that is not of
             the incident moves only to make room, never because that suits itself
    spare    these lines alone, one after the other, into room that nobody holds: what a planner does by phone
    nothing  all stay as they are booked; what is on no leg stays there

Joint may do all that spare does, and is the optimum: so it is worth no less.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.planning.board import cells, effort, lay_out, sheet_on
from operators.planning.bulk import that_fit
from operators.planning.goods import line_up
from operators.planning.groups import Group
from operators.planning.market import solve
from operators.planning.plotting import Plotter
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
    make room, weighed as if no other leg were better for them than their own. Nobody goes onto a leg that is
    overbooked, and nobody has to leave it. held: (m,) is written over.
    """
    held[:] = 0
    for i in some:
        if at[i] != NOWHERE:
            held[at[i]] += 1
    for n in range(some.size):
        i = some[n]
        least = np.int64(0) if mine[i] else stay[i] + 1
        left[n] = max(left[n], least)
        for j in range(room.size):
            weighed[n, j] = cost[i, j] if j == at[i] else FAR if held[j] > room[j] else max(cost[i, j], least)
    for j in range(room.size):
        room[j] = max(room[j], held[j])


@kernel
def jointly(board, n, m):
    """Fill board.some and board.taken: the best of the lines of `mine` and of those that make room; how many."""
    s = 0
    for i in range(n):
        if board.mine[i] or board.at[i] != NOWHERE:
            board.some[s], board.some_key[s], board.some_left[s] = i, board.key[i], board.left[i]
            s += 1
    part, room = cells(board.part, s, m), board.room[:m]
    making_room(board.some[:s], board.mine, board.at, cells(board.cost, n, m), board.stay, room, board.held[:m], part,
                board.some_left)  # fmt: skip
    solve(board.some_key[:s], board.leg_key[:m], part, board.some_left, room, sheet_on(board, s, m),
          board.price[: m + 2], board.taken[:s], board.last[:m], board.following[:m])  # fmt: skip
    return s


@kernel
def row_of(lines, n, place):
    """Which of these n lines, in order of their places, that is."""
    low, high = 0, n - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if lines[middle] < place else (low, middle)
    return low


@kernel
def alone(board, wants, n, m):
    """Fill board.some and board.taken: the lines of `mine` into free room, the dearest class first, then who was
    promised first; how many.
    """
    s = 0
    for i in range(n):
        board.taken[i] = board.at[i]
        if board.mine[i]:
            board.some[s] = board.lines[i]
            s += 1
    line_up(wants, board.some[:s], False, s)
    for k in range(s):
        board.some[k] = row_of(board.lines, n, board.some[k])
    by_phone(board.some[:s], board.at, cells(board.cost, n, m), board.stay, board.free[:m], board.taken)
    s = 0
    for i in range(n):
        if board.mine[i]:
            board.some[s], board.taken[s] = i, board.taken[i]
            s += 1
    return s


@kernel
def put(board, s, n, m, begin, moves, count):
    """Add those of board.some that go elsewhere than they are to moves (3, N); how many there are now."""
    cost = cells(board.cost, n, m)
    for k in range(s):
        i, to = board.some[k], board.taken[k]
        if to != board.at[i]:
            moves[0, count], moves[1, count] = board.lines[i], NOWHERE if to == NOWHERE else begin + to
            moves[2, count] = board.stay[i] - (board.left[i] if to == NOWHERE else cost[i, to])
            count += 1
    return count


@kernel
def choose_at(scene, goals, is_mine, money, now, work, moves_most, board, joint, spare, mine, found):
    """Fill joint and spare (3, N) and mine (N,) for these goals, one after the other, until there are enough moves or
    the budget of work is spent. found: how many moves are joint, how many spare, how many lines are looked at, the way
    that one more load is worth most on, and cents.
    """
    found[:] = 0
    found[3] = NOWHERE
    for g in range(goals.size):
        n, m = lay_out(scene, goals[g], money, now, board)
        begin, work = scene.first_way[goals[g]], work - effort(scene, goals[g], n, m)
        if g > 0 and (work < 0 or found[0] >= moves_most):
            return
        for i in range(n):
            board.mine[i] = is_mine[board.lines[i]]
            if board.mine[i]:
                mine[found[2]] = board.lines[i]
                found[2] += 1
        found[0] = put(board, jointly(board, n, m), n, m, begin, joint, found[0])
        for j in range(m):
            if board.following[j] > found[4]:
                found[3], found[4] = begin + j, board.following[j]
        found[1] = put(board, alone(board, scene.wants, n, m), n, m, begin, spare, found[1])


CHOOSE_AT: Final = Direct(choose_at)


def choose(plotter: Plotter, scene: Scene, group: Group, settings: Settings, now: int) -> Choice:
    """The choices, for destinations with most at stake, as many as `moves_most` and the budget of work allow."""
    joint, spare, mine = (np.empty((3, scene.at.size), "i8") for _ in range(3))
    is_mine, found = np.zeros(scene.at.size, "?"), np.zeros(5, "i8")
    is_mine[group.lines] = True
    CHOOSE_AT.call(scene, group.goals, is_mine, settings.money, now, settings.work, settings.moves_most,
                   plotter.board(scene), joint, spare, mine[0], found)  # fmt: skip
    nothing = Moves(_NONE, _NONE, _NONE)
    moves = light(scene, joint[:, : found[0]]), light(scene, spare[:, : found[1]]), nothing
    return Choice(moves, mine[0, : found[2]], (int(found[3]), int(found[4])))


def light(scene: Scene, moves: Any) -> Moves:
    """Those of these moves (3, N) that legs take by kg and m3 too."""
    return Moves(*moves[:, that_fit(scene, moves[0], moves[1])] if scene.bulk.size else moves)


__all__ = ["FAR", "JOINT", "NOTHING", "SPARE", "Choice", "Moves", "choose"]
