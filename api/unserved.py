"""Unserved: what a person reads of lines that the plan leaves without a leg: why, and how much is missing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from tower.ids import UNKNOWN
from tower.outcomes import WHYS
from tower.render import Known, Names

SAYS: Final = {
    "full": "{leg} full", "full_kg": "{leg} full", "full_m3": "{leg} full",
    "no_stock": "no stock of {sku} within promise",
    "no_candidate": "no leg can be caught", "not_worth": "no leg costs less than leaving it",
    "too_large": "too large for any leg, the largest is {leg}", "makes_room": "taken off {from_leg} to make room",
    "many_loads": "of several loads, which were not planned",
}  # fmt: skip
"""By `plans.why`; `many_loads` is of records of earlier builds."""
AMOUNTS: Final = {
    "full": ("load short", "loads short"), "full_kg": ("kg short",) * 2, "full_m3": ("m3 short",) * 2,
    "too_large": ("load short", "loads short"), "no_stock": ("unit wanted", "units wanted"),
}  # fmt: skip
"""What `plans.short` counts, one and many of it."""


def says(plan: np.void | Mapping[str, Any], names: Names) -> str | None:
    """Why the plan leaves the line of that row without a leg; None where it has one for it.

    >>> from tower import layouts
    >>> row = layouts.empty("plans", 1)[0]
    >>> row["why"], row["resource"], row["short"] = WHYS.index("full_kg"), 7, 300
    >>> says(row, {7: "UA1545-EWR-2013-02-08"})
    'UA1545-EWR-2013-02-08 full: 300 kg short'
    """
    why = WHYS[plan["why"]] if plan["why"] < len(WHYS) else ""
    if plan["to_leg"] != UNKNOWN or why not in SAYS:
        return None
    known, short = Known(names), int(plan["short"])
    said = SAYS[why].format(leg=known.of(int(plan["resource"])), from_leg=known.of(int(plan["from_leg"])),
                            sku=known.of(int(plan["sku"])))  # fmt: skip
    return f"{said}: {short} {AMOUNTS[why][short != 1]}" if short >= 0 and why in AMOUNTS else said


def counted(plans: Iterable[np.void], names: Names) -> list[dict[str, Any]]:
    """What is said of these rows and of how many lines, of most lines first."""
    found = Counter(said for plan in plans if (said := says(plan, names)) is not None)
    return [{"says": said, "lines": lines} for said, lines in found.most_common()]
