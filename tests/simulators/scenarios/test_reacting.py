"""A feed that answers back passes on what is decided as it is, at its moment or next."""

import numpy as np

from simulators.feed import RecordedFeed
from simulators.scenarios.reacting import ReactingFeed


class Heard:
    """A world that only listens."""

    now = 5

    def decide(self, rows: np.ndarray) -> None:
        self.rows = rows


def test_a_decision_for_no_leg_stays_one_and_what_is_past_is_done_next() -> None:
    world = Heard()
    feed = ReactingFeed(RecordedFeed("f", ("n",), []), world, None, None)  # type: ignore[arg-type]
    said = np.array([[3, 4, 7, -1, 1], [9, 4, 8, 2, 0]])
    feed.decide(said)
    assert world.rows.tolist() == [[6, 4, 7, -1, 1], [9, 4, 8, 2, 0]]
    assert said[0, 0] == 3, "the caller's rows are not touched"
