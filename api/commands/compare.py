"""`towerctl compare`: the same week under two plans or with other events, seed by seed."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

from tower.errors import UsageError

if TYPE_CHECKING:
    from simulators.whatif.paired import Difference

NAME = "compare"
HELP = "Compare two variants of a scenario, paired seed by seed: who plans, what else happens"
FORM = "blizzard,plan=greedy,shut=EWR/2013-02-08T08:00:00-05:00/4h"
SEEDS_MOST = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two variants, and over how many seeds."""
    parser.add_argument("base", metavar="BASE", help=f"a scenario and what is different in it, as {FORM}")
    parser.add_argument("changed", metavar="CHANGED", help="the same, to compare with")
    parser.add_argument("--seeds", type=int, default=2, metavar="N", help="how many overlays; intervals need two")
    parser.add_argument("--json", action="store_true", help="one JSON array")


def run(arguments: argparse.Namespace) -> int:
    """Print a row a figure. Raises UsageError for a variant that can not be read."""
    from simulators.scenarios import blizzard
    from simulators.whatif import paired, variant
    from simulators.whatif.run import run

    if not 1 <= arguments.seeds <= SEEDS_MOST:
        raise UsageError(f"--seeds: 1 to {SEEDS_MOST} (got {arguments.seeds})", "--seeds 5")
    base, changed = variant.read(arguments.base), variant.read(arguments.changed)
    seeds = [blizzard.SCENARIO.seed + number for number in range(arguments.seeds)]
    found = paired.compare(base, changed, seeds, run)
    if arguments.json:
        print(json.dumps([row._asdict() for row in found]))
    else:
        show(found)
        print("assumed: rests on what was simulated beside the records",
              file=sys.stderr)  # fmt: skip
    return 0


def show(found: "list[Difference]") -> None:
    """A table for people."""
    print(f"{'':<20}{'base':>14}{'changed':>14}{'difference':>14}   {'95 % interval':<32}validity")
    for row in found:
        between = "one seed" if row.low is None or row.high is None else f"{row.low:,.6g} to {row.high:,.6g}"
        figures = "".join(f"{value:>14,.6g}" for value in (row.base, row.changed, row.difference))
        print(f"{row.kpi:<20}{figures}   {between:<32}{row.validity}")
