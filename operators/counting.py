"""Counting: what key figures are made from, kept up to date from the rows that change.

A cell is one window of one site (UNKNOWN: of the whole network). What a leg or a line has been counted
as is kept beside it, so that it can be taken out again when it changes: nothing is ever counted from the beginning.
"""

from typing import Final, NamedTuple

import numpy as np

from operators.orders import CANCELLED, DELIVERED, NOWHERE
from operators.windows import DAY_S, TREND_S, day_of, trend_of
from tower import clock
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, T, find, kernel, upsert

PLANNED, DEPARTED, OFF, ARRIVED, DUE, ON_TIME, OPENED, EVENTS, LATE = range(9)
ONCE: Final = 1
BINS: Final = 129
KEEP_DAY: Final = clock.LATENESS + 3 * clock.DAY
KEEP_TREND: Final = 7 * clock.HOUR
SHORTEST_DAY: Final = 22 * clock.HOUR


def unknown(names: str, times: str, *others: tuple[str, str]) -> np.ndarray:
    """A row in which these ids and moments are unknown and the rest is 0."""
    ids, moments = names.split(), times.split()
    row = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), *((n, "<u8") for n in ids),
                                *((n, "<i8") for n in moments), *others]))  # fmt: skip
    for name in ids:
        row[name] = UNKNOWN
    for name in ("keep_until", *moments):
        row[name] = -1
    return row


LEG: Final = unknown("site dest", "day flew_day came_day flew_at came_at off_at bin",
                     ("planned", "|u1"), ("left", "|u1"), ("off", "|u1"))  # fmt: skip
"""What a leg is counted as: the starts of the windows it counts in, -1 where it does not."""
LINE: Final = unknown("site", "day", ("on_time", "|u1"), ("cents", "<i8"))
"""What a line is counted as: due in a day, on time, and with how many cents at risk."""
PLACE: Final = unknown("", "", ("lines_at_risk", "<i8"), ("cents", "<i8"), ("has_lines", "|u1"), ("waiting", "<i8"),
                       ("doors", "<i8"), ("in_use", "<i8"), ("closed", "<i8"), ("has_gate", "|u1"))  # fmt: skip
"""How a site stands now."""


CELL: Final = unknown("site", "start window_s", ("plan", "<f8"), ("is_dirty", "|u1"), ("late", "<i4"))
"""`late`: how many of its legs have a lateness."""
CELL["plan"] = 1.0
TALLY: Final = unknown("", "", ("n", "<i8"))
"""One count of a cell: by the cell's key and what is counted."""


class Counts(NamedTuple):
    """Where is counted; days and tenths of an hour that started before these moments are not counted any more."""

    cells: T
    tallies: T
    places: T
    starts: np.ndarray
    oldest_day: int
    oldest_trend: int


@kernel
def cell_key(site, start, window_s):
    """The key of a cell."""
    return pair(pair(site, np.uint64(start)), np.uint64(window_s))


@kernel
def cell_at(cells, site, start, window_s):
    """The row of a cell, made if new."""
    key = cell_key(site, start, window_s)
    i = find(cells, key)
    if i < 0:
        i = upsert(cells, key)
        cells.rows[i].site, cells.rows[i].start, cells.rows[i].window_s = site, start, window_s
        cells.rows[i].keep_until = start + (KEEP_DAY if window_s == DAY_S else KEEP_TREND)
    return i


@kernel
def count_of(tallies, cell, what):
    """How often that was counted in a cell."""
    i = find(tallies, pair(cell, np.uint64(what)))
    return tallies.rows[i].n if i >= 0 else 0


@kernel
def bump(counts, site, start, window_s, what, by):
    """So many more in a window of a site and of the network; -1 is no window. What is taken out may be gone."""
    if start < 0 or by == 0:
        return
    for place in (site, UNKNOWN):
        i = find(counts.cells, cell_key(place, start, window_s))
        if i < 0 and by > 0:
            i = cell_at(counts.cells, place, start, window_s)
        if i >= 0:
            cell = counts.cells.rows[i]
            k = upsert(counts.tallies, pair(cell.key, np.uint64(what)))
            counts.tallies.rows[k].n += by
            counts.tallies.rows[k].keep_until = cell.keep_until
            cell.is_dirty = 1
            cell.late += by if what >= LATE else 0
        if site == UNKNOWN:
            break


@kernel
def bin_of(minutes):
    """The bin of a lateness: up to 0, then minutes to 60, fives to 300, fifteens to 600, later; -1 if unknown."""
    if not minutes > 0:
        return np.int64(0) if minutes <= 0 else np.int64(-1)
    if minutes <= 60:
        return np.int64(np.ceil(minutes))
    if minutes <= 300:
        return 60 + np.int64(np.ceil((minutes - 60) / 5))
    return 108 + min(np.int64(np.ceil((minutes - 300) / 15)), np.int64(BINS - 109))


