"""Many plans: records that change thousands of rows of channel `plans` at once, as a plan of a storm does."""

from typing import Final

import numpy as np

from tests.suites.story import START
from tower import ids, layouts
from tower.clock import MINUTE
from tower.outcomes import WHYS
from tower.record import Record

SITES: Final = ("EWR", "ORD", "ATL", "DFW")
LEGS: Final = 300
NAMES: Final = {
    **{ids.of("site", name): name for name in SITES}, ids.of("order", "O1"): "O1", ids.of("line", "1"): "1",
    **{ids.of("leg", f"UA{n}-EWR-2013-02-08"): f"UA{n}-EWR-2013-02-08" for n in range(LEGS)},
}
GONE: Final = 7
"""Each seventh of a record's lines is elsewhere no more."""


def many_plans(number: int, count: int = 20_000) -> Record:
    """Record `number`: so many lines are planned otherwise; those that were gone are back, others are gone."""
    keys = np.arange(count, dtype="u8") + 1
    is_gone = (keys + number) % GONE == 0 if number > 1 else keys < 0
    rows = layouts.empty("plans", int((~is_gone).sum()))
    rows["key"] = rows["line"] = keys[~is_gone]
    legs = np.array([ids.of("leg", f"UA{n}-EWR-2013-02-08") for n in range(LEGS)], "u8")
    sites = np.array([ids.of("site", name) for name in SITES], "u8")
    rows["from_leg"], rows["to_leg"] = legs[rows["key"] % LEGS], legs[(rows["key"] + number) % LEGS]
    rows["from_site"], rows["to_site"] = sites[0], sites[rows["key"] % 4]
    rows["order"], rows["order_line"] = ids.of("order", "O1"), ids.of("line", "1")
    rows["cost_cents"], rows["why"], rows["basis"] = -100 * number, WHYS.index("full"), number
    gone = layouts.empty("gone", int(is_gone.sum()))
    gone["table"], gone["key"] = ids.of("table", "plans"), keys[is_gone]
    return Record(number, START + number * MINUTE, {"plans": rows, "gone": gone}, names=NAMES)
