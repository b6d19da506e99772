"""Kpis: key figures of each site and of the network, by local day and by tenths of an hour; said once a minute at most.

What happened counts in the window of its moment; events and deviations in that of the log's. Of legs, what was planned,
departed, cancelled and stays open of a day is told by planned departure, so that these add up. How things stand (gates,
lines at risk, what is expected of today's promises) is told as of the end of each minute in which anything happened;
so is how loaded the operator is, which time alone changes too.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np

from operators import alarm_figures, alarm_load, counting
from operators.alarm_load import Load
from operators.counting import DEPARTED, DUE, EVENTS, OFF, ON_TIME, OPENED, PLANNED, Counts, cell_key, count_of, p90
from operators.figures import AT_RISK, CENTS, CLOSED, DOORS, IN_USE, LATE_P90, OPEN, RATIO, SAY_DAYS, WAITING, put
from operators.step import Step
from operators.windows import DAY_S, TREND_S, day_of, midnights, trend_of
from operators.work import ALL, Work, mask_of
from tower import clock, layouts
from tower.events import NUMBER
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel, look_at, upsert

NETWORK: Final = NUMBER["network.declared"]
OLDEST_DAY: Final = clock.LATENESS + 2 * clock.DAY
OLDEST_TREND: Final = 6 * clock.HOUR
ROOM_CELLS: Final = 14
"""A leg or line that changes may leave seven windows and enter seven."""
ROOM_SAID: Final = 20
STANDING: Final = mask_of(("doors", "queues"))
NOTHING_SAID: Final = layouts.empty("deviations")
LEGS, LINES, DOCUMENTS = mask_of(("legs",)), mask_of(("lines",)), mask_of(("document",))

PULSE: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("look_at", "<i8"), ("is_pending", "|u1"), ("accepted", "<i8"), ("day", "<i8"),
    ("declared_at", "<i8"), ("declared_event", "<u8"), ("zone", "|S64"),
]))  # fmt: skip
"""The one row that says when figures are due, and by which clock."""
for _name in ("look_at", "day", "declared_at"):
    PULSE[_name] = -1
PULSE["zone"] = b"UTC"


@kernel
def put_cell(counts, kpis, c, now):
    """Say what happened in a window: at a site what has ever been more than nothing, of the network everything."""
    is_day = c.window_s == DAY_S
    has_legs = is_day and count_of(counts.tallies, c.key, PLANNED) + count_of(counts.tallies, c.key, DEPARTED) > 0
    has_lines = is_day and count_of(counts.tallies, c.key, DUE) > 0
    for what in range(EVENTS + 1):
        if not is_day and what in (PLANNED, DUE, ON_TIME):
            continue
        n = count_of(counts.tallies, c.key, what)
        is_told = c.site == UNKNOWN or n > 0 or (has_legs and what <= OFF) or (has_lines and what in (DUE, ON_TIME))
        put(kpis, what, c.site, c.start, c.window_s, float(n) if is_told else np.nan, np.nan, now)
    put(kpis, LATE_P90, c.site, c.start, c.window_s, p90(counts.tallies, c), np.nan, now)
    if is_day:
        put_open(counts, kpis, c, c.start, DAY_S, now)


@kernel
def put_open(counts, kpis, c, start, window_s, now):
    """Say what is still to come of a day, and what is expected of its promises."""
    planned, departed = count_of(counts.tallies, c.key, PLANNED), count_of(counts.tallies, c.key, DEPARTED)
    if c.site == UNKNOWN or planned + departed > 0:
        still = planned - departed - count_of(counts.tallies, c.key, OFF)
        put(kpis, OPEN, c.site, start, window_s, float(still), np.nan, now)
    due, on_time = count_of(counts.tallies, c.key, DUE), count_of(counts.tallies, c.key, ON_TIME)
    if due > 0:
        put(kpis, RATIO, c.site, start, window_s, on_time / due, c.plan, now)
        if window_s != DAY_S:
            put(kpis, DUE, c.site, start, window_s, float(due), np.nan, now)
            put(kpis, ON_TIME, c.site, start, window_s, float(on_time), np.nan, now)


@kernel
def put_place(kpis, p, start, window_s, now):
    """Say how a site stands."""
    if p.has_gate:
        put(kpis, WAITING, p.key, start, window_s, float(p.waiting), np.nan, now)
        put(kpis, DOORS, p.key, start, window_s, float(p.doors), np.nan, now)
        put(kpis, IN_USE, p.key, start, window_s, float(p.in_use), np.nan, now)
        put(kpis, CLOSED, p.key, start, window_s, float(p.closed), np.nan, now)
    if p.has_lines:
        put(kpis, AT_RISK, p.key, start, window_s, float(p.lines_at_risk), np.nan, now)
        put(kpis, CENTS, p.key, start, window_s, float(p.cents), np.nan, now)


@kernel
def say(counts, kpis, now):
    """Say what has changed of windows that have begun, and how things stand at the end of the minute before now."""
    today, window = day_of(counts.starts, now - 1), trend_of(now - 1)
    cells, places = counts.cells, counts.places
    for i in range(cells.meta[0]):
        c = cells.rows[i]
        if not c.is_dirty or c.start >= now:
            continue
        c.is_dirty = 0
        if c.start > now - (SAY_DAYS if c.window_s == DAY_S else OLDEST_TREND):
            put_cell(counts, kpis, c, now)
    for i in range(places.meta[0]):
        p = places.rows[i]
        put_place(kpis, p, today, DAY_S, now)
        if p.has_gate or p.key == UNKNOWN:
            put_place(kpis, p, window, TREND_S, now)
            k = find(cells, cell_key(p.key, today, DAY_S))
            if k >= 0:
                put_open(counts, kpis, cells.rows[k], window, TREND_S, now)


@kernel
def plan_day(cells, tallies, day):
    """A day begins: what is expected of its promises now is the plan that it is measured against."""
    for i in range(cells.meta[0]):
        c = cells.rows[i]
        if c.start == day and c.window_s == DAY_S:
            due = count_of(tallies, c.key, DUE)
            c.plan = count_of(tallies, c.key, ON_TIME) / due if due > 0 else 1.0
            c.is_dirty = 1


@kernel
def carry(counts, cells, tallies, before, day):
    """Put what the log counted in one day into another."""
    for c in cells:
        for what in (OPENED, EVENTS):
            n = count_of(tallies, c.key, what)
            if c.start == before and n > 0:
                into = counts.cells.rows[counting.cell_at(counts.cells, c.site, day, DAY_S)]
                k = upsert(counts.tallies, pair(into.key, np.uint64(what)))
                counts.tallies.rows[k].n, counts.tallies.rows[k].keep_until = n, into.keep_until
                into.is_dirty = 1


@kernel
def accepted_by_now(ledger):
    """How many events have been accepted, of all sources."""
    total = 0
    for i in range(ledger.meta[0]):
        total += ledger.rows[i].accepted
    return total


@kernel
def tick(counts, load, kpis, pulse, ledger, queues, doors, now):
    """Say what was counted until now, and how things stand; then wait for what comes next, midnight at the latest."""
    row = pulse.rows[0]
    accepted = accepted_by_now(ledger)
    counting.count_events(counts, accepted - row.accepted, now - 1)
    row.accepted, row.is_pending = accepted, 0
    counting.look_at_gates(counts.places, queues, doors)
    day = day_of(counts.starts, now)
    if 0 <= row.day < day:
        plan_day(counts.cells, counts.tallies, day)
    row.day = day
    say(counts, kpis, now)
    alarm_figures.say_alarms(load, kpis, day_of(counts.starts, now - 1), trend_of(now - 1), now)
    midnight = counts.starts[np.searchsorted(counts.starts, now, side="right")]
    change = alarm_load.next_change(load, now)
    look_at(pulse, 0, min(midnight, change) if change >= 0 else midnight)


@kernel
def wait(pulse, now):
    """Something has happened: say so when the minute is over."""
    pulse.rows[0].is_pending = 1
    look_at(pulse, 0, now - now % clock.MINUTE + clock.MINUTE)


TICK, WAIT = Direct(tick), Direct(wait)


class Kpis(Step):
    """Table `kpis`; `cells`, `tallies`, `places`, `legs_counted`, `lines_counted`, `pulse`, `alarms_*` are its own."""

    publishes: ClassVar = ("kpis",)
    keeps: ClassVar = (("cells", counting.CELL), ("tallies", counting.TALLY), ("places", counting.PLACE),
                       ("legs_counted", counting.LEG), ("lines_counted", counting.LINE), ("pulse", PULSE),
                       *alarm_load.KEEPS)  # fmt: skip

    def __init__(
        self, saved: Mapping[str, bytes] | None, ledger: Table, legs: Table, lines: Table, doors: Table,
        queues: Table, incidents: Table, handling: Table,
    ) -> None:  # fmt: skip
        super().__init__(saved)
        self.ledger, self.legs, self.lines, self.doors, self.queues = ledger, legs, lines, doors, queues
        self.incidents, self.handling = incidents, handling
        self._timer = self.tables["pulse"]
        self._pulse: Any = self._timer.t.rows[upsert(self._timer.t, np.uint64(0))]
        self._is_pending = bool(self._pulse["is_pending"])
        self._cells, self._tallies, self._places = (self.tables[name] for name in ("cells", "tallies", "places"))
        self._legs, self._lines = self.tables["legs_counted"], self.tables["lines_counted"]
        self._alarms = [self.tables[name] for name, _ in alarm_load.KEEPS]
        upsert(self.tables["alarms_watch"].t, np.uint64(0))
        self._starts = midnights(self._pulse["zone"].decode())
        self._leg, self._line = counting.LEG.copy(), counting.LINE.copy()
        self.mask = ALL

    def apply(self, work: Work) -> None:
        """Count what was touched; say what is due."""
        if work.present & DOCUMENTS:
            self._declare(work)
        is_busy = self._count(work)
        if self._timer.due(work.now).size:
            self._say(work.now)
        is_busy |= self._hear(work)
        if is_busy and not self._is_pending:
            self._is_pending = True
            WAIT.call(self._timer.t, work.now)

    def _count(self, work: Work) -> bool:
        """Whether anything has happened."""
        is_busy = bool(work.heads.size or work.present & STANDING)
        if work.present & LEGS and (numbers := self.legs.touched()).size:
            counts, memo = self._room(numbers.size, work.now, self._legs), self._legs
            counting.COUNT_LEGS.call(counts, self.legs.t.rows, numbers, memo.t, self._leg)
            is_busy = True
        if work.present & LINES and (numbers := self.lines.touched()).size:
            counts, memo = self._room(numbers.size, work.now, self._lines), self._lines
            counting.COUNT_LINES.call(counts, self.lines.t.rows, numbers, memo.t, self._line)
            is_busy = True
        if (out := work.outs.get("deviations")) is not None:
            said = out.rows[: out.used[0]]
            counting.COUNT_OPENED.call(self._room(said.size, work.now), said, work.now)
            is_busy = True
        return is_busy

    def _hear(self, work: Work) -> bool:
        """Whether anything was told, ended or put off: it counts as of now, and so is not in what is said by now."""
        out, handled = work.outs.get("deviations"), self.handling.touched()
        said = [*work.found.get("deviations", ()), *(() if out is None else (out.rows[: out.used[0]],))]
        if not said and not handled.size:
            return False
        began = self.incidents.touched()
        for rows in said or [NOTHING_SAID]:
            load = self._load(rows.size + began.size, handled.size)
            alarm_load.HEAR.call(load, rows, self.incidents.t, began, self.handling.t, handled, work.now)
        return True

    def _load(self, told: int, handled: int) -> Load:
        """The alarm load, with room for so many more that are told, and so many on which people act."""
        for table in self._alarms[:4]:
            table.reserve(told)
        self.tables["alarms_shelved"].reserve(handled)
        return Load(*(table.t for table in self._alarms))

    def activate(self, work: Work) -> None:
        """Another build may say of deviations that they are over."""
        self._hear(work)
        super().activate(work)

    def _room(self, rows: int, now: int, memo: Table | None = None) -> Counts:
        """Where to count so many rows."""
        self._cells.reserve(ROOM_CELLS * rows)
        self._tallies.reserve(ROOM_CELLS * rows)
        self._places.reserve(2 * rows)
        if memo is not None:
            memo.reserve(rows)
        return Counts(self._cells.t, self._tallies.t, self._places.t, self._starts, now - OLDEST_DAY,
                      now - OLDEST_TREND)  # fmt: skip

    def _say(self, now: int) -> None:
        """Say what is due."""
        counts = self._room(1 + len(self.queues) + len(self.doors), now)
        kpis, dirty = self.tables["kpis"], int(np.count_nonzero(self._cells.rows["is_dirty"]))
        kpis.reserve(ROOM_SAID * (dirty + len(self._cells) * self._begins(now) + 2 * len(self._places) + 6))
        kpis.reserve(alarm_figures.ROOM)
        self._is_pending = False
        TICK.call(counts, self._load(0, 0), kpis.t, self._timer.t, self.ledger.t, self.queues.t, self.doors.t, now)

    def _begins(self, now: int) -> bool:
        """Whether a day begins."""
        return int(self._pulse["day"]) < int(day_of(self._starts, now))

    def _declare(self, work: Work) -> None:
        """The newest declaration of the network that names a zone says where its days begin."""
        for head, _, said in work.documents(NETWORK):
            rank, zone = (int(head["at"]), int(head["id"])), said.get("tz")
            known = int(self._pulse["declared_at"]), int(self._pulse["declared_event"])
            if not isinstance(zone, str) or rank < known:
                continue
            self._pulse["declared_at"], self._pulse["declared_event"] = rank
            if zone.encode()[:64] != self._pulse["zone"]:
                self._pulse["zone"] = zone.encode()[:64]
                self._move_days(midnights(zone), work.now)

    def _move_days(self, starts: np.ndarray, now: int) -> None:
        """Count by other midnights. What the log counted today stays counted today."""
        cells, tallies, memos = self._cells, self._tallies, (self._legs, self._lines)
        counting.uncount(self._room(1, now), memos[0].t, memos[1].t, counting.LEG[0])
        before, self._starts = int(day_of(self._starts, now)), starts
        self._pulse["day"] = day_of(starts, now)
        days = cells.rows[cells.rows["window_s"] == DAY_S].copy()
        self.tables["kpis"].rows["keep_until"][self.tables["kpis"].rows["window_s"] == DAY_S] = 0
        for table, chosen in ((cells, cells.rows["window_s"] == DAY_S), *((m, np.s_[:]) for m in memos)):
            table.rows["keep_until"][chosen] = 0
            table.evict(1)
        counted = Table(tallies.blank, tallies.rows.copy())
        carry(self._room(days.size, now), days, counted.t, before, int(self._pulse["day"]))
        self._count_all(now)

    def _count_all(self, now: int) -> None:
        legs, lines = np.arange(len(self.legs), dtype="i4"), np.arange(len(self.lines), dtype="i4")
        counts = self._room(legs.size, now, self._legs)
        counting.COUNT_LEGS.call(counts, self.legs.t.rows, legs, self._legs.t, self._leg)
        counts = self._room(lines.size, now, self._lines)
        counting.COUNT_LINES.call(counts, self.lines.t.rows, lines, self._lines.t, self._line)
