"""Stock lasts by the hours of the week in which it goes: a quiet weekend is counted as one."""

import numpy as np

from operators.expect.cover import (
    COVER,
    MEMORY,
    RECEIVED,
    SHAPE,
    SOONEST,
    end_bins,
    gone_at,
    last,
    pace,
    receive,
    soonest_of,
)
from tower import layouts
from tower.clock import DAY, HOUR, MINUTE
from tower.table import Table, upsert

MONDAY = 1_360_540_800_000
"""2013-02-11T00:00Z; weeks of the epoch begin on a Thursday."""
SITE = np.uint64(5)


def goes(moment: int) -> int:
    """Moves in a quarter of an hour: none at night or at the weekend."""
    day, hour = (moment - MONDAY) // DAY % 7, moment % DAY // HOUR
    return 8 if day < 5 and 8 <= hour < 18 else 0


def shapes(days: int) -> Table:
    """What a site has learned in so many days up to Monday."""
    table = Table(SHAPE)
    table.begin(1, 1)
    i = upsert(table.t, SITE)
    for moment in range(MONDAY - days * DAY, MONDAY, 15 * MINUTE):
        table.t.rows[i]["count"], table.t.rows[i]["last_at"] = goes(moment), moment
        end_bins(table.t, np.array([i]), moment + 15 * MINUTE)
    return table


def cell(first: int) -> np.void:
    """Of that site, of which something has gone since."""
    row = COVER.copy()
    row["site"], row["first_at"] = SITE, first
    found: np.void = row[0]
    return found


def naive(units: float, pace: float, since: int, now: int) -> int:
    """Minute by minute: `pace` is units a minute in the faded mean since then."""
    back = np.arange(now, since, -MINUTE)
    share = np.exp((back - now) / MEMORY)
    mean = float((share * np.array([goes(int(m)) for m in back])).sum() / share.sum())
    moment = now
    while units > 0:
        units -= pace * goes(moment) / mean
        moment += MINUTE
    return moment


def test_what_is_left_on_friday_evening_lasts_over_the_weekend() -> None:
    table, friday = shapes(28), MONDAY + 4 * DAY + 18 * HOUR
    told = gone_at(table.t, cell(friday - 9 * DAY), 120.0, 0.02 / MINUTE, friday)
    flat = friday + 120 / 0.02 * MINUTE
    wanted = naive(120.0, 0.02, friday - 9 * DAY, friday)
    worked = [m for m in range(min(told, wanted), max(told, wanted), MINUTE) if goes(m)]
    assert len(worked) < 150
    assert told > MONDAY + 7 * DAY + 8 * HOUR
    assert told > flat + DAY  # two days of the pace were working days
    monday = MONDAY + 7 * DAY + 9 * HOUR
    soon = gone_at(table.t, cell(monday - 9 * DAY), 20.0, 0.02 / MINUTE, monday)
    assert abs(soon - naive(20.0, 0.02, monday - 9 * DAY, monday)) < HOUR
    assert soon < monday + 20 / 0.02 * MINUTE


def test_before_two_days_were_seen_it_goes_at_its_pace() -> None:
    table = shapes(1)
    assert gone_at(table.t, cell(MONDAY - DAY), 60.0, 0.02 / MINUTE, MONDAY) == MONDAY + 3000 * MINUTE


def test_the_last_unit_goes_with_a_whole_move() -> None:
    """Ten units go a day and a half apart: one that is left is not gone in some hours, nothing that is left is."""
    table, supply, c = shapes(1), Table(layouts.blank("supply")), cell(MONDAY - 10 * DAY)
    c["at"], c["units"], c["moves"] = MONDAY, 40.0, 4.0
    for free, short_h in ((11, 0.0), (1, 0.0), (0, SOONEST / HOUR)):
        c["free"] = free
        last(c, pace(c, MONDAY), supply.t, MONDAY, table.t)
        assert c["short_h"] == short_h
    assert c["out_at"] == MONDAY


def test_more_can_come_as_soon_as_a_tenth_of_orders_did_once_ten_have_come() -> None:
    """Two of ten orders take a day, the others three: after many, more can come in a day, and not in half of one."""
    table, supply = Table(SHAPE), Table(layouts.blank("supply"))
    for one in (table, supply):
        one.begin(1, 1)
    upsert(table.t, SITE)
    order = supply.t.rows[upsert(supply.t, np.uint64(3))]
    order["site"], order["ordered_at"] = SITE, MONDAY
    heads, rows = layouts.empty("event", 1), layouts.empty("supply_move", 1)
    heads["kind"], heads["subject"], rows["event"] = RECEIVED, 3, 0
    leads = []
    for n in range(400):
        heads["at"] = MONDAY + (1 if n % 10 < 2 else 3) * DAY
        receive(rows, heads, np.ones(1, "u1"), supply.t, table.t)
        leads.append(int(soonest_of(table.t, SITE)))
    assert leads[:9] == [SOONEST] * 9
    assert 0.7 * DAY < np.mean(leads[200:]) < 1.3 * DAY
