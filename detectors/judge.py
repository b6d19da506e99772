"""Judge: turns signals into deviations, with hysteresis, delays and severities, the same for all rules."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final

import numpy as np

from detectors.rule import RULE, Detector
from detectors.signals import SIGNAL
from operators.step import Step
from operators.work import ALL, BITS, Work, mask_of
from tower import clock, ids, layouts
from tower.pairing import pair
from tower.table import Direct, Out, Table, emit, find, kernel, look_at, touch, upsert

OPENED, CHANGED, CLOSED, WITHDRAWN = range(4)
NONE, ADVISORY, WARNING, CRITICAL = range(4)
CLEAR, ACTIVE = 0, 1
NO_MOMENT: Final = -1
NOTHING_TAKEN: Final = np.zeros(0, "i8")
KEEP: Final = clock.LATENESS + clock.DAY

ALARM: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("kind", "<u8"), ("subject", "<u8"), ("site", "<u8"),
    ("active", "|u1"), ("open", "|u1"), ("severity", "|u1"), ("turned", "<i8"), ("since", "<i8"), ("value", "<f8"),
    ("act_by", "<i8"), ("evidence", "<i8"), ("shown", "<i8"), ("risk", "<i8"), ("openings", "<i8"), ("id", "<u8"),
    ("loss", "<f8"),
]))  # fmt: skip
"""`turned`: when active last changed, for delays; `shown`: the evidence it was opened on."""


@kernel
def level(rule, value):
    """How severe a value is."""
    if value >= rule.critical:
        return CRITICAL
    return WARNING if value >= rule.warning else ADVISORY


@kernel
def value_of(rule, a, now):
    """The value now: minutes since, where it grows."""
    return (now - a.since) / clock.MINUTE if rule.grows and a.active else a.value


@kernel
def next_crossing(rule, a, now):
    """The next moment at which waiting alone changes the verdict; -1 if it never does."""
    if a.active == 0:
        return a.turned + rule.off_delay if a.open else NO_MOMENT
    if not rule.grows:
        return a.turned + rule.on_delay if not a.open else NO_MOMENT
    for minutes in (rule.up, rule.warning, rule.critical):
        moment = a.since + minutes * clock.MINUTE
        if moment > now and moment < 4e18:
            return np.int64(moment)
    return NO_MOMENT


@kernel
def say(a, status, value, limit, now, deviations):
    """One row of what the tower says of a deviation."""
    d = deviations.rows[emit(deviations)]
    d.id, d.kind, d.severity, d.subject = a.id, a.kind, a.severity, a.subject
    d.site, d.since, d.at = a.site, a.since, now
    d.value, d.limit, d.value_at_risk_cents, d.act_by = value, limit, a.risk, a.act_by
    d.evidence, d.status, d.opening, d.loss_cents_per_min = a.evidence, status, a.openings, a.loss


@kernel
def opens(rule, a, value, now):
    """Whether it is time to open."""
    return a.active == 1 and a.open == 0 and value >= rule.up and now >= a.turned + rule.on_delay


@kernel
def closes(rule, a, value, now):
    """Whether it is time to close: all clear for long enough, or the moment from which it grows has moved ahead."""
    if a.open == 1 and a.active == 1:
        return rule.grows == 1 and value < rule.down
    return a.open == 1 and now >= a.turned + rule.off_delay


@kernel
def decide(rule, a, now, withdrawn, deviations):
    """Open, change or close one alarm as its value and the delays say."""
    value = value_of(rule, a, now)
    if opens(rule, a, value, now):
        a.open, a.openings, a.severity, a.shown = 1, a.openings + 1, level(rule, value), a.evidence
        a.id = pair(a.key, np.uint64(a.openings))
        say(a, OPENED, value, rule.up, now, deviations)
    elif closes(rule, a, value, now):
        a.open, a.severity = 0, NONE
        say(a, WITHDRAWN if withdrawn else CLOSED, value, rule.down, now, deviations)
    elif a.open == 1 and a.active == 1 and level(rule, value) != a.severity:
        a.severity = level(rule, value)
        say(a, CHANGED, value, rule.up, now, deviations)


@kernel
def was_taken_back(evidence, taken):
    """Whether the event that a deviation was opened on has been taken back."""
    for position in taken:
        if position == evidence:
            return True
    return False


@kernel
def settle(rule, t, i, now, taken, deviations):
    """Decide, then say when to look again and how long to remember."""
    a = t.rows[i]
    decide(rule, a, now, was_taken_back(a.shown, taken), deviations)
    moment = next_crossing(rule, a, now)
    look_at(t, i, moment if moment > now else NO_MOMENT)
    a.keep_until = -1 if a.open or a.active else now + KEEP
    touch(t, i)


@kernel
def at_risk(signal, loads):
    """What a signal says is at stake, or, where it says -1, what is booked on the leg it is about."""
    if signal.risk >= 0:
        return signal.risk
    k = find(loads, signal.subject)
    return max(loads.rows[k].risk_cents, 0) if k >= 0 else 0


@kernel
def loss(subject, loads, lines, clocks):
    """Cents that a minute of waiting costs: of what is booked on a leg, of one line, or of a visit beyond its free
    time; NaN for other subjects.
    """
    k = find(loads, subject)
    if k >= 0:
        return max(loads.rows[k].loss_cents_per_h, 0) / 60.0
    k = find(lines, subject)
    if k >= 0:
        return max(lines.rows[k].loss_cents_per_h, 0) / 60.0
    k = find(clocks, subject)
    return clocks.rows[k].cents_per_h / 60.0 if k >= 0 and clocks.rows[k].cents_per_h > 0 else np.nan


@kernel
def is_active(rule, signal, is_open):
    """Whether a signal counts: at `up`, or once open at `down`; where the value is a time, 1 says that it runs."""
    if rule.grows:
        return signal.value >= 0.5
    return signal.value >= (rule.down if is_open else rule.up)


@kernel
def judge(signals, rules, now, taken, loads, lines, clocks, t, deviations):
    """Take in each signal. One that is clear, where nothing is open or waiting, costs a look-up."""
    for s in signals.rows[: signals.used[0]]:
        rule = rules[s.rule]
        key = pair(rule.kind, s.subject)
        i = find(t, key)
        active = ACTIVE if is_active(rule, s, i >= 0 and t.rows[i].open == 1) else CLEAR
        if i < 0 and active == CLEAR:
            continue
        if i < 0:
            i = upsert(t, key)
            t.rows[i].kind, t.rows[i].subject, t.rows[i].turned = rule.kind, s.subject, now
        a = t.rows[i]
        if active != a.active:
            a.active, a.turned = active, now
        if active == ACTIVE:
            a.site, a.since, a.act_by, a.evidence, a.risk = s.site, s.since, s.act_by, s.evidence, at_risk(s, loads)
            a.loss = loss(s.subject, loads, lines, clocks)
        a.value = s.value
        settle(rule, t, i, now, taken, deviations)


@kernel
def rule_of(kind, rules):
    """The number of the rule of that kind; as many as there are, if none."""
    for n in range(rules.size):
        if rules[n].kind == kind:
            return n
    return rules.size


@kernel
def pass_time(numbers, rules, now, taken, t, deviations):
    """Look again at alarms whose moment has come; at one that no rule owns, never again."""
    for i in numbers:
        n = rule_of(t.rows[i].kind, rules)
        if n < rules.size:
            settle(rules[n], t, i, now, taken, deviations)
        else:
            look_at(t, i, NO_MOMENT)


@kernel
def decide_all(due, signals, rules, now, taken, loads, lines, clocks, t, deviations):
    """First what time alone changes, then what signals say."""
    pass_time(due, rules, now, taken, t, deviations)
    judge(signals, rules, now, taken, loads, lines, clocks, t, deviations)


@kernel
def withdraw(numbers, now, t, deviations):
    """Close alarms that no rule owns any more."""
    for i in numbers:
        a = t.rows[i]
        a.open, a.active, a.severity, a.keep_until = 0, CLEAR, NONE, now + KEEP
        look_at(t, i, NO_MOMENT)
        say(a, WITHDRAWN, np.nan, np.nan, now, deviations)


@kernel
def announce(numbers, by_kind, rules, now, t, deviations):
    """Say of open alarms that they are."""
    for n in range(numbers.size):
        rule, a = rules[by_kind[n]], t.rows[numbers[n]]
        say(a, OPENED, value_of(rule, a, now), rule.up, now, deviations)


DECIDE_ALL: Final = Direct(decide_all)


class Judge(Step):
    """Table `alarms` (its own) and outcomes `deviations`. Alarms of a rule that is gone close at the next pass."""

    keeps: ClassVar = (("alarms", ALARM),)

    def __init__(
        self, saved: Mapping[str, bytes] | None, detectors: Sequence[Detector], tables: Mapping[str, Table]
    ) -> None:
        super().__init__(saved)
        self.detectors, self.watched = tuple(detectors), {d.table: tables[d.table] for d in detectors}
        self.loads, self.lines, self.clocks = tables["loads"], tables["lines"], tables["clocks"]
        self.by_table = [
            (watch([name]), table, [(n, Direct(d.look)) for n, d in enumerate(detectors) if d.table == name])
            for name, table in self.watched.items()
        ]
        self.rules = np.array([_row(d) for d in detectors], RULE)
        self._signals = Out(np.zeros(64, SIGNAL), np.zeros(1, "i8"))
        self._said = Out(layouts.empty("deviations", 64), np.zeros(1, "i8"))
        self.mask = watch(self.watched)
        self._alarms = self.tables["alarms"]
        self.number = {int(row["kind"]): i for i, row in enumerate(self.rules)}
        self.strays, self.untold = layouts.empty("deviations"), set[int]()

    def apply(self, work: Work) -> None:
        """Let the detectors look at what was touched, then judge."""
        signals, alarms = self._looked(work), self._alarms
        due = alarms.due(work.now)
        room = int(signals.used[0])
        if not room and not due.size:
            return
        alarms.reserve(room)
        taken = np.array(work.taken, "i8") if work.taken else NOTHING_TAKEN
        said = self._said = emptied(self._said, room + due.size)
        DECIDE_ALL.call(due, signals, self.rules, work.now, taken, self.loads.t, self.lines.t, self.clocks.t,
                        alarms.t, said)  # fmt: skip
        if n := said.used[0]:
            work.outs["deviations"] = Out(said.rows[:n].copy(), said.used.copy())

    def _looked(self, work: Work) -> Out:
        """What the detectors say of the rows that this pass touched."""
        woken, room, present = [], 0, work.present
        for bit, table, looks in self.by_table:
            if present & bit and (numbers := table.touched()).size:
                woken.append((table, numbers, looks))
                room += numbers.size * len(looks)
        signals = self._signals = emptied(self._signals, room)
        for table, numbers, looks in woken:
            for rule, look in looks:
                look.call(table.t, numbers, work.now, rule, signals)
        return signals

    def activate(self, work: Work) -> None:
        """Another build starts on this state: close what no rule owns any more, and put right what was said otherwise.

        `strays` are shown as open and are not; `untold` are open and nobody was told.
        """
        alarms = self.tables["alarms"]
        orphans = [i for i, a in enumerate(alarms.rows) if a["open"] and int(a["kind"]) not in self.number]
        if orphans:
            withdraw(np.array(orphans), work.now, alarms.t, work.out("deviations", len(orphans)))
        untold = [i for i, a in enumerate(alarms.rows) if a["open"] and int(a["id"]) in self.untold]
        if untold:
            by_kind = np.array([self.number[int(kind)] for kind in alarms.rows["kind"][untold]])
            announce(np.array(untold), by_kind, self.rules, work.now, alarms.t, work.out("deviations", len(untold)))
        if self.strays.size:
            self.strays["status"], self.strays["at"] = WITHDRAWN, work.now
            work.found.setdefault("deviations", []).append(self.strays)
        self.strays, self.untold = layouts.empty("deviations"), set()

    def open_ids(self) -> np.ndarray:
        """The ids of all deviations that are open."""
        alarms = self.tables["alarms"].rows
        ids: np.ndarray = alarms["id"][alarms["open"] == 1]
        return ids

    def open_count(self) -> int:
        """How many deviations are open."""
        return int(np.count_nonzero(self.tables["alarms"].rows["open"]))


def emptied(out: Out, room: int) -> Out:
    """An Out without rows and with room for so many: the same one if it has."""
    if out.rows.size < room:
        return Out(np.zeros(2 * room, out.rows.dtype), np.zeros(1, "i8"))
    out.used[0] = 0
    return out


def watch(tables: Iterable[str]) -> int:
    """The bits of these tables; all, where one is no fact and so has none."""
    return mask_of(tables) if set(tables) <= set(BITS) else ALL


def _row(detector: Detector) -> tuple[float, ...]:
    r = detector.rule
    return (ids.of("deviation", r.kind), r.up, r.down, r.warning, r.critical, r.grows, r.on_delay_s * 1000,
            r.off_delay_s * 1000)  # fmt: skip
