"""`towerctl compare`: the same week under two plans or with other events, or every plan on several days."""

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from tower.errors import UsageError

if TYPE_CHECKING:
    from simulators.whatif.board import Cells
    from simulators.whatif.days import Day
    from simulators.whatif.paired import Difference
    from simulators.whatif.policy import Policy
    from simulators.whatif.variant import Variant

NAME = "compare"
HELP = "Compare two variants of a scenario, paired seed by seed: who plans, what else happens; or all plans on days"
FORM = "blizzard,plan=greedy,shut=EWR/2013-02-08T08:00:00-05:00/4h"
SEEDS_MOST = 100
PRECISION = 0.01
"""Of a fork: an interval of net cost that is narrower than this share of it is narrow enough."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two variants, or the days and price lists of the board, and over how many seeds."""
    parser.add_argument("base", metavar="BASE", nargs="?", help=f"a scenario and what is different in it, as {FORM}; "
                        "without, all plans are compared with each other")  # fmt: skip
    parser.add_argument("changed", metavar="CHANGED", nargs="?", help="the same, to compare with")
    parser.add_argument("--day", action="append", metavar="D", help="whose lines are counted, as 2013-05-23; all "
                        "plans: again for each day, without it the four that are reported")  # fmt: skip
    parser.add_argument("--policy", action="append", metavar="F", help="usual, halved, doubled (its late fees) or a "
                        "policy file (JSON); all plans: again for each")  # fmt: skip
    parser.add_argument("--plan", action="append", metavar="P", help="all plans: only this one; again for each")
    parser.add_argument("--fork", metavar="T", help="two variants: the week as it was until T; stops when enough is "
                        "known, after --seeds at most; --json: all that HTTP tells of it")  # fmt: skip
    parser.add_argument("--seeds", type=int, default=2, metavar="N", help="how many overlays; intervals need two")
    parser.add_argument("--out", metavar="DIR", help="all plans: keep what is found there, and go on with it")
    parser.add_argument("--json", action="store_true", help="one JSON array")


def run(arguments: argparse.Namespace) -> int:
    """Print a row a figure, or a table a day. Raises UsageError for what can not be read."""
    from simulators.scenarios import blizzard

    if not 1 <= arguments.seeds <= SEEDS_MOST:
        raise UsageError(f"--seeds: 1 to {SEEDS_MOST} (got {arguments.seeds})", "--seeds 5")
    seeds = [blizzard.SCENARIO.seed + number for number in range(arguments.seeds)]
    if arguments.base is None and arguments.fork:
        raise UsageError("--fork: there is nothing to fork without two variants", f"compare blizzard {FORM} --fork T")
    return everyone(arguments, seeds) if arguments.base is None else pair(arguments, seeds)


def pair(arguments: argparse.Namespace, seeds: list[int]) -> int:
    """Two variants."""
    from simulators.whatif import paired
    from simulators.whatif.run import run

    if arguments.changed is None:
        raise UsageError("compare: one variant has nothing to be compared with", f"compare blizzard {FORM}")
    days, policies = (len(given or []) for given in (arguments.day, arguments.policy))
    if days > 1 or policies > 1 or arguments.out or arguments.plan:
        raise UsageError("compare: two variants have one day and one policy, and no --plan or --out",
                         "say plan=, day= and policy= in each variant")  # fmt: skip
    if arguments.fork:
        return forked(arguments, base_and_changed(arguments), len(seeds))
    base, changed = base_and_changed(arguments)
    found = paired.compare(base, changed, seeds, run)
    if arguments.json:
        print(json.dumps([row._asdict() for row in found]))
    else:
        show(found)
        print("assumed: rests on what was simulated beside the records",
              file=sys.stderr)  # fmt: skip
    return 0


def base_and_changed(arguments: argparse.Namespace) -> "tuple[Variant, Variant]":
    """The two variants, with what was said of both."""
    from simulators.whatif import variant

    common = [f"{name}={given[0]}" for name, given in (("day", arguments.day), ("policy", arguments.policy)) if given]
    base, changed = (variant.read(with_all(text, common)) for text in (arguments.base, arguments.changed))
    return base, changed


