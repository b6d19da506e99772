"""Board: every plan on several days, price lists and seeds; what each run was worth is one cell."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from simulators.whatif.changes import foreseen
from simulators.whatif.clerks import CLERKS, FORESEE
from simulators.whatif.days import Day
from simulators.whatif.policy import Policy
from simulators.whatif.run import told
from simulators.whatif.scores import Score, score

PLANS: Final = tuple(CLERKS)
KEPT: Final = (
    "lines", "cost_cents", "freight_cents", "late_cents", "handling_cents", "undelivered_cents", "on_time_ratio",
    "on_time_express", "on_time_standard", "on_time_economy", "late_h", "undelivered", "moves_forced",
    "moves_voluntary", "moves_a_line_day", "moves_near_pick", "legs_cancelled",
)  # fmt: skip
"""Figures of a run that its cell keeps."""
DIGITS: Final = 5

Play = Callable[[Sequence[Day], str, Policy, int], Sequence[Score]]
"""The figures of several days of one week, in one run."""


class Where(NamedTuple):
    """Which run a cell is of."""

    day: str
    prices: str
    seed: int
    plan: str


Cells = dict[Where, Score]


def play(days: Sequence[Day], plan: str, policy: Policy, seed: int) -> list[Score]:
    """One run, and what it was worth for the lines of each day: all of one week."""
    from simulators.scenarios.week import week

    facts = week(seed, days[0].of)
    facts = foreseen(facts, seed) if plan in FORESEE else facts
    rows = told(facts, plan, seed, policy)
    return [score(facts, rows, day, policy.prices) for day in days]


def fill(
    days: Sequence[Day], policies: Sequence[Policy], seeds: Sequence[int], known: Cells, plays: Play = play,
    plans: Sequence[str] = PLANS,
) -> Iterator[tuple[Where, Score]]:  # fmt: skip
    """Each cell that is not known yet, as it is found: all plans of a seed, then the next seed."""
    weeks = list(dict.fromkeys(day.of.pack for day in days))
    for seed, pack, policy, plan in ((s, w, p, n) for s in seeds for w in weeks for p in policies for n in plans):
        mine = [day for day in days if day.of.pack == pack]
        places = [Where(day.name, policy.name, seed, plan) for day in mine]
        if all(place in known for place in places):
            continue
        for place, found in zip(places, plays(mine, plan, policy, seed), strict=True):
            yield place, {kpi: round(float(found[kpi]), DIGITS) for kpi in KEPT if kpi in found}


def line_of(where: Where, found: Score, build: str) -> str:
    """A cell as a line of a file."""
    return json.dumps({**where._asdict(), "build": build, **found}, separators=(",", ":"))


def cells_in(lines: Iterable[str], build: str) -> Cells:
    """The cells of such lines that this build has found; those of other builds are left out."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]
    return {
        Where(row["day"], row["prices"], row["seed"], row["plan"]): {kpi: row[kpi] for kpi in KEPT if kpi in row}
        for row in rows if row["build"] == build
    }  # fmt: skip