@kernel
def edge_of(b):
    """The upper edge of a bin, in minutes; 600 also stands for more."""
    if b <= 60:
        return float(b)
    return 60.0 + (b - 60) * 5.0 if b <= 108 else 300.0 + (b - 108) * 15.0


@kernel
def p90(tallies, cell):
    """The least edge that nine of ten do not exceed; NaN of none."""
    rank = (cell.late * 9 + 9) // 10
    for b in range(BINS if cell.late > 0 else 0):
        rank -= count_of(tallies, cell.key, LATE + b)
        if rank <= 0:
            return edge_of(b)
    return np.nan


@kernel
def shift(counts, window_s, what, before, now):
    """Count in another window, or otherwise in the same one: (site, start of its window, how often) before and now."""
    if before[0] == now[0] and before[1] == now[1]:
        bump(counts, now[0], now[1], window_s, what, now[2] - before[2])
    else:
        bump(counts, before[0], before[1], window_s, what, -before[2])
        bump(counts, now[0], now[1], window_s, what, now[2])


@kernel
def shift_late(counts, window_s, before, now):
    """The same for a lateness: (site, start of its window, bin)."""
    if before != now:
        if before[2] >= 0:
            bump(counts, before[0], before[1], window_s, LATE + before[2], -1)
        if now[2] >= 0:
            bump(counts, now[0], now[1], window_s, LATE + now[2], 1)


@kernel
def move_leg(counts, a, b):
    """Count a leg as b that was counted as a: only what differs costs a look-up."""
    shift(counts, DAY_S, PLANNED, (a.site, a.day, np.int64(a.planned)), (b.site, b.day, np.int64(b.planned)))
    shift(counts, DAY_S, DEPARTED, (a.site, a.day, np.int64(a.left)), (b.site, b.day, np.int64(b.left)))
    shift(counts, DAY_S, OFF, (a.site, a.day, np.int64(a.off)), (b.site, b.day, np.int64(b.off)))
    shift_late(counts, DAY_S, (a.site, a.flew_day, a.bin), (b.site, b.flew_day, b.bin))
    shift_late(counts, TREND_S, (a.site, a.flew_at, a.bin), (b.site, b.flew_at, b.bin))
    shift(counts, TREND_S, DEPARTED, (a.site, a.flew_at, ONCE), (b.site, b.flew_at, ONCE))
    shift(counts, TREND_S, OFF, (a.site, a.off_at, ONCE), (b.site, b.off_at, ONCE))
    shift(counts, DAY_S, ARRIVED, (a.dest, a.came_day, ONCE), (b.dest, b.came_day, ONCE))
    shift(counts, TREND_S, ARRIVED, (a.dest, a.came_at, ONCE), (b.dest, b.came_at, ONCE))


@kernel
def see_leg(counts, m, leg):
    """What a leg counts as; whether that is something else than before."""
    site, dest, day, bin_before = m.site, m.dest, m.day, m.bin
    flew_day, came_day, flew_at, came_at, off_at = m.flew_day, m.came_day, m.flew_at, m.came_at, m.off_at
    planned, left, off = m.planned, m.left, m.off
    m.site, m.dest, m.keep_until = leg.origin, leg.dest, leg.keep_until
    m.planned, m.left = leg.dep_planned >= 0, leg.departed_at >= 0
    m.off = leg.cancelled_at >= 0 and leg.departed_at < 0
    m.bin = bin_of(leg.late_min) if leg.departed_at >= 0 else -1
    m.day = counted_day(counts, leg.dep_planned if leg.dep_planned >= 0 else leg.departed_at, day)
    m.flew_day = counted_day(counts, leg.departed_at, flew_day)
    m.came_day = counted_day(counts, leg.arrived_at, came_day)
    m.flew_at = counted_trend(counts, leg.departed_at, flew_at)
    m.came_at = counted_trend(counts, leg.arrived_at, came_at)
    m.off_at = counted_trend(counts, leg.cancelled_at if m.off else -1, off_at)
    is_same = site == m.site and dest == m.dest and day == m.day and bin_before == m.bin and planned == m.planned
    is_same = is_same and flew_day == m.flew_day and came_day == m.came_day and flew_at == m.flew_at
    return not (is_same and came_at == m.came_at and off_at == m.off_at and left == m.left and off == m.off)


@kernel
def counted_day(counts, moment, had):
    """The day in which a moment is counted; -1 if in none. It goes on being counted in the one that it had."""
    if 0 <= had <= moment < had + SHORTEST_DAY:
        return had
    start = day_of(counts.starts, moment)
    return start if start >= counts.oldest_day or start == had else np.int64(-1)


@kernel
def counted_trend(counts, moment, had):
    """The tenth of an hour in which a moment is counted; -1 if in none."""
    start = trend_of(moment)
    return start if start >= counts.oldest_trend or start == had else np.int64(-1)


