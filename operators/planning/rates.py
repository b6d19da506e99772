"""Rates: what lanes cost, as declared, and how many legs fly that are to, by origin and lead time."""

from typing import Any, Final

import numpy as np

from operators.work import Work
from tower import clock
from tower.events import NUMBER
from tower.ids import UNKNOWN, pairs
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel, upsert

LANE: Final = NUMBER["lane.declared"]
LEADS: Final = np.array([2, 4, 8, 16, 32, 64]) * clock.HOUR
"""Lead times are told apart by these."""
OVER: Final = 6 * clock.HOUR
"""So long after it was to leave, a leg is counted: cancelled ones no sooner than those that flew."""
PRIOR_FLOWN, PRIOR_LOST = 49.0, 1.0
"""What is believed before anything was counted: one leg in fifty is cancelled."""
FADES: Final = 0.96
"""What was counted an hour ago counts so much less: a storm is seen within hours, and forgotten in days."""


def declare(work: Work, rates: Table) -> bool:
    """Take in what lanes cost: of each the newest declaration; whether any has come."""
    found = False
    for head, _, said in work.documents(LANE):
        origin, dest = (work.id_of("site", said.get(end)) for end in ("origin", "dest"))
        guide = [g for g in said.get("guide") or () if isinstance(g, dict) and is_cents(g.get("load_cents"))]
        lane = pairs(np.array(origin, "u8"), np.array(dest, "u8"))
        rates.reserve(len(guide) + 1)
        least = min((g["load_cents"] for g in guide), default=0)
        for carrier, cents in [(None, least), *((g.get("carrier"), g["load_cents"]) for g in guide)]:
            code = int(UNKNOWN) if carrier is None else work.id_of("carrier", str(carrier))
            key = np.uint64(pairs(lane, np.array(code, "u8")))
            put(rates.t.rows[upsert(rates.t, key)], head, cents)
        found = True
    return found


def is_cents(said: object) -> bool:
    """Whether that is an amount."""
    return type(said) is int and 0 <= said <= 1 << 22


def put(row: Any, head: np.void, cents: int) -> None:
    """The newest declaration counts."""
    if (int(head["at"]), int(head["id"])) >= (int(row["at"]), int(row["event"])):
        row["at"], row["event"], row["cents"] = head["at"], head["id"], cents


@kernel
def count_over(ways, flown, before):
    """Count legs that were to leave long enough ago, and let them go."""
    for i in range(flown.meta[0]):
        flown.rows[i].flown *= FADES
        flown.rows[i].lost *= FADES
    for i in range(ways.meta[0]):
        way = ways.rows[i]
        planned = way.dep_planned if way.dep_planned >= 0 else way.dep
        if way.is_open or way.keep_until >= 0 or planned + OVER >= before:
            continue
        way.keep_until = 0
        notice = planned - way.cancelled_at if way.cancelled_at >= 0 else np.int64(-1)
        for b in range(LEADS.size):
            if way.departed_at >= 0 or notice < LEADS[b]:
                row = flown.rows[upsert(flown, pair(way.origin, np.uint64(b)))]
                if way.departed_at >= 0:
                    row.flown += 1.0
                elif way.cancelled_at >= 0:
                    row.lost += 1.0


COUNT_OVER: Final = Direct(count_over)


def count(ways: Table, flown: Table, before: int) -> None:
    """Count legs that are over."""
    if len(ways):
        flown.reserve(LEADS.size * np.unique(ways.rows["origin"]).size)
        COUNT_OVER.call(ways.t, flown.t, before)


@kernel
def survival(flown, ways, now, share):
    """Fill share (m,): how likely each leg flies, by what flew of those from there that were so far off."""
    for j in range(ways.size):
        b = 0
        while b < LEADS.size - 1 and ways[j].dep - now > LEADS[b]:
            b += 1
        r = find(flown, pair(ways[j].origin, np.uint64(b)))
        up, down = PRIOR_FLOWN, PRIOR_LOST
        if r >= 0:
            up, down = up + flown.rows[r].flown, down + flown.rows[r].lost
        share[j] = up / (up + down)


SURVIVAL: Final = Direct(survival)
