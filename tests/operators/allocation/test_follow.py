"""One event after the other: as optimal as all at once."""

import numpy as np

from operators.allocation import marginal
from operators.allocation.exact import Exact
from simulators.bench import instances


def test_events_one_by_one_end_where_all_at_once_do() -> None:
    instance = instances.regional(2000, 20)
    lines, rows = instance.lines, np.arange(2000)
    some, new = instances.altered(lines, 500)
    followed, changed = (Exact(np.arange(20), instance.room, 5, 2000) for _ in range(2))
    for exact in (followed, changed):
        exact.change(rows, lines.key, lines.option, lines.cost, lines.unserved)
    followed.follow(some, new.key, new.option, new.cost, new.unserved)
    changed.change(some, new.key, new.option, new.cost, new.unserved)
    changed.solve()
    assert followed.net.at.tolist() == changed.net.at.tolist()
    assert marginal.gap(followed.net) == 0