@kernel
def count_legs(counts, legs, numbers, memo, scratch):
    """Count these rows of legs as they are now, and no more as they were."""
    for i in numbers:
        leg = legs[i]
        m = memo.rows[upsert(memo, leg.key)]
        scratch[0] = m
        if see_leg(counts, m, leg):
            move_leg(counts, scratch[0], m)


@kernel
def stake(counts, site, lines, cents):
    """So many more lines and cents at risk at a site and in the network."""
    if lines == 0 and cents == 0:
        return
    for there in (site, UNKNOWN):
        place = counts.places.rows[upsert(counts.places, there)]
        place.has_lines = 1
        place.lines_at_risk += lines
        place.cents += cents
        if site == UNKNOWN:
            break


@kernel
def tally_line(counts, m, by):
    """Count a line in, or out."""
    bump(counts, m.site, m.day, DAY_S, DUE, by)
    bump(counts, m.site, m.day, DAY_S, ON_TIME, by * m.on_time)
    stake(counts, m.site, by * (m.cents > 0), by * m.cents)


@kernel
def move_line(counts, before, m):
    """Count a line otherwise that is due where and when it was."""
    bump(counts, m.site, m.day, DAY_S, ON_TIME, np.int64(m.on_time) - np.int64(before.on_time))
    stake(counts, m.site, np.int64(m.cents > 0) - np.int64(before.cents > 0), m.cents - before.cents)


@kernel
def is_on_time(line):
    """Whether a line was delivered by its promise or, still open, is expected by then."""
    if line.state == DELIVERED:
        return line.delivered_at <= line.promised_by
    return line.stranded_at < 0 and 0 <= line.expected_at <= line.promised_by


@kernel
def see_line(counts, m, line):
    """What a line counts as; whether that is something else. One that was cancelled, or never ordered, is not due."""
    site, day, on_time, cents = m.site, m.day, m.on_time, m.cents
    m.site, m.keep_until = line.ship_to, line.keep_until
    is_due = line.state != CANCELLED and line.state != NOWHERE and line.promised_by >= 0
    m.day = counted_day(counts, line.promised_by if is_due else -1, day)
    m.on_time = is_due and is_on_time(line)
    m.cents = max(line.risk_cents, 0)
    return not (site == m.site and day == m.day and on_time == m.on_time and cents == m.cents)


@kernel
def count_lines(counts, lines, numbers, memo, scratch):
    """Count these rows of lines as they are now, and no more as they were."""
    for i in numbers:
        line = lines[i]
        m = memo.rows[upsert(memo, line.key)]
        scratch[0] = m
        before = scratch[0]
        if not see_line(counts, m, line):
            continue
        if before.site == m.site and before.day == m.day:
            move_line(counts, before, m)
        else:
            tally_line(counts, before, -1)
            tally_line(counts, m, 1)


@kernel
def uncount(counts, legs, lines, nothing):
    """Take out all that is counted of legs and lines; `nothing` is a leg that counts nowhere."""
    for i in range(legs.meta[0]):
        move_leg(counts, legs.rows[i], nothing)
    for i in range(lines.meta[0]):
        tally_line(counts, lines.rows[i], -1)


@kernel
def count_opened(counts, said, now):
    """Count deviations that open, where they do."""
    for d in said:
        if d.status == 0:
            bump(counts, d.site, day_of(counts.starts, now), DAY_S, OPENED, 1)
            bump(counts, d.site, trend_of(now), TREND_S, OPENED, 1)


@kernel
def count_events(counts, events, moment):
    """Count so many events of the network in the windows of that moment."""
    bump(counts, UNKNOWN, day_of(counts.starts, moment), DAY_S, EVENTS, events)
    bump(counts, UNKNOWN, trend_of(moment), TREND_S, EVENTS, events)


@kernel
def look_at_gates(places, queues, doors):
    """Who waits, and which doors there are, at each site and in the network."""
    for i in range(places.meta[0]):
        p = places.rows[i]
        p.waiting, p.doors, p.in_use, p.closed = 0, 0, 0, 0
    for i in range(queues.meta[0]):
        for site in (queues.rows[i].key, UNKNOWN):
            p = places.rows[upsert(places, site)]
            p.has_gate = 1
            p.waiting += max(queues.rows[i].waiting, 0)
    for i in range(doors.meta[0]):
        door = doors.rows[i]
        for site in (door.site, UNKNOWN):
            p = places.rows[upsert(places, site)]
            p.has_gate = 1
            p.doors += 1
            p.in_use += door.occupants > 0
            p.closed += door.closed_at >= 0 and door.closed_at > door.opened_at
            if door.site == UNKNOWN:
                break


COUNT_LEGS, COUNT_LINES, COUNT_OPENED = Direct(count_legs), Direct(count_lines), Direct(count_opened)
