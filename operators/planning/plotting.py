"""Plotting: destinations planned anew, one after the other, as far as the budget goes."""

from typing import Any

import numpy as np

from operators.planning.board import Board, board_for, cells, effort, lay_out, sheet_on
from operators.planning.market import solve
from operators.planning.rows import NOWHERE, STAGED
from operators.planning.scene import Scene
from operators.planning.settings import Settings
from operators.planning.short import FULL, TOO_LARGE, note_short
from operators.planning.sizes import size_up, tell_measure
from operators.planning.weighing import FAR, late_min_of
from tower import clock, compiled
from tower.fields import FOREVER
from tower.ids import UNKNOWN
from tower.outcomes import WHYS
from tower.table import Direct, Table, kernel

(NEW, STRANDED, KEEPS, LESS_LATE, CHEAPER, MAKES_ROOM, NO_STOCK, NO_CANDIDATE, NOT_WORTH) = (
    WHYS.index(why) for why in ("new", "stranded", "keeps_promise", "less_late", "cheaper", "makes_room", "no_stock",
                                "no_candidate", "not_worth")
)  # fmt: skip


@kernel
def why_there(want, ways, t, a, is_cheaper):
    """Why a line goes by leg `t` and not as it is booked, by `a`."""
    if a == NOWHERE:
        return STRANDED if want.is_stranded else NEW
    late = late_min_of(want, ways[t].arr)
    if late < late_min_of(want, ways[a].arr):
        return KEEPS if late == 0 else LESS_LATE
    return CHEAPER if is_cheaper else MAKES_ROOM


@kernel
def why_not(want, ways, cost, left, in_time, i):
    """Why a line that is on no leg stays without; if for want of room, the leg it would go on of those that take all of
    it, or the largest where none does; else NOWHERE. One that is picked has its goods, but maybe no leg from there.
    """
    best, largest, can = NOWHERE, NOWHERE, False
    for j in range(cost.shape[1]):
        can = can or cost[i, j] < FAR
        if cost[i, j] >= min(left[i], FAR):
            continue
        is_whole = want.loads <= max(ways[j].capacity, 1)
        best = j if is_whole and (best == NOWHERE or cost[i, j] < cost[i, best]) else best
        largest = j if largest == NOWHERE or ways[j].capacity > ways[largest].capacity else largest
    if not can:
        return (NO_STOCK if in_time[i] and want.stand != STAGED else NO_CANDIDATE), NOWHERE
    if best != NOWHERE:
        return FULL, best
    return (NOT_WORTH if largest == NOWHERE else TOO_LARGE), largest


@kernel
def given(want, ways, t):
    """What another line saves as this one leaves its goods to it."""
    return want.gives if t != NOWHERE and ways[t].origin != want.place else np.int64(0)


@kernel
def note_lines(rows, scene, board, n, ways):
    """Write where the plan has lines, what that saves and why into `rows` of `wants`."""
    cost = cells(board.cost, n, ways.size)
    for i in range(n):
        place, t, a = board.lines[i], board.taken[i], board.at[i]
        row, there = rows[scene.rows[place]], board.left[i] if t == NOWHERE else cost[i, t]
        want = scene.wants[place]
        why, full = why_not(want, ways, cost, board.left, board.in_time, i) if t == NOWHERE else (NEW, NOWHERE)
        stay = board.stay[i] - given(want, ways, t)
        if t != NOWHERE:
            why = why_there(want, ways, t, a, there < stay)
        elif a != NOWHERE:
            why = MAKES_ROOM
        row.why, row.gain_cents = why, stay - there
        row.to_leg = UNKNOWN if t == NOWHERE else ways[t].key
        row.full = UNKNOWN if full == NOWHERE else ways[full].key
        row.short = want.quantity if why == NO_STOCK else 0
        if why == TOO_LARGE:
            row.short = want.loads - max(ways[full].capacity, 0)


@kernel
def note_legs(rows, numbers, board):
    """Write what legs are worth into `rows` of `ways`, at these numbers."""
    for j in range(numbers.size):
        way = rows[numbers[j]]
        way.price, way.last, way.following = board.price[j], board.last[j], board.following[j]


@kernel
def note_rest(rows, numbers, plays):
    """Lines that are not decided anew stay."""
    for i in range(numbers.size):
        if not plays[i]:
            row = rows[numbers[i]]
            row.to_leg = row.leg


@kernel
def solve_on(board, n, m):
    """Solve what is laid out."""
    solve(board.key[:n], board.leg_key[:m], cells(board.cost, n, m), board.left, board.room[:m], sheet_on(board, n, m),
          board.price[: m + 2], board.taken[:n], board.last[:m], board.following[:m])  # fmt: skip


