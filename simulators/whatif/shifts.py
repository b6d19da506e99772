"""Shifts: what is other for whom under another plan: lines that go another way, in groups, who gains and who pays."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.prices import Prices
from simulators.scenarios.sources.carriers import NOTHING
from simulators.scenarios.week import Week
from simulators.whatif.days import Day
from simulators.whatif.figures import counted
from simulators.whatif.moves import moves
from simulators.whatif.scores import CLASSES, Fate, costs
from tower.clock import MINUTE, moment

SAMPLES: Final = 3
GROUPS_MOST: Final = 8
NOWHERE: Final = "nowhere"
ZONE_H: Final = -5
"""New York in winter: as which a leg's hour is told."""


class Ended(NamedTuple):
    """How one run ended: its week, what became of each line, cents of each line."""

    week: Week
    fate: Fate
    cents: np.ndarray


def ended(week: Week, told: np.ndarray, fate: Fate, prices: Prices) -> Ended:
    """How a run ended."""
    return Ended(week, fate, np.sum(list(costs(week, fate, moves(week, told), prices).values()), axis=0))


def shifts(base: Ended, other: Ended, day: Day) -> dict[str, Any]:
    """What differs between two runs with the same luck, of the lines that both have and that are counted."""
    which = np.flatnonzero(counted(base.week, day))
    before, after = last_leg(base)[which], last_leg(other)[which]
    gain = base.cents[which] - other.cents[which]
    changed = np.flatnonzero(before != after)
    ways = way(base.week, other.week, before[changed], after[changed])
    return {
        "lines": int(which.size), "changed": int(changed.size), "unchanged": int(which.size - changed.size),
        **grouped(ways, base, other, which[changed], gain[changed]),
        "gain_by": {
            "class": {name: int(gain[base.week.lines.priority[which] == i].sum()) for i, name in enumerate(CLASSES)},
            "hub": by_hub(base.week, np.where(before == NOTHING, after, before), gain),
        },
    }  # fmt: skip


def last_leg(one: Ended) -> np.ndarray:
    """The leg on which each line arrived, NOTHING where it never did."""
    found: np.ndarray = np.where(one.fate.arrived == NOTHING, NOTHING, one.fate.leg)
    return found


def way(was: Week, now: Week, before: np.ndarray, after: np.ndarray) -> list[str]:
    """What kind of change each is."""
    from_hub, to_hub = hubs(was, before), hubs(now, after)
    later = leaves(now, after) > leaves(was, before)
    return [kind(a, b, is_later=bool(c)) for a, b, c in zip(from_hub, to_hub, later.tolist(), strict=True)]


def kind(before: str, after: str, *, is_later: bool) -> str:
    """A group's title.

    >>> kind("EWR", "JFK", is_later=False), kind("nowhere", "EWR", is_later=False)
    ('EWR -> JFK', 'undelivered -> from EWR')
    """
    if before == NOWHERE:
        return f"undelivered -> from {after}"
    if after == NOWHERE:
        return f"from {before} -> undelivered"
    if before != after:
        return f"{before} -> {after}"
    return f"{before}, {'a later' if is_later else 'an earlier'} leg"


def grouped(ways: list[str], base: Ended, other: Ended, lines: np.ndarray, gain: np.ndarray) -> dict[str, Any]:
    """The groups that matter most in money, and how many lines are in all others."""
    names, of = np.unique(np.array(ways, "U40"), return_inverse=True)
    value = np.bincount(of, gain, len(names))
    order = np.argsort(-np.abs(value), kind="stable")
    groups = [group(str(names[i]), base, other, lines[of == i], gain[of == i]) for i in order[:GROUPS_MOST]]
    left = np.isin(of, order[GROUPS_MOST:])
    return {"groups": groups, "others": {"groups": len(order[GROUPS_MOST:]), "lines": int(left.sum()),
                                         "value_cents": int(gain[left].sum())}}  # fmt: skip


def group(title: str, base: Ended, other: Ended, lines: np.ndarray, gain: np.ndarray) -> dict[str, Any]:
    """One group: what it is worth, and the lines of it that gain or lose most."""
    found = [move(base, other, int(lines[i]), int(gain[i])) for i in samples(base, other, lines, gain)]
    return {"title": title, "lines": int(lines.size), "value_cents": int(gain.sum()), "moves": found,
            "more": int(lines.size - len(found))}  # fmt: skip


def samples(base: Ended, other: Ended, lines: np.ndarray, gain: np.ndarray) -> list[int]:
    """Which lines of a group show it best: those that gain or lose most, each pair of legs once."""
    first, seen = [], set()
    for i in np.argsort(-np.abs(gain), kind="stable").tolist():
        legs = int(base.fate.leg[lines[i]]), int(other.fate.leg[lines[i]])
        if legs not in seen:
            seen.add(legs)
            first.append(i)
        if len(first) == SAMPLES:
            break
    return first


def move(base: Ended, other: Ended, line: int, gain: int) -> dict[str, Any]:
    """One line, before and after."""
    lines = base.week.lines
    return {
        "line": f"{lines.order[line]}/{lines.line[line]}", "class": CLASSES[lines.priority[line]], "gain_cents": gain,
        "before": leg_told(base, line), "before_outcome": outcome(base, line),
        "after": leg_told(other, line), "outcome": outcome(other, line),
    }  # fmt: skip


def leg_told(one: Ended, line: int) -> str:
    """The leg on which a line arrived: its name and when it left, in New York."""
    leg = int(last_leg(one)[line])
    if leg == NOTHING:
        return "no leg"
    left = moment(int(one.week.legs.departed[leg]) + ZONE_H * 60 * MINUTE)
    carrier, _, _ = one.week.legs.names[leg].partition("-")
    return f"{carrier} {one.week.legs.origin[leg]}-{one.week.legs.dest[leg]} {left:%a %H:%M}"


def outcome(one: Ended, line: int) -> str:
    """How it ended for a line."""
    arrived, promise = int(one.fate.arrived[line]), int(one.week.lines.promise[line])
    if arrived == NOTHING:
        return "undelivered"
    late = (arrived - promise + MINUTE - 1) // MINUTE
    return "on time" if late <= 0 else f"{late} min late" if late < 120 else f"{late / 60:.1f} h late"


def hubs(week: Week, legs: np.ndarray) -> list[str]:
    """From where each leg leaves."""
    return [NOWHERE if leg == NOTHING else week.legs.origin[leg] for leg in legs.tolist()]


def leaves(week: Week, legs: np.ndarray) -> np.ndarray:
    """When each leg leaves; far away for none."""
    found: np.ndarray = np.where(legs == NOTHING, 1 << 60, week.legs.departed[np.maximum(legs, 0)])
    return found


def by_hub(week: Week, legs: np.ndarray, gain: np.ndarray) -> dict[str, int]:
    """Cents by the hub that lines left from, those that never left without one last."""
    names = np.array(hubs(week, legs), "U8")
    return {str(name): int(gain[names == name].sum()) for name in sorted(set(names.tolist()))}
