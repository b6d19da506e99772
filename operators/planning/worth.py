"""Worth: what moves save and cost, by class, and in sampled futures in which each leg flies or does not.

Until there are predictions a leg flies as often as those did that left from there and were as far off; the draw is a
hash of the leg and the future's number, so all choices are weighed in the same futures, and a replay draws them again.
A line whose leg does not fly comes a day later.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.planning.choices import Moves
from operators.planning.rates import SURVIVAL
from operators.planning.rows import BOOKED, NOWHERE, STAGED
from operators.planning.scene import Scene
from operators.planning.settings import Money, Settings
from operators.planning.weighing import (
    LEFT_FOR,
    expected_cents,
    growth_of,
    is_kept,
    late_cents_of,
    late_min_of,
    left_cents_of,
    waiting_cents,
)
from tower.pairing import pair
from tower.table import Direct, Table, kernel

SECOND_TRY: Final = LEFT_FOR
"""So much later comes a line whose leg did not fly."""


class Worth(NamedTuple):
    """value: cents of lateness, waiting and goods left that moves spare. kept: lines that get a leg and had none, less
    those that lose theirs. on_time: (3,) promises kept more. gain: (3,) cents by class. futures: (F,) net cents.
    """

    value: int
    kept: int
    on_time: Any
    gain: Any
    futures: Any


@kernel
def flies(leg, future, share):
    """Whether a leg flies in that future."""
    return pair(leg, np.uint64(future)) >> np.uint64(11) < np.uint64(share * 9007199254740992.0)


@kernel
def cents_on(want, way, money, late, now):
    """What a line on a leg costs that comes so much later: freight and lateness."""
    return want.loads * way.freight + late_cents_of(want, money, late_min_of(want, way.arr + late), now)


@kernel
def is_mostly_kept(want, arrives, j):
    """Whether the promise is kept on that leg in more futures than not."""
    count = 0
    for k in range(arrives.shape[1]):
        count += is_kept(want, arrives, j, k)
    return 2 * count > arrives.shape[1]


@kernel
def side(wants, ways, lines, at, odds, money, now, futures, sign, value, on_time, tallies):
    """Add what lines cost on these legs, or left, to value (1,), on_time (3,), tallies (F,), with a sign."""
    for n in range(lines.size):
        want, p = wants[lines[n]], min(np.int64(wants[lines[n]].priority), np.int64(2))
        first, last = odds.first[want.at_goal], odds.last[want.at_goal]
        if at[n] == NOWHERE:
            left = left_cents_of(want, money, last, now) + waiting_cents(want, money, first, last + LEFT_FOR)
            value[0] += sign * left
            for f in range(tallies.size):
                tallies[f] += sign * left
            continue
        way = ways[at[n]]
        left, arrives = left_cents_of(want, money, last, now), odds.arrives
        waiting = waiting_cents(want, money, first, way.dep)
        value[0] += sign * (waiting + expected_cents(want, money, growth_of(want, money, now), arrives[at[n]], left))
        on_time[p] += sign * is_mostly_kept(want, arrives, at[n])
        here = waiting + cents_on(want, way, money, np.int64(0), now)
        later = waiting + cents_on(want, way, money, np.int64(SECOND_TRY), now)
        for f in range(tallies.size):
            tallies[f] += sign * (here if flies(way.key, futures + f, odds.share[at[n]]) else later)


@kernel
def ends_of(ways, first, last):
    """Fill first, last (G,): when the first of these legs to each goal leaves and the last arrives; 0 without any."""
    first[:], last[:] = 0, 0
    for j in range(ways.size):
        g = ways[j].at_goal
        first[g] = min(first[g], ways[j].dep) if last[g] else ways[j].dep
        last[g] = max(last[g], ways[j].arr)


SIDE, ENDS_OF = Direct(side), Direct(ends_of)


class Odds(NamedTuple):
    """How likely each leg flies, (m,); when the first leg to each goal leaves that a plan looks at, and when the last
    arrives, (G,); when what is on each leg arrives in each future of the plan, (m, K).
    """

    share: Any
    first: Any
    last: Any
    arrives: Any


def odds_of(scene: Scene, flown: Table, now: int) -> Odds:
    """As things stand: a leg flies if nothing comes that is forecast, and nothing that comes without."""
    first, last = np.zeros(scene.first_way.size, "i8"), np.zeros(scene.first_way.size, "i8")
    found = Odds(np.zeros(scene.ways.size), first, last, scene.outlook.arrives)
    SURVIVAL.call(flown.t, scene.ways, now, found.share)
    found.share[:] *= 1.0 - scene.outlook.chance
    ENDS_OF.call(scene.ways, found.first, found.last)
    return found


def worth_of(scene: Scene, moves: Moves, odds: Odds, settings: Settings, seed: int, now: int) -> Worth:
    """What these moves are worth; `seed` begins the numbers of the futures."""
    if not moves.lines.size:
        return Worth(0, 0, np.zeros(3, "i8"), np.zeros(3, "i8"), np.zeros(settings.futures, "i8"))
    value, on_time, tallies = np.zeros(1, "i8"), np.zeros(3, "i8"), np.zeros(settings.futures, "i8")
    at = scene.at[moves.lines]
    for sign, places in ((1, at), (-1, moves.to)):
        told = np.zeros(3, "i8")
        SIDE.call(scene.wants, scene.ways, moves.lines, places, odds, settings.money, now, seed,
                  sign, value, told, tallies)  # fmt: skip
        on_time -= told
    priority = np.minimum(scene.wants["priority"][moves.lines], 2)
    gain = np.array([moves.gain[priority == p].sum() for p in range(3)], "i8")
    loads = scene.wants["loads"][moves.lines]
    moving = value[0] - freight(scene, moves.to, loads) + freight(scene, at, loads) - gain.sum()
    tallies -= moving
    kept = int((at == NOWHERE).sum() - (moves.to == NOWHERE).sum())
    return Worth(int(value[0]), kept, on_time, gain, tallies)


def freight(scene: Scene, places: Any, loads: Any) -> int:
    """Cents of freight of so many loads on these legs."""
    there = places != NOWHERE
    return int((scene.ways["freight"][places[there]] * loads[there]).sum())


def expiry(scene: Scene, moves: Moves, money: Money) -> int:
    """The last moment at which all moves can be made: before pickers have a line, or it misses its leg; -1: any."""
    if not moves.lines.size:
        return -1
    wants, frm, to = scene.wants[moves.lines], scene.at[moves.lines], moves.to
    leaves = frm[(frm != NOWHERE) & (wants["stand"] == BOOKED)]
    lead = np.where(wants["stand"] == STAGED, money.cutoff_lead, money.pick_lead)
    lead[(wants["stand"] == BOOKED) & (wants["is_off"] == 0)] = max(money.release_lead, money.pick_lead)
    there = to != NOWHERE
    moments = [scene.ways["dep"][leaves] - money.release_lead, scene.ways["dep"][to[there]] - lead[there]]
    return int(np.concatenate(moments).min(initial=1 << 62))