def forked(arguments: argparse.Namespace, both: "tuple[Variant, Variant]", most: int) -> int:
    """Two variants from a moment on, luck by luck."""
    from simulators.scenarios import blizzard
    from simulators.whatif.branch import Branch, Root
    from simulators.whatif.changes import moment
    from simulators.whatif.days import STORM
    from simulators.whatif.stopping import Looks
    from simulators.whatif.trial import Trial

    at = moment("--fork", arguments.fork)
    if not blizzard.SCENARIO.start_ms <= at < blizzard.SCENARIO.end_ms:
        raise UsageError(f"--fork: not in the week (got {arguments.fork})", "--fork 2013-02-08T12:58:00-05:00")
    for one in both:
        if one.since is not None or one.day.of is not STORM.of or one.plan == "bound":
            raise UsageError(f"--fork: not with from=, a day of another week or plan=bound (got {one.said})",
                             "say the moment with --fork alone")  # fmt: skip
    branches = {key: Branch(one) for key, one in zip(("base", "A"), both, strict=True)}
    known: dict[str, Any] = {}
    for known in Trial(Root(blizzard.SCENARIO.seed, at), branches, Looks(most, 1, PRECISION)).go():
        print(f"{known['runs_done']} of at most {most} runs", file=sys.stderr)
    if arguments.json:
        print(json.dumps(known))
    else:
        show([row_of(one) for one in known["kpis"]])
        print(known["stopped_because"], file=sys.stderr)
    return 0


def row_of(kpi: dict[str, Any]) -> "Difference":
    """A figure of a fork as a row of the table."""
    from simulators.whatif.paired import Difference

    of = kpi["of"]["A"]
    return Difference(kpi["name"], kpi["baseline"], of["value"], of["diff_mean"], of.get("diff_lo"), of.get("diff_hi"),
                      of["runs"], kpi["validity"] + (", assumed" if kpi["assumed"] else ""))  # fmt: skip


def with_all(text: str, words: list[str]) -> str:
    """A variant with what holds for both; its own words come later and win."""
    name, *own = text.split(",")
    return ",".join([name, *words, *own])


def everyone(arguments: argparse.Namespace, seeds: list[int]) -> int:
    """All plans on each day, price list and seed."""
    from simulators.whatif import board, boarding, days, policy
    from tower.build import build

    chosen = [days.find(name) for name in dict.fromkeys(arguments.day or [])] or list(days.REPORTED)
    lists = [policy.read(name) for name in dict.fromkeys(arguments.policy or policy.LISTS)]
    plans = list(dict.fromkeys(arguments.plan or board.PLANS))
    if strange := sorted(set(plans) - set(board.PLANS)):
        raise UsageError(f"--plan: nobody plans so (got {strange[0]})", f"one of: {', '.join(board.PLANS)}")
    path = os.path.join(arguments.out, f"plans-{today()}") if arguments.out else ""
    cells = kept(f"{path}.jsonl", build()) if path else {}
    for where, found in board.fill(chosen, lists, seeds, cells, plans=plans):
        cells[where] = found
        print(f"{' '.join(map(str, where))}: {found['cost_cents'] / 1e5:,.1f} k$", file=sys.stderr)
        if path:
            with open(f"{path}.jsonl", "a", encoding="utf-8") as file:
                file.write(board.line_of(where, found, build()) + "\n")
    asked = {board.Where(d.name, p.name, s, n) for d in chosen for p in lists for s in seeds for n in plans}
    cells = {where: found for where, found in sorted(cells.items(), key=order(chosen, lists, plans)) if where in asked}
    text = "\n".join(boarding.table(cells))
    if path:
        with open(f"{path}.txt", "w", encoding="utf-8") as file:
            file.write(f"{command(arguments)}\nbuild {build()}\n\n{text}\n")
    print(json.dumps([{**where._asdict(), **found} for where, found in cells.items()]) if arguments.json else text)
    return 0


def order(days: "list[Day]", lists: "list[Policy]", plans: list[str]) -> Any:
    """The place of a cell: by day, price list and plan as they were asked for, then seed."""
    names = [day.name for day in days], [policy.name for policy in lists]

    def place(cell: Any) -> tuple[int, ...]:
        day, prices, seed, plan = cell[0]
        found = ((names[0], day), (names[1], prices), (plans, plan))
        return *(within.index(one) if one in within else len(within) for within, one in found), seed

    return place


def kept(path: str, build: str) -> "Cells":
    """What a run before this one has found and kept, with this build."""
    from simulators.whatif import board

    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return board.cells_in(file, build)


def today() -> str:
    """The date, in UTC."""
    from tower import clock

    return clock.render(clock.wall_ms())[:10]


def command(arguments: argparse.Namespace) -> str:
    """The command that makes such a file."""
    words = [f"--{name} {one}" for name in ("day", "policy", "plan") for one in getattr(arguments, name) or []]
    return " ".join(["./towerctl compare", *words, f"--seeds {arguments.seeds} --out {arguments.out}"])


def show(found: "list[Difference]") -> None:
    """A table for people."""
    print(f"{'':<20}{'base':>14}{'changed':>14}{'difference':>14}   {'95 % interval':<32}validity")
    for row in found:
        between = "one seed" if row.low is None or row.high is None else f"{row.low:,.6g} to {row.high:,.6g}"
        figures = "".join(f"{value:>14,.6g}" for value in (row.base, row.changed, row.difference))
        print(f"{row.kpi:<20}{figures}   {between:<32}{row.validity}")