@compiled.kernel
def plan(scene, due, money, now, work, spent, board, wants, ways):
    """Plan these goals and write what was found into rows of `wants` and `ways`; how many, until so much work is spent.

    spent (1,): by now in this minute; is added to. The first of a minute is planned, whatever it takes.
    """
    for done in range(due.size):
        goal = due[done]
        n, m = lay_out(scene, goal, money, now, board)
        more = effort(scene, goal, board, n, m)
        if spent[0] and spent[0] + more > work:
            return done
        spent[0] += more
        solve_on(board, n, m)
        is_sized = size_up(scene, goal, n, m, board)
        lines = slice(scene.first_want[goal], scene.first_want[goal + 1])
        legs = slice(scene.first_way[goal], scene.first_way[goal + 1])
        note_rest(wants, scene.rows[lines], scene.plays[lines])
        note_lines(wants, scene, board, n, scene.ways[legs])
        if is_sized:
            tell_measure(wants, scene, board, n, m, scene.first_way[goal])
        note_short(wants, scene, board, n, scene.ways[legs], scene.bulk[legs])
        note_legs(ways, scene.numbers[legs], board)
    return due.size


@compiled.kernel
def plan_one(scene, goal, money, now, board):
    """Plan one goal and leave that on the board; how many lines."""
    n, m = lay_out(scene, goal, money, now, board)
    solve_on(board, n, m)
    size_up(scene, goal, n, m, board)
    return n


PLAN, PLAN_ONE = Direct(plan), Direct(plan_one)


class Plotter:
    """Plans destinations on a board that is kept from scene to scene."""

    def __init__(self) -> None:
        self._board: Board = board_for(0, 0)

    def board(self, scene: Scene) -> Board:
        """A board with room for any destination of a scene."""
        n = int(np.diff(scene.first_want).max(initial=0))
        m = int(np.diff(scene.first_way).max(initial=0))
        if n > self._board.lines.size or m + 2 > self._board.price.size:
            self._board = board_for(max(2 * n, self._board.lines.size), max(m, self._board.price.size - 2))
        return self._board

    def plan(
        self, scene: Scene, due: Any, settings: Settings, now: int, spent: Any, wants: Table, ways: Table
    ) -> int:  # fmt: skip
        """Plan these goals within the budget of work, of which (1,) is spent; how many of them."""
        return int(PLAN.call(scene, due, settings.money, now, settings.work, spent, self.board(scene), wants.t.rows,
                             ways.t.rows))  # fmt: skip

    def plan_one(self, scene: Scene, goal: int, settings: Settings, now: int) -> tuple[Any, Any, Any]:
        """The lines of a destination that may be decided anew, as places in the scene, and among its legs where each is
        and goes, or NOWHERE; what that makes of the legs' prices is written into the scene.
        """
        board = self.board(scene)
        n = PLAN_ONE.call(scene, goal, settings.money, now, board)
        some = slice(scene.first_way[goal], scene.first_way[goal + 1])
        scene.ways["price"][some] = board.price[: some.stop - some.start]
        return board.lines[:n].copy(), board.at[:n].copy(), board.taken[:n].copy()


@kernel
def soonest_leg(ways, leads, now, is_asked, moments):
    """Put forward the moments (G,) of goals at which legs come into sight, are a rush, or cannot be booked, left or
    reached; of those that are asked for.
    """
    for w in range(ways.meta[0]):
        way = ways.rows[w]
        if way.is_open and is_asked[way.at_goal]:
            for lead in leads:
                moment = way.dep - lead + 1
                if moment > now:
                    moments[way.at_goal] = min(moments[way.at_goal], moment)


@kernel
def dearer(wants, first, asked, hour, moments):
    """Put forward the moments (G,) of these goals to the first full hour, `hour` or later, by which a line there is
    late: it grows dearer with each from then on.
    """
    for g in asked:
        for i in range(first[g], first[g + 1]):
            if wants[i].promised_by >= 0:
                late = wants[i].promised_by - wants[i].promised_by % clock.HOUR + clock.HOUR
                moments[g] = min(moments[g], max(hour, late))


SOONEST_LEG, DEARER = Direct(soonest_leg), Direct(dearer)


def next_moments(ways: Table, scene: Scene, asked: Any, settings: Settings, now: int) -> Any:
    """When the first leg to each of these goals comes into sight, becomes a rush, or cannot be booked, left or reached
    any more, or a line to there grows dearer; -1: never.
    """
    goals = scene.first_want.size - 1
    money, found, is_asked = settings.money, np.full(goals, FOREVER), np.zeros(goals, "?")
    is_asked[asked] = True
    leads = np.array([money.release_lead, money.pick_lead, money.cutoff_lead, money.rush_lead, money.horizon])
    SOONEST_LEG.call(ways.t, leads, now, is_asked, found)
    DEARER.call(scene.wants, scene.first_want, asked, now - now % clock.HOUR + clock.HOUR, found)
    return np.where(found < FOREVER, found, -1)[asked]
