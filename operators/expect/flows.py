"""Flows: what comes to each site in a quarter of an hour, beside what is usual: visits at the gate, dockings, orders.

Counted is when the log hears of it, so that silence counts too. What is told an hour and more after it happened is no
news of now, and counts nowhere.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.expect import cusum, usual
from operators.expect.usual import BIN, DAY_BINS
from operators.step import Step
from operators.work import Work
from tower import clock
from tower.events import NUMBER
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel, look_at, touch, upsert

ARRIVALS, DOCKINGS, ORDERS = range(3)
ARRIVED, DOCKED, PLACED = NUMBER["visit.arrived"], NUMBER["visit.docked"], NUMBER["order.placed"]
NEWS: Final = clock.HOUR
ENOUGH: Final = 7 * DAY_BINS
"""Quarters of an hour of which nothing is said yet: nobody knows a day of the week that he has not seen."""
FORGOTTEN: Final = 14 * clock.DAY
FROZEN: Final = clock.DAY
"""What looks odd teaches nothing, what has shifted for so long: from then on it is the new usual."""
LIMIT: Final = 9.351753
"""ln(4 * 2880): of the four sums of a site none is wrong oftener than once in 30 days."""
FLOW: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("what", "|u1"), ("site", "<u8"), ("count", "<i8"),
    ("position", "<i8"), ("last_at", "<i8"), *usual.PROFILE, *((n, t, (cusum.SUMS,)) for n, t in (
        ("sums", "<f8"), ("began", "<i8"), ("seen", "<f8"), ("wanted", "<f8"))),
    ("shift", "<f8"), ("shifted_at", "<i8"), ("since", "<i8"), ("usual", "<f8"), ("waiting", "<i8"),
]))  # fmt: skip
"""`shift`: by what share of the usual there is more (or less, below 0) since `since`; 0: no more than chance explains.
`usual`: expected in the quarter that is over; `waiting`: visits at the gate without a door at its end."""
for _name in ("keep_until", "look_at", "last_at", "shifted_at", "since"):
    FLOW[_name] = -1
FLOW["site"] = UNKNOWN
usual.unseen(FLOW)


@kernel
def count(flows, what, site, now, position):
    """One more."""
    i = upsert(flows, pair(np.uint64(what), site))
    flow = flows.rows[i]
    if flow.look_at < 0:
        flow.what, flow.site, flow.keep_until = what, site, -1
        look_at(flows, i, now - now % BIN + BIN)
    flow.count, flow.position, flow.last_at = flow.count + 1, position, now


@kernel
def count_visits(rows, heads, ok, now, position, visits, flows):
    """Visits that come to the gate, and to a door."""
    for j in range(rows.size):
        h = heads[rows[j].event]
        if not ok[rows[j].event] or (h.kind != ARRIVED and h.kind != DOCKED) or h.at < now - NEWS:
            continue
        k = find(visits, h.subject)
        if k >= 0 and visits.rows[k].site != UNKNOWN:
            what = ARRIVALS if h.kind == ARRIVED else DOCKINGS
            count(flows, what, visits.rows[k].site, now, position + rows[j].event)


@kernel
def count_orders(rows, heads, ok, now, position, flows):
    """Orders, where they are to go."""
    for j in range(rows.size):
        h = heads[rows[j].event]
        if ok[rows[j].event] and h.kind == PLACED and rows[j].ship_to != UNKNOWN and h.at >= now - NEWS:
            count(flows, ORDERS, rows[j].ship_to, now, position + rows[j].event)


@kernel
def end_bin(flow, moment):
    """Judge and learn the quarter of an hour that ends at `moment`; whether there is anything to say."""
    start, had_shifted = moment - BIN, flow.shift != 0.0
    flow.usual = usual.usual(flow, start)
    if flow.bins >= ENOUGH:
        cusum.hear_counts(flow, flow.count, flow.usual, max(flow.spread, 1.0), LIMIT, start)
        way, j = cusum.judge_counts(flow, LIMIT)
        if way == 0:
            flow.shift, flow.shifted_at = 0.0, -1
        else:
            flow.shifted_at = moment if not had_shifted else flow.shifted_at
            flow.shift, flow.since = flow.seen[j] / max(flow.wanted[j], 0.01) - 1.0, flow.began[j]
    is_odd = cusum.is_odd(flow, LIMIT)
    if not is_odd or (flow.shift != 0.0 and moment - flow.shifted_at > FROZEN):
        usual.learn(flow, start, flow.count, flow.usual)
    flow.count = 0
    return had_shifted or flow.shift != 0.0


@kernel
def end_bins(flows, numbers, queues, moment):
    """End the quarter of an hour of each; what nothing came to for weeks is forgotten."""
    for i in numbers:
        flow = flows.rows[i]
        k = find(queues, flow.site)
        flow.waiting = max(queues.rows[k].waiting, 0) if k >= 0 else 0
        if end_bin(flow, moment):
            touch(flows, i)
        is_over = moment - flow.last_at > FORGOTTEN and flow.shift == 0.0
        flow.keep_until = moment if is_over else -1
        look_at(flows, i, np.int64(-1) if is_over else moment + BIN)


COUNT_VISITS, COUNT_ORDERS, END_BINS = Direct(count_visits), Direct(count_orders), Direct(end_bins)


class Flows(Step):
    """Table `flows`, never told: one row a site and what comes to it."""

    families: ClassVar = ("visit", "order")
    keeps: ClassVar = (("flows", FLOW),)

    def __init__(self, saved: Mapping[str, bytes] | None, visits: Table, queues: Table) -> None:
        super().__init__(saved)
        self.visits, self.queues, self.flows = visits, queues, self.tables["flows"]

    def run(self, work: Work) -> None:
        """Quarters that are over first, then what has come."""
        if (due := self.flows.due(work.now)).size:
            END_BINS.call(self.flows.t, due, self.queues.t, work.now)
        if (rows := work.rows("visit")).size:
            COUNT_VISITS.call(rows, work.heads, work.ok, work.now, work.position(), self.visits.t, self.flows.t)
        if (rows := work.rows("order")).size:
            COUNT_ORDERS.call(rows, work.heads, work.ok, work.now, work.position(), self.flows.t)
