"""How loaded the operator is, counted from all that was told: the plain twin of `operators.alarm_load`."""

from collections import Counter, deque
from collections.abc import Sequence

import numpy as np

from tower import ids
from tower.clock import DAY, MINUTE
from tower.record import Record

TEN = 10 * MINUTE
Figures = dict[str, float]
Alarm = tuple[int, int]
"""When, and of which habit; incidents have none: 0."""


def told(outcomes: Sequence[Record], until: int) -> list[Alarm]:
    """Every alarm before a moment, in order."""
    opened = [(int(d["at"]), hash((int(d["kind"]), int(d["subject"]))))
              for o in outcomes for d in o.rows("deviations") if d["status"] == 0]  # fmt: skip
    began = {int(row["key"]): int(row["since"]) for o in outcomes for row in o.rows("incidents")}
    return sorted(one for one in [*opened, *((since, 0) for since in began.values())] if one[0] < until)


def figures(outcomes: Sequence[Record], until: int) -> Figures:
    """All figures as of the end of the minute before a moment."""
    alarms = told(outcomes, until)
    recent, today = ([a for a in alarms if a[0] >= until - span] for span in (TEN, DAY))
    times = Counter(habit for _, habit in today if habit)
    found = {
        "alarms_10min": len(recent), "incidents_10min": sum(not habit for _, habit in recent),
        "alarms_chattering": len(chattering(alarms, until)), "alarms_stale": stale(outcomes, until),
        "alarms_shelved": shelved(outcomes, until),
    }  # fmt: skip
    shares: Figures = {}
    if times:
        shares["alarms_top10_share"] = sum(n for _, n in times.most_common(10)) / times.total()
    if (share := flood_share(alarms, until)) is not None:
        shares["alarms_flood_share"] = share
    return {name: float(n) for name, n in found.items()} | shares


def flood_share(alarms: Sequence[Alarm], until: int) -> float | None:
    """Of the ten minutes of the clock that are over."""
    if not alarms:
        return None
    end = until // TEN * TEN
    tens = range(max(end - DAY, alarms[0][0] // TEN * TEN), end, TEN)
    counts = Counter(at // TEN * TEN for at, _ in alarms)
    return sum(counts[ten] > 10 for ten in tens) / len(tens) if tens else None


def chattering(alarms: Sequence[Alarm], until: int) -> set[int]:
    """Habits that opened a third time within ten minutes, in the last day."""
    found, last = set[int](), dict[int, deque[int]]()
    for at, habit in alarms:
        two = last.setdefault(habit, deque(maxlen=2))
        if habit and len(two) == 2 and at - two[0] <= TEN and at >= until - DAY:
            found.add(habit)
        two.append(at)
    return found


def stale(outcomes: Sequence[Record], until: int) -> int:
    """How many opened longer than a day ago and are open."""
    opened, ended = dict[int, int](), set[int]()
    for d in (d for o in outcomes for d in o.rows("deviations") if d["at"] < until):
        if d["status"] == 0:
            opened[int(d["id"])] = int(d["at"])
        elif d["status"] >= 2:
            ended.add(int(d["id"]))
    return sum(at < until - DAY and id not in ended for id, at in opened.items())


def shelved(outcomes: Sequence[Record], until: int) -> int:
    """How many are open and put off."""
    newest = {int(row["key"]): row for o in outcomes if o.now < until for row in o.rows("handling")}
    return sum(bool(row["shelved_until"] >= until and row["closed_at"] < 0) for row in newest.values())


def said(kpis: np.ndarray) -> Figures:
    """The same figures as the step says them: those of the newest day."""
    found: Figures = {}
    for name in ("alarms_10min", "incidents_10min", "alarms_flood_share", "alarms_chattering", "alarms_stale",
                 "alarms_shelved", "alarms_top10_share"):  # fmt: skip
        rows = kpis[(kpis["name"] == np.uint64(ids.of("kpi", name))) & (kpis["window_s"] == 86_400)]
        if rows.size and not np.isnan(value := np.sort(rows, order="window")[-1]["value"]):
            found[name] = float(value)
    return found
