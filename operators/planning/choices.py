"""Choices: what can be done about the lines that an incident puts at risk, and what each choice is worth.

    joint    these lines are decided anew together with the booked lines of their destinations; a line that is not of
             the incident moves only to make room, never because that suits itself
    spare    these lines alone, one after the other, into room that nobody holds: what a planner does by phone
    nothing  all stay as they are booked; what is on no leg stays there

Joint may do all that spare does, and is the optimum: so it is worth no less. Where lines are of several loads it is not
proven to be the optimum, and where legs are full by kg or m3 not all of it can be done: there it is what spare is where
that is worth more.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.planning.board import are_several, cells, effort, lay_out, row_of, sheet_on
from operators.planning.bulk import that_fit
from operators.planning.goods import line_up
from operators.planning.groups import Group
from operators.planning.market import solve
from operators.planning.plotting import Plotter
from operators.planning.rows import NOWHERE
from operators.planning.scene import Scene
from operators.planning.settings import Settings
from operators.planning.sizes import is_within, rooms_of, sizes_of, within
from operators.planning.weighing import FAR
from tower import compiled
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
def by_phone(order, loads, at, cost, stay, free, taken):
    """Fill taken for the lines of `order`: each takes what costs it least in `free` (m,), if that is less than staying.

    loads: (n,). taken: (n,) a leg, or NOWHERE; begins with what is booked.
    """
    for i in order:
        best, which = stay[i], at[i]
        for j in range(free.size):
            if loads[i] <= free[j] and j != at[i] and cost[i, j] < best:
                best, which = cost[i, j], j
        if which != at[i]:
            taken[i] = which
            free[which] -= loads[i]


@kernel
def making_room(some, loads, mine, at, cost, stay, room, held, weighed, left):
    """Fill weighed (s, m) and change left (s,) and room (m,) for the lines `some`: those of `mine`, and those that may
    make room, weighed as if no other leg were better for them than their own. Nobody goes onto a leg that is
    overbooked, and nobody has to leave it. loads: (n,) of each line. held: (m,) is written over.
    """
    held[:] = 0
    for i in some:
        if at[i] != NOWHERE:
            held[at[i]] += loads[i]
    for n in range(some.size):
        i = some[n]
        least = np.int64(0) if mine[i] else stay[i] + 1
        left[n] = max(left[n], least)
        for j in range(room.size):
            weighed[n, j] = cost[i, j] if j == at[i] else FAR if held[j] > room[j] else max(cost[i, j], least)
    for j in range(room.size):
        room[j] = max(room[j], held[j])


@compiled.kernel
def jointly(scene, goal, board, n, m):
    """Fill board.some and board.taken: the best of the lines of `mine` and of those that make room; how many."""
    s = 0
    for i in range(n):
        if board.mine[i] or board.at[i] != NOWHERE:
            board.some[s], board.some_key[s], board.some_left[s] = i, board.key[i], board.left[i]
            s += 1
    part, room = cells(board.part, s, m), board.room[:m]
    making_room(board.some[:s], board.loads, board.mine, board.at, cells(board.cost, n, m), board.stay, room,
                board.held[:m], part, board.some_left)  # fmt: skip
    solve(board.some_key[:s], board.leg_key[:m], part, board.some_left, room, sheet_on(board, s, m),
          board.price[: m + 2], board.taken[:s], board.last[:m], board.following[:m])  # fmt: skip
    if are_several(board.loads[:n]):
        jointly_by_size(scene, goal, board, part, s, m)
    return s


@compiled.kernel
def jointly_by_size(scene, goal, board, part, s, m):
    """The same where lines are of several loads, in all three measures: nobody goes onto a leg that has too much of one
    already, and nobody has to leave it.
    """
    lines, at, begin = board.lines[board.some[:s]], board.at[board.some[:s]], scene.first_way[goal]
    size, room = sizes_of(scene, lines), rooms_of(board.room[:m], scene.bulk[begin : begin + m])
    held = np.zeros(room.shape, np.int64)
    for n in range(s):
        if at[n] != NOWHERE:
            held[at[n]] += size[n]
    for j in range(m):
        for r in range(held.shape[1]):
            for n in range(s if held[j, r] > room[j, r] else 0):
                part[n, j] = part[n, j] if at[n] == j else FAR
            room[j, r] = max(room[j, r], held[j, r])
    if not is_within(board.taken[:s], size, room.copy()):
        within(board, scene.wants, lines, board.some_key[:s], at, part, board.some_left[:s], size, room)


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
    by_phone(board.some[:s], board.loads, board.at, cells(board.cost, n, m), board.stay, board.free[:m], board.taken)
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
def saved_by(moves, since, until):
    """Cents that these of the moves (3, N) save."""
    total = np.int64(0)
    for k in range(since, until):
        total += moves[2, k]
    return total


@compiled.kernel
def choose_at(scene, goals, is_mine, money, now, work, moves_most, board, joint, spare, mine, found):
    """Fill joint and spare (3, N) and mine (N,) for these goals, one after the other, until there are enough moves or
    the budget of work is spent. found: how many moves are joint, how many spare, how many lines are looked at, the way
    that one more load is worth most on, and cents.
    """
    found[:] = 0
    found[3] = NOWHERE
    for g in range(goals.size):
        n, m = lay_out(scene, goals[g], money, now, board)
        begin, work = scene.first_way[goals[g]], work - effort(scene, goals[g], board, n, m)
        if g > 0 and (work < 0 or found[0] >= moves_most):
            return
        for i in range(n):
            board.mine[i] = is_mine[board.lines[i]]
            if board.mine[i]:
                mine[found[2]] = board.lines[i]
                found[2] += 1
        was, had = found[0], found[1]
        found[0] = put(board, jointly(scene, goals[g], board, n, m), n, m, begin, joint, was)
        for j in range(m):
            if board.following[j] > found[4]:
                found[3], found[4] = begin + j, board.following[j]
        found[1] = put(board, alone(board, scene.wants, n, m), n, m, begin, spare, had)
        if saved_by(joint, was, found[0]) < saved_by(spare, had, found[1]):
            found[0] = was + found[1] - had
            joint[:, was : found[0]] = spare[:, had : found[1]]


CHOOSE_AT: Final = Direct(choose_at)


def choose(plotter: Plotter, scene: Scene, group: Group, settings: Settings, now: int) -> Choice:
    """The choices, for destinations with most at stake, as many as `moves_most` and the budget of work allow."""
    joint, spare, mine = (np.empty((3, scene.at.size), "i8") for _ in range(3))
    is_mine, found = np.zeros(scene.at.size, "?"), np.zeros(5, "i8")
    is_mine[group.lines] = True
    CHOOSE_AT.call(scene, group.goals, is_mine, settings.money, now, settings.work, settings.moves_most,
                   plotter.board(scene), joint, spare, mine[0], found)  # fmt: skip
    together, apart = light(scene, joint[:, : found[0]]), light(scene, spare[:, : found[1]])
    if together.gain.sum() < apart.gain.sum():
        together = apart
    moves = together, apart, Moves(_NONE, _NONE, _NONE)
    return Choice(moves, mine[0, : found[2]], (int(found[3]), int(found[4])))


def light(scene: Scene, moves: Any) -> Moves:
    """Those of these moves (3, N) that legs take by kg and m3 too; columns in one piece, as kernels are called with."""
    if not scene.bulk.size:
        return Moves(*moves)
    kept = that_fit(scene, moves[0], moves[1])
    return Moves(*(column[kept] for column in moves))


__all__ = ["FAR", "JOINT", "NOTHING", "SPARE", "Choice", "Moves", "choose"]
