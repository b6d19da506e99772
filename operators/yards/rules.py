"""Rules: how doors are planned, part of policy: under `doors` in the document of `policy.set` or in `network.declared`.

The plan flow does not see policies: what is in force is a row of `doorrules`, said when it changes.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

CLAUSES: Final = {
    "every_min": (5, 1, 1440), "stale_min": (30, 1, 10_080), "near_min": (10, 0, 1440), "horizon_min": (240, 1, 2880),
    "patience_min": (120, 0, 2880), "lingers_min": (10, 1, 1440), "visits_most": (240, 1, 2000),
    "wait_cents": (100, 0, 1_000_000), "switch_cents": (200, 0, 1_000_000), "better_cents": (1000, 0, 1_000_000_000),
    "tries": (200_000, 1, 10_000_000), "crewed_tries": (20_000, 1, 1_000_000), "pricing_tries": (50_000, 1, 10_000_000),
    "futures": (32, 1, 1024), "work_least_percent": (70, 1, 1000), "work_most_percent": (150, 1, 1000),
}  # fmt: skip
"""What is usual, the least and the most. What each is, the columns of `doorrules` say."""
ABOUT: Final = 0
"""The key of the only row."""


class Rules(NamedTuple):
    """The clauses in force."""

    every_min: int
    stale_min: int
    near_min: int
    horizon_min: int
    patience_min: int
    lingers_min: int
    visits_most: int
    wait_cents: int
    switch_cents: int
    better_cents: int
    tries: int
    crewed_tries: int
    pricing_tries: int
    futures: int
    work_least_percent: int
    work_most_percent: int


def rules_of(said: Mapping[str, Any]) -> Rules:
    """The rules, of which these clauses, `doors_` before each, have been set."""
    return Rules(*(int(said.get(f"doors_{name}", usual)) for name, (usual, _, _) in CLAUSES.items()))


USUAL: Final = rules_of({})


def contradiction(said: Mapping[str, int]) -> str:
    """What cannot hold together of these clauses and what is usual of the others; "" if nothing."""
    rules = rules_of(said)
    if rules.work_least_percent > rules.work_most_percent:
        found = f"{rules.work_least_percent} and {rules.work_most_percent}"
        return f"clause doors.work_least_percent: more than work_most_percent (got {found})"
    if rules.pricing_tries > rules.tries:
        found = f"{rules.pricing_tries} and {rules.tries}"
        return f"clause doors.pricing_tries: a door's price is looked for longer than the plan, tries (got {found})"
    if rules.horizon_min < rules.every_min:
        found = f"{rules.horizon_min} and {rules.every_min}"
        return f"clause doors.horizon_min: who comes before every_min is over would not be looked at (got {found})"
    return ""
